# mkrun: `make`, `make demo`, `make check`, `make install PREFIX=/usr/local`.
#
# The first build downloads the sources of the libraries (see vendor/lock).
# Later builds need no network.  V=1 shows every command.
# `make TARGET=aarch64` on x86-64, and the other way round: vendor/target.mk.

VERSION := 0.2.0
PREFIX  ?= /usr/local
Q       := $(if $(V),,@)

# What the caller sets for other programs changes nothing here.
unexport LUA_INIT LUA_INIT_5_4 LUA_PATH LUA_PATH_5_4 LUA_CPATH LUA_CPATH_5_4 \
         GZIP TAR_OPTIONS

# make and the configure script of musl cannot handle a blank in the path.
ifneq ($(words $(CURDIR)),1)
$(error this folder has a blank in its path, build in one without)
endif

OFFLINE_GOALS := clean distclean lint torture check check-all demo
include vendor/build.mk

BUILD := build$(ELSEWHERE)
GEN   := $(BUILD)/generated

WARN  := -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
         -Wstrict-prototypes -Wmissing-prototypes
FLAGS := -std=c11 -D_GNU_SOURCE $(WARN) -MMD -MP -Isrc -I$(GEN) \
         -Ivendor/config '-DMBEDTLS_CONFIG_FILE="mk_mbedtls_config.h"' \
         -DCURL_STATICLIB -isystem $(TREE_lua)/src \
         -isystem $(TREE_curl)/include -isystem $(TREE_mbedtls)/include \
         -isystem $(TREE_mbedtls)/3rdparty/everest/include \
         -isystem $(TREE_zlib) -isystem $(TREE_isocline)/include

# The linker replaces these functions by ours.  vm.c, interrupt.c, child.c,
# file.c, lack.c, interface.c and clock.c explain why.
WRAP := $(foreach f,lua_load luaL_loadfilex luaL_checkstack lua_resume \
          lua_closethread system popen pclose fopen strerror if_nametoindex time,-Wl,--wrap=$(f))

# Also replaced in the debug variant, where starve.c can make them fail.
debug_WRAP := $(foreach f,malloc calloc realloc strdup strndup asprintf \
                realpath getcwd opendir fopencookie pthread_create,-Wl,--wrap=$(f))

# Files that run for each JSON value or each memory block: optimized for speed.
HOT := base/pool base/buf base/words json/format json/number json/scan \
       lua/strbuf \
       lua/array_anchor lua/array_diff lua/array_path lua/patch_apply \
       lua/patch_diff lua/patch_edit lua/patch_gap lua/value_number lua/json \
       lua/patch_merge lua/patch_get lua/value http/pem json/pointer http/url

release_CFLAGS = $(release_FLAGS) \
                 $(release_OPT$(if $(filter $(HOT),$*),_HOT,_SMALL)) $(CFLAGS)
debug_CFLAGS   = $(debug_FLAGS) $(debug_OPT) -DMK_DEBUG $(CFLAGS)
debug_ARCHIVES = -Wl,--whole-archive $(debug_lua) -Wl,--no-whole-archive

SRC      := $(wildcard src/*/*.c)
EMBEDDED := $(sort $(shell find lua scripts \( -name '*.lua' -o -name '*.css' \
              -o -name '*.js' -o -path 'lua/mkrun/tool/completion/mkrun.*' \) ! -path 'lua/types/*' 2>/dev/null) \
              $(wildcard scripts/examples/*.json scripts/examples/*.yaml src/manual/*.md) \
              $(filter-out %.lua,$(wildcard scripts/examples/new/*)))

# What the declarations for editors are made of.
DECLARED := $(sort $(shell find lua/mkrun $(wildcard lua/*/init.lua lua/*/resource) \
              lua/types -name '*.lua' 2>/dev/null))

COMMIT   := $(if $(wildcard .git),$(or $(shell \
              env -u GIT_DIR git describe --always --dirty --abbrev=12 \
                --exclude='*' 2>/dev/null),unknown))

# The time of the commit: no build has another time in what it makes.
ifndef SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH := $(or $(if $(wildcard .git),$(shell \
                       env -u GIT_DIR git log -1 --format=%ct 2>/dev/null)),0)
endif

# The sources of all that is in the binary.
TREES    = $(foreach l,musl roots $(LIBS),$(l)=$(TREE_$(l)))

all: $(BUILD)/mkrun $(BUILD)/THIRD-PARTY.txt
release: $(BUILD)/release/mkrun
debug: $(BUILD)/debug/mkrun
libraries: $(release_LIBS) $(if $(CROSS),,$(debug_LIBS))

$(BUILD)/mkrun $(BUILD)/THIRD-PARTY.txt: $(BUILD)/%: $(BUILD)/release/%
	@ln -sf release/$* $@

# --- Generated: commit.h, versions.h, provider.h, embed.c, sbom.json, ... ------

# unchanged TEXT: writes TEXT to the target, unless the target holds it already.
define unchanged
@mkdir -p $(@D)
@printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || \
  printf '%s\n' '$(subst ','\'',$(1))' >$@
endef

$(GEN)/embed.c: $(patsubst %,vendor/%.lua,bytes embed squeeze words) \
    $(EMBEDDED) $(GEN)/sbom.json $(GEN)/types.txt $(GEN)/embedded | $(LUA)
	@echo "  GEN   $@"
	$(Q)$(LUA) vendor/embed.lua $(EMBEDDED) $(GEN)/sbom.json \
	  $(GEN)/types.txt >$@

$(GEN)/types.txt: vendor/types.lua vendor/types_source.lua $(DECLARED) \
    $(GEN)/embedded | $(LUA)
	@echo "  GEN   $@"
	$(Q)$(LUA) vendor/types.lua $(DECLARED) >$@

# The list of embedded files, so that removing a file rebuilds embed.c too.
$(GEN)/embedded: FORCE
	$(call unchanged,$(EMBEDDED) $(DECLARED))

$(GEN)/roots.c: vendor/bytes.lua vendor/roots.lua $(GEN)/versions | $(LUA) $(TREE_roots)
	@echo "  GEN   $@"
	$(Q)$(LUA) vendor/roots.lua $(wildcard $(TREE_roots)/mozilla/certdata.txt \
	  $(TREE_roots)/mozilla/*.crt) >$@

$(GEN)/versions.h: vendor/versions.lua $(GEN)/versions | $(LUA)
	@echo "  GEN   $@"
	$(Q)$(LUA) vendor/versions.lua $(VERSION) <$(GOT) >$@

# What the host knows of its own provider, so that no C file names it.
PROVIDER := $(wildcard lua/*/host.lua)

