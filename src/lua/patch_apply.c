/* patch_apply.c - patch.apply: applies a JSON Patch (RFC 6902) to a Lua value.
**
** patch_edit.c never changes the original document.  So if a patch fails, this
** file drops the changed copy and need not undo anything.
** SPDX-License-Identifier: MIT */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "lua/json_mark.h"
#include "lua/patch.h"
#include "lua/patch_edit.h"
#include "lua/patch_get.h"
#include "lua/value.h"
#include "lua/value_text.h"

/* Fixed stack slots.  lua/patch_edit.c uses OWNED.  lua/patch_gap.c uses ARRAY
** and ITS_PATH.  OPERATION, PATH, FROM and VALUE contain the current operation
** and its members.  An operation may use the slots above VALUE. */
enum {
  DOCUMENT = 1,
  OPERATIONS,
  ROOT,
  OWNED,
  ARRAY,
  ITS_PATH,
  OPERATION,
  PATH,
  FROM,
  VALUE
};

/* limit for the values that all `copy` operations create */
#define MAX_COPIED ((size_t)2 * 1000 * 1000)

struct apply {
  lua_State *L;
  struct mk_edit edit;
  struct mk_gap gap;
  size_t left; /* number of values that `copy` operations may still create */
  struct mk_text path;
  struct mk_text from;
  /* error code of a failure; the message is at the top of the stack */
  const char *code;
};

/* [-0, +0, -] Sets the error code and returns false.  The error message is at
** the top. */
static bool fail(struct apply *a, const char *code) {
  a->code = code;
  return false;
}

/* [-0, +1, m] Pushes the error message, sets the error code "operation" and
** returns false. */
static bool refuse(struct apply *a, const char *message) {
  lua_pushstring(a->L, message);
  return fail(a, "operation");
}

/* [-0, +1, m] Pushes the value at `path` and returns true.  If there is no such
** value, pushes an error message and returns false. */
static bool get(struct apply *a, struct mk_text path) {
  mk_gap_close(a->L, &a->gap);
  return mk_patch_get_get(a->L, ROOT, path);
}

static bool op_add(struct apply *a) {
  if (!mk_value_copy(a->L, VALUE, NULL)) return fail(a, "operation");
  return mk_edit_add(&a->edit, a->path) || fail(a, "path");
}

static bool op_remove(struct apply *a) {
  if (a->path.len > 0)
    return mk_edit_take(&a->edit, a->path) || fail(a, "path");
  lua_pushliteral(a->L, "the whole document cannot be removed");
  return fail(a, "path");
}

static bool op_replace(struct apply *a) {
  lua_State *L = a->L;
  if (a->path.len == 0) return op_add(a);
  if (!mk_edit_open(&a->edit, a->path, false)) return fail(a, "path");
  if (!mk_value_copy(L, VALUE, NULL)) return fail(a, "operation");
  lua_rawset(L, -3);
  return true;
}

static bool op_move(struct apply *a) {
  struct mk_text from = a->from, path = a->path;
  if (mk_pointer_contains(from.text, from.len, path.text, path.len))
    return refuse(a, "a value cannot move into itself");
  if (from.len == path.len && memcmp(from.text, path.text, path.len) == 0)
    return get(a, from) || fail(a, "path");
  bool done = mk_edit_take(&a->edit, from) && mk_edit_add(&a->edit, path);
  return done || fail(a, "path");
}

/* Runs the operation `copy`.  Makes a deep copy, so that no table occurs twice
** in the result.  Limits the total number of copied values, because each copy
** can double the document. */
static bool op_copy(struct apply *a) {
  lua_State *L = a->L;
  if (!get(a, a->from)) return fail(a, "path");
  if (!mk_value_copy_within(L, -1, &a->left)) return fail(a, "operation");
  return mk_edit_add(&a->edit, a->path) || fail(a, "path");
}

static bool op_test(struct apply *a) {
  lua_State *L = a->L;
  if (!get(a, a->path)) return fail(a, "path");
  switch (mk_value_equal(L, -1, VALUE, NULL)) {
  case MK_EQUAL: return true;
  case MK_FAULT: return fail(a, "operation");
  default: mk_value_text_difference(L, -1, VALUE); return fail(a, "test");
  }
}

static const struct op {
  const char *name;
  bool (*run)(struct apply *a);
  bool has_value;
  bool has_from;
} ops[] = {
    {"add", op_add, true, false},         {"copy", op_copy, false, true},
    {"move", op_move, false, true},       {"remove", op_remove, false, false},
    {"replace", op_replace, true, false}, {"test", op_test, true, false},
};

/* [-0, +1, m] Pushes a member of the current operation and returns its Lua
** type. */
static int push_member(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  return lua_rawget(L, OPERATION);
}

/* [-0, +0, m] Reads a member of the current operation that must be a JSON
** Pointer.  Stores its string in the stack slot `slot`.  On an error, pushes a
** message and returns false. */
static bool read_pointer(struct apply *a, const char *name, int slot,
                         struct mk_text *pointer) {
  lua_State *L = a->L;
  int type = push_member(L, name);
  if (type == LUA_TNIL) {
    lua_pushfstring(L, "'%s' is missing", name);
    return fail(a, "operation");
  }
  if (type != LUA_TSTRING) {
    lua_pushfstring(L, "'%s' is %s, string expected", name,
                    mk_value_text_type(L, -1));
    return fail(a, "operation");
  }
  lua_replace(L, slot);
  pointer->text = lua_tolstring(L, slot, &pointer->len);
  const char *fault = mk_pointer_fault(pointer->text, pointer->len);
  if (!fault) return true;
  lua_pushfstring(L, "'%s' is a %s", name, fault);
  return fail(a, "operation");
}

