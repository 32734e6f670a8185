# library.mk - one vendored library: LIB of a VARIANT, from TREE, into the
# archive OUT.
#
# Called by build.mk.  The recipe of the library says SRC, FLAGS and which
# files are HOT: those are compiled with OPT_HOT instead of OPT.  REST := _SMALL
# says that the size of the others counts more than their speed: OPT_SMALL.

include vendor/variants.mk
include vendor/recipes/$(LIB).mk

DIR := $(OUT:.a=)
OBJ := $(patsubst $(TREE)/%.c,$(DIR)/%.o,$(SRC))
Q   := $(if $(V),,@)

opt = $($(VARIANT)_OPT$(if $(filter $(HOT),$(notdir $*)),_HOT,$(REST)))

$(OUT): $(OBJ)
	$(Q)rm -f $@.new && $(AR) rcsD $@.new $^ && mv $@.new $@
	@rm -rf $(DIR)

$(DIR)/%.o: $(TREE)/%.c
	@mkdir -p $(@D)
	$(Q)$($(VARIANT)_CC) -std=gnu11 -w $($(VARIANT)_FLAGS) $(opt) $(FLAGS) \
	  -c -o $@ $<

.DEFAULT_GOAL := $(OUT)