$(GEN)/provider.h: vendor/provider.lua $(PROVIDER) | $(LUA)
	@echo "  GEN   $@"
	@mkdir -p $(@D)
	$(Q)$(LUA) vendor/provider.lua $(PROVIDER) >$@

# The commit of this checkout, and its time.  Empty, and 0, without git.
$(GEN)/commit.h: FORCE
	@mkdir -p $(@D)
	@printf '#define MK_COMMIT%s\n' ' "$(if $(COMMIT), (commit $(COMMIT)))"' \
	  '_ID "$(COMMIT)"' '_SECONDS $(SOURCE_DATE_EPOCH)' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# What `mkrun --sbom` says.
$(GEN)/sbom.json: vendor/sbom.lua vendor/lock $(GEN)/versions $(GEN)/compiler \
    $(wildcard vendor/patches/*/*.patch) | $(LUA) $(foreach l,musl roots $(LIBS),$(TREE_$(l)))
	@echo "  GEN   $@"
	$(Q)$(LUA) vendor/sbom.lua $(VERSION) $(ARCH) "$$(cat $(GEN)/compiler)" \
	  $(TREES) <$(GOT) >$@

$(GEN)/compiler: FORCE
	$(call unchanged,$(shell $(CC) --version | head -n 1))

# The licences of the libraries, to be distributed with the binary.
$(BUILD)/release/THIRD-PARTY.txt: vendor/notices.lua vendor/lock \
    $(GEN)/versions | $(LUA) $(foreach l,musl roots $(LIBS),$(TREE_$(l)))
	@echo "  GEN   $@"
	@mkdir -p $(@D)
	$(Q)$(LUA) vendor/notices.lua vendor/lock $(TREES) <$(GOT) >$@
	@chmod 644 $@

$(GEN)/versions: FORCE
	$(call unchanged,$(VERSION) $(foreach l,musl roots $(LIBS),$(REVISION_$(l))))

# --- The two variants ---------------------------------------------------------

# program VARIANT: rules for one variant.  A change of flags rebuilds it.
define program
$(1)_OBJ := $(SRC:src/%.c=$(BUILD)/$(1)/%.o) \
  $(BUILD)/$(1)/embed.o $(BUILD)/$(1)/roots.o

$(BUILD)/$(1)/mkrun: $$($(1)_OBJ) $(BUILD)/$(1)/link.flags | $$($(1)_LIBS)
	@echo "  LINK  $$@"
	$$(Q)$$($(1)_CC) $$($(1)_LDFLAGS) $$(WRAP) $$($(1)_WRAP) $$(LDFLAGS) -o $$@ $$($(1)_OBJ) \
	  $$($(1)_ARCHIVES) -Wl,--start-group $$($(1)_LIBS) -Wl,--end-group -lm
	@chmod 755 $$@ # whatever the umask: an image has the file as it lies here

$(BUILD)/$(1)/%.o: src/%.c $(BUILD)/$(1)/compile.flags \
    | $(GEN)/commit.h $(GEN)/versions.h $(GEN)/provider.h $(TREE_lua) \
      $(TREE_curl) $(TREE_mbedtls) $(TREE_zlib) $(TREE_isocline) $$($(1)_NEEDS)
	@echo "  CC    $$<"
	@mkdir -p $$(@D)
	$$(Q)$$($(1)_CC) $$(FLAGS) $$($(1)_CFLAGS) -c -o $$@ $$<

$(BUILD)/$(1)/%.o: $(GEN)/%.c $(BUILD)/$(1)/compile.flags | $$($(1)_NEEDS)
	@echo "  CC    $$<"
	$$(Q)$$($(1)_CC) $$(FLAGS) $$($(1)_CFLAGS) -Wno-overlength-strings \
	  -c -o $$@ $$<

$(BUILD)/$(1)/compile.flags: FORCE
	$$(call unchanged,$$($(1)_CC) $$(FLAGS) $$($(1)_CFLAGS) $$(HOT))

$(BUILD)/$(1)/link.flags: FORCE
	$$(call unchanged,$$($(1)_LDFLAGS) $$(WRAP) $$($(1)_WRAP) $$(LDFLAGS) $$($(1)_OBJ) $$($(1)_LIBS))

-include $$($(1)_OBJ:.o=.d)
endef

$(foreach v,release debug,$(eval $(call program,$(v))))

# --- Tests --------------------------------------------------------------------

JOBS  ?= $(shell nproc)
SPECS := $(wildcard tests/*_spec.lua tests/src tests/lua tests/scripts)
TOOLS := busted curl gpg gpg-agent gpgconf lua-socket lua5.4 nginx openssl \
         parallel setpriv strace timeout libc6-dev

# A script that others can write is confined, so neither the specs nor the files
# that they make may be.
RUN_SPECS = umask 022 && { chmod go-w tests/run.lua || :; } && \
            $(BUILD)/debug/mkrun tests/run.lua

# The specs run inside mkrun, so they test the C modules that users get.
test: debug
	$(RUN_SPECS) $(SPECS)

e2e: debug all
	$(RUN_SPECS) tests/e2e

lint:
	@sh tests/lint.sh

# Runs everything.  Installs missing tools, so it needs only apt and make.
check:
	@sh vendor/tools.sh $(TOOLS)
	@sh tests/lint.sh
	@$(MAKE) --no-print-directory -j$(JOBS) all debug
	$(RUN_SPECS)

# And what takes too long for check: see tests/README.md.
ALL_PARTS := $(wildcard tests/shells/run.sh tests/browser/run.sh \
               tests/arm64/run.sh tests/dist/run.sh \
               tests/manifests/run.sh tests/servers/run.sh)
check-all:
	@MAKE="$(MAKE)" sh tests/check-all.sh $(ALL_PARTS)

# Not part of check, because its results are random.
FUZZ_SECONDS ?= 10
fuzz: | $(TREE_lua) $(TREE_lua-cjson)
	@sh tests/fuzz/run.sh $(BUILD)/fuzz $(FUZZ_SECONDS) $|

# Runs the specs that name torture with all their cases, by a new seed each
# time.  check runs a fixed sample of these cases.
TORTURE_MINUTES ?= 30
torture: SEED ?= $(shell od -An -N3 -tu4 /dev/urandom | tr -d ' ')
torture:
	@sh vendor/tools.sh $(TOOLS)
	@$(MAKE) --no-print-directory -j$(JOBS) all debug
	export TORTURE=all SEED=$(SEED) TORTURE_MINUTES=$(TORTURE_MINUTES); \
	  $(RUN_SPECS) \
	  $(sort $(shell grep -rli torture --include='*_spec.lua' tests))

# Sets up an organization in the sandbox, twice: the second run changes nothing.
demo:
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@sh tests/demo.sh $(BUILD)/mkrun

include tests/bench/bench.mk
include vendor/dist/dist.mk

# --- Installing and cleaning --------------------------------------------------

SHELLS := lua/mkrun/tool/completion/mkrun.

install: all
	install -D $(BUILD)/release/mkrun $(DESTDIR)$(PREFIX)/bin/mkrun
	install -Dm644 src/manual/mkrun.1 $(DESTDIR)$(PREFIX)/share/man/man1/mkrun.1
	install -Dm644 $(SHELLS)bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/mkrun
	install -Dm644 $(SHELLS)zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_mkrun
	install -Dm644 $(SHELLS)fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/mkrun.fish
	install -d $(DESTDIR)$(PREFIX)/share/doc/mkrun
	install -m644 LICENSE $(BUILD)/release/THIRD-PARTY.txt \
	  $(DESTDIR)$(PREFIX)/share/doc/mkrun

# Keeps the built libraries, which `distclean` removes too.
clean:
	rm -rf $(if $(CROSS),,build/x86_64 build/aarch64) $(BUILD)/release $(BUILD)/debug $(BUILD)/fuzz $(GEN) $(BUILD)/mkrun \
	  $(BUILD)/THIRD-PARTY.txt

distclean:
	rm -rf $(BUILD)

FORCE:
.PHONY: all release debug libraries test e2e lint fuzz torture check check-all demo \
  bench install clean distclean FORCE
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