static const struct op *find_op(const char *name, size_t len) {
  for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
    if (strlen(ops[i].name) == len && memcmp(ops[i].name, name, len) == 0)
      return &ops[i];
  return NULL;
}

/* [-0, +0, m] Reads the member `op` of the current operation.  On an error,
** pushes a message and returns NULL. */
static const struct op *read_op(struct apply *a) {
  lua_State *L = a->L;
  size_t len;
  if (!lua_istable(L, OPERATION) || mk_json_is_array(L, OPERATION)) {
    lua_pushfstring(L, "is %s, object expected",
                    mk_value_text_type(L, OPERATION));
    return NULL;
  }
  if (push_member(L, "op") == LUA_TNIL) {
    lua_pushliteral(L, "'op' is missing");
    return NULL;
  }
  if (lua_type(L, -1) != LUA_TSTRING) {
    lua_pushfstring(L, "'op' is %s, string expected",
                    mk_value_text_type(L, -1));
    return NULL;
  }
  const char *name = lua_tolstring(L, -1, &len);
  const struct op *op = find_op(name, len);
  if (op)
    lua_pop(L, 1);
  else
    lua_pushfstring(L, "unknown op '%s'", mk_value_text_name(L, name, len));
  return op;
}

/* [-0, +0, m] Reads the members that the operation needs into their stack
** slots.  On an error, pushes a message and returns false. */
static bool read_members(struct apply *a, const struct op *op) {
  lua_settop(a->L, VALUE);
  if (!read_pointer(a, "path", PATH, &a->path)) return false;
  if (op->has_from && !read_pointer(a, "from", FROM, &a->from)) return false;
  if (op->has_value && push_member(a->L, "value") == LUA_TNIL)
    return refuse(a, "'value' is missing");
  if (op->has_value) lua_replace(a->L, VALUE);
  return true;
}

/* [-1, +1, m] Adds "operation N (OP PATH): " before the message at the top. */
static void name_operation(struct apply *a, lua_Integer number,
                           const struct op *op) {
  lua_State *L = a->L;
  LUAI_UACINT n = (LUAI_UACINT)number;
  const char *message = lua_tostring(L, -1);
  if (!op) {
    lua_pushfstring(L, "operation %I: %s", n, message);
  } else if (!a->path.text) {
    lua_pushfstring(L, "operation %I (%s): %s", n, op->name, message);
  } else {
    const char *path = mk_value_text_path(L, a->path.text, a->path.len);
    if (a->path.len == 0) path = "\"\"";
    lua_pushfstring(L, "operation %I (%s %s): %s", n, op->name, path, message);
  }
}

/* [-0, +0, m] Runs the operation in the slot OPERATION.  On an error, pushes a
** message and returns false. */
static bool run_operation(struct apply *a, lua_Integer number) {
  const struct op *op = read_op(a);
  a->path.text = NULL;
  a->code = "operation";
  if (op && read_members(a, op) && op->run(a)) {
    lua_settop(a->L, ITS_PATH);
    return true;
  }
  name_operation(a, number, op);
  return false;
}

/* [-0, +0, m] Returns true for an array, and for an empty table without the
** object metatable. */
static bool is_list(lua_State *L, int index) {
  if (mk_json_is_array(L, index)) return true;
  if (mk_value_marked_object(L, index)) return false;
  lua_pushnil(L);
  if (!lua_next(L, index)) return true;
  lua_pop(L, 2);
  return false;
}

/* [-0, +0, m] Checks that the patch is an array without holes.  If it is not,
** pushes a message and returns false. */
static bool check_operations(lua_State *L) {
  if (!is_list(L, OPERATIONS)) {
    lua_pushliteral(L, "the patch is an object, array expected");
    return false;
  }
  const char *fault = mk_value_table_fault(L, OPERATIONS, true);
  if (fault) lua_pushfstring(L, "the patch is an %s", fault);
  return !fault;
}

static int failure(lua_State *L, const char *code) {
  luaL_pushfail(L);
  lua_insert(L, -2);
  lua_pushstring(L, code);
  return 3;
}

int mk_patch_apply(lua_State *L) {
  struct apply a = {.L = L, .left = MAX_COPIED};
  a.edit = (struct mk_edit){L, ROOT, OWNED, &a.gap};
  a.gap = (struct mk_gap){.array = ARRAY, .path = ITS_PATH};
  mk_value_check(L, DOCUMENT);
  luaL_checktype(L, OPERATIONS, LUA_TTABLE);
  lua_settop(L, OPERATIONS);
  luaL_checkstack(L, 32, NULL);
  if (!check_operations(L)) return failure(L, "operation");
  lua_Integer n = (lua_Integer)lua_rawlen(L, OPERATIONS);
  lua_pushvalue(L, DOCUMENT);
  lua_newtable(L);
  lua_settop(L, ITS_PATH);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, OPERATIONS, i);
    if (!run_operation(&a, i)) return failure(L, a.code);
  }
  mk_gap_close(L, &a.gap);
  lua_settop(L, ROOT);
  return 1;
}
