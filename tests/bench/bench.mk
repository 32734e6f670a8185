# bench.mk - `make bench`: mkrun beside its peers, and what that needs.

PEERS := $(BUILD)/bench

bench: all debug $(PEERS)/spawn $(PEERS)/floor $(PEERS)/cjson
	@sh tests/bench/run.sh $(BUILD)/mkrun $(PEERS)

bench_CC = $(release_CC) $(filter-out -MMD -MP,$(FLAGS)) -O2 $(release_LDFLAGS)

$(PEERS)/spawn: tests/bench/spawn.c | $(MUSL)
	@mkdir -p $(@D)
	$(Q)$(bench_CC) -o $@ $<

# The libraries of the release binary, and how fast they can be.
$(PEERS)/floor: tests/bench/floor.c src/http/entropy.c $(BUILD)/release/link.flags \
    | $(release_LIBS)
	@mkdir -p $(@D)
	$(Q)$(bench_CC) -o $@ $(filter %.c,$^) \
	  -Wl,--start-group $(release_LIBS) -Wl,--end-group -lm

# Not one of our patches, nor Debian's.
$(PEERS)/lua-cjson: | $(GOT)
	@mkdir -p $@.new
	$(Q)tar -xf $(FETCH)/$(TARBALL_lua-cjson) -C $@.new --strip-components=1
	$(Q)mv $@.new $@

$(PEERS)/cjson: tests/bench/cjson.c src/base/pool.c $(PEERS)/lua-cjson \
    | $(release_lua)
	$(Q)$(bench_CC) -w -DNDEBUG -o $@ $(filter %.c,$^) \
	  $(addprefix $(PEERS)/lua-cjson/,lua_cjson.c strbuf.c fpconv.c) \
	  $(release_lua) -lm
