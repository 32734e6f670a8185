# target.mk - the machine that the program is made for: `make TARGET=aarch64`.
#
# Sets ARCH (x86_64 or aarch64) and, for a machine other than this one, the
# cross compiler of Debian.  What is made for another machine lies in a folder
# of its own: build/aarch64, and build/vendor/aarch64 for the libraries.
# What runs while building is always this machine's.

# Debian and others have two names for each machine.
machine = $(subst arm64,aarch64,$(subst amd64,x86_64,$(1)))

# A 64-bit kernel may carry a 32-bit Debian, so Debian is asked first.
HOST := $(call machine,$(shell dpkg --print-architecture 2>/dev/null || uname -m))
ARCH := $(call machine,$(or $(TARGET),$(HOST)))

ifeq ($(filter x86_64 aarch64,$(ARCH)),)
$(error mkrun is made for x86_64 and aarch64 (Debian's amd64 and arm64), not \
  for $(ARCH): TARGET=x86_64 or TARGET=aarch64 makes one of them here)
endif

# The beginning of the tools' names, and the end of the folders'.
CROSS     :=
ELSEWHERE :=
ifneq ($(ARCH),$(HOST))
CROSS     := $(ARCH)-linux-gnu-
ELSEWHERE := /$(ARCH)
endif

# Before all rules, since the name of the compiler is part of checksums.  One of
# the environment may be for another machine: a make that calls this one exports
# its own.
HOST_CC := gcc
made_for = $(call machine,$(firstword $(subst -, , \
             $(shell $(1) -dumpmachine 2>/dev/null))))
ifneq ($(origin CC),default)
ifneq ($(call made_for,$(CC)),$(ARCH))
ifneq ($(origin CC),environment)
$(error CC=$(CC) does not compile for $(ARCH))
endif
IS_FOREIGN := yes
endif
endif
ifneq ($(filter default,$(origin CC))$(IS_FOREIGN),)
CC := $(CROSS)gcc
endif
ifneq ($(filter default,$(origin AR))$(IS_FOREIGN),)
AR := $(CROSS)ar
endif

# How the program is linked.  A start's relocations take an eighth of their room
# when they are packed.  For aarch64 GNU ld cannot do so in Debian 12, and it
# fills each segment up to the largest page of that machine, 64 KB: lld makes
# the binary 136 KB smaller.  lld too gives code pages of its own.
LAYOUT_x86_64  := -Wl,-z,separate-code,-z,pack-relative-relocs
LAYOUT_aarch64 := -fuse-ld=lld $(if $(CROSS),-B/usr/bin/) \
                  -Wl,--pack-dyn-relocs=relr,-z,noseparate-code,-O2
TOOLS_aarch64  := ld.lld

# What fetching the sources does not bring.
absent = $(strip $(foreach t,$(if $(CROSS),$(CROSS)gcc) $(TOOLS_$(ARCH)),\
           $(if $(shell command -v $(t) || :),,$(t))))
ifneq ($(filter-out $(OFFLINE_GOALS),$(or $(MAKECMDGOALS),all)),)
$(if $(absent),$(shell sh vendor/tools.sh $(absent) >&2))
$(if $(absent),$(error for $(ARCH) this machine lacks: $(absent)))
endif

ifdef CROSS
ifneq ($(filter debug test e2e check check-all torture bench,$(MAKECMDGOALS)),)
$(error TARGET=$(ARCH) makes the release program alone: \
  `sh tests/arm64/run.sh` tests it under emulation)
endif
endif
