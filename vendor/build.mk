# build.mk - the vendored libraries: fetched, unpacked, built; both variants.
#
# A source tree and an archive carry in their names the checksum of all that
# they are made from (package revision, patches, recipe, flags).  So a recipe
# whose content changes makes a new one, a recipe that is merely touched does
# not, and going back to an older one builds nothing.
# Several checkouts may share one $(VB): each step holds a lock.

include vendor/target.mk

VB    := build/vendor
BUILT := $(VB)$(ELSEWHERE)
LIBS  := lua-cjson lua curl nghttp2 mbedtls zlib isocline
FETCH := $(VB)/download

# sum WORDS,FILES
sum = $(shell { echo '$(1)'; cat $(2) /dev/null; } | sha256sum | cut -c 1-8)

# --- What there is to build from ---------------------------------------------

# fetch.sh writes VERSION_x, REVISION_x, TARBALL_x, TARSUM_x, PATCHES_x and
# PATCHSUM_x of each library.
GOT := $(VB)/got-$(call sum,,vendor/lock).mk
ifneq ($(filter-out $(OFFLINE_GOALS),$(or $(MAKECMDGOALS),all)),)
include $(GOT)
endif

$(GOT):
	@sh vendor/tools.sh gcc libc6-dev ar patch bzip2 xz zopfli
	@mkdir -p $(VB)
	@echo "  FETCH sources of the libraries"
	$(Q)flock $(VB)/fetch.lock sh vendor/fetch.sh $(FETCH) $@

# Asks again for the sources that could not be had last time.
update:
	@mkdir -p $(VB)
	$(Q)flock $(VB)/fetch.lock sh vendor/fetch.sh $(FETCH) $(GOT)

outdated:
	@mkdir -p $(VB)
	$(Q)flock $(VB)/fetch.lock sh vendor/fetch.sh --outdated $(FETCH)

.PHONY: update outdated

# unpack_rule LIBRARY
define unpack_rule
TREE_$(1) := $(VB)/$(1)-$(call sum,$(VERSION_$(1)) $(TARSUM_$(1)) \
  $(PATCHSUM_$(1)),\
  vendor/unpack.sh $(sort $(wildcard vendor/patches/$(1)/*.patch)))
export TREE_$(1)

$$(TREE_$(1)):
	@echo "  UNPACK $(1) $(REVISION_$(1))"
	$$(Q)flock $(VB)/$(1).lock sh -c 'test -d $$@ || sh vendor/unpack.sh \
	  $(1) $(VERSION_$(1)) $$@ $(FETCH)/$(TARBALL_$(1)) $(TARSUM_$(1)) \
	  $(FETCH)/$(PATCHES_$(1)) $(PATCHSUM_$(1))'
endef

$(foreach l,musl roots $(LIBS),$(eval $(call unpack_rule,$(l))))

# --- The C library of the release binary -------------------------------------

# Reached through a spec file with relative paths, so that the folder can move.
MUSL := $(BUILT)/release/musl-$(call sum,$(TREE_musl) $(CC),vendor/musl.sh)
export MUSL CC AR CROSS

$(MUSL): | $(TREE_musl)
	@echo "  BUILD musl $(VERSION_musl)"
	@mkdir -p $(@D)
	+$(Q)flock $(VB)/musl.lock sh -c 'test -d $@ || \
	  MAKE="$(MAKE)" sh vendor/musl.sh $(TREE_musl) $@'

include vendor/variants.mk

# --- The libraries ------------------------------------------------------------

USES_lua-cjson := lua
USES_curl      := mbedtls nghttp2
CONFIG_lua-cjson := $(addprefix ../../src/,lua/strbuf.h lua/json_mark.h json/number.h)
CONFIG_lua     := lua_debian.h
CONFIG_mbedtls := mk_mbedtls_config.h
CONFIG_curl    := mk_mbedtls_config.h curl_config.h

release_NEEDS := $(MUSL)

# library_rule VARIANT,LIBRARY
define library_rule
$(1)_$(2) := $(BUILT)/$(1)/$(2)-$(call sum,$(CC) $($(1)_NEEDS) $(TREE_$(2)) \
  $(foreach l,$(USES_$(2)),$(TREE_$(l))),vendor/library.mk vendor/variants.mk \
  vendor/recipes/$(2).mk $(addprefix vendor/config/,$(CONFIG_$(2)))).a
$(1)_LIBS += $$($(1)_$(2))

$$($(1)_$(2)): | $(TREE_$(2)) $(foreach l,$(USES_$(2)),$(TREE_$(l))) \
    $($(1)_NEEDS)
	@echo "  BUILD $(2) $(VERSION_$(2)) ($(1))"
	@mkdir -p $(BUILT)/$(1)
	+$$(Q)flock $(BUILT)/$(1)/$(2).lock $$(MAKE) --no-print-directory \
	  -f vendor/library.mk LIB=$(2) VARIANT=$(1) TREE=$(TREE_$(2)) \
	  VERSION=$(VERSION_$(2)) OUT=$$@
endef

$(foreach v,release debug,$(foreach l,$(LIBS),\
  $(eval $(call library_rule,$(v),$(l)))))

# --- A Lua that runs while building -------------------------------------------

# Always for this machine, so it is not made of the libraries above.
LUA := $(VB)/host/lua-$(call sum,$(HOST_CC) $(HOST) $(TREE_lua))

$(LUA): | $(TREE_lua)
	@echo "  LINK  $(@F)"
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -std=gnu11 -w -O1 -DLUA_USE_POSIX -DLUA_COMPAT_5_3 -o $@.new \
	  $(filter-out %/luac.c,$(wildcard $(TREE_lua)/src/*.c)) -lm && mv $@.new $@
