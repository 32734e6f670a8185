# variants.mk - compilers and flags of the two variants, for our code and
# for the libraries alike.
#
# release: musl, static, small.  debug: the machine's C library, sanitizers,
# symbols exported, C modules of Lua loadable.
#
# The release binary is a static PIE: who finds a fault in it knows no address
# of code or data (tests/e2e/hardened_spec.lua).  -fPIE is part of the compiler's
# name here since all that is linked needs it, and not every gcc has it on.
# relro and now: tables of functions are read-only once musl has relocated them.
# separate-code: 390 KB of embedded text are not executable, for 8 KB more.
# LAYOUT is in target.mk: packed relocations are 53 KB less.

SECTIONS := -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
            -fno-omit-frame-pointer

release_CC        := $(CC) -specs $(MUSL)/lib/musl-gcc.specs -fPIE
release_OPT       := -Os
release_OPT_HOT   := -O2
release_OPT_SMALL := $(shell echo | $(CC) -Oz -fsyntax-only -xc - 2>/dev/null \
                       && echo -Oz || echo -Os)
release_FLAGS     := $(SECTIONS) -fstack-protector-strong \
                     -fno-asynchronous-unwind-tables -fno-unwind-tables \
                     -fno-ident -fomit-frame-pointer
release_LDFLAGS   := -static-pie -s -Wl,--gc-sections -Wl,--build-id=none \
                     -Wl,-z,relro,-z,now,-z,noexecstack \
                     $(LAYOUT_$(ARCH))

debug_CC        := $(CC)
debug_OPT       := -O1 -g
debug_OPT_HOT   := $(debug_OPT)
debug_OPT_SMALL := $(debug_OPT)
debug_FLAGS     := $(SECTIONS) $(SANITIZE)
debug_LDFLAGS   := $(SANITIZE) -rdynamic
