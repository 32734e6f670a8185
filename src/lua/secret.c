/* secret.c - the Lua module mkrun.secret: values that scripts cannot read.
** SPDX-License-Identifier: MIT */
#include "lua/secret.h"

#include "base/base64.h"
#include "base/feed.h"
#include "base/file.h"
#include "base/redact.h"
#include "http/credential.h"
#include "lua/backend.h"
#include "lua/file_fault.h"
#include "lua/output.h"

#include <lauxlib.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#define SECRET_TYPE "mkrun.secret"
#define SECRET_MAX ((size_t)1024 * 1024)

/* A secret.  All fields are in C memory, because Lua could free a Lua value
** before it frees the secret when the Lua state closes. */
struct secret {
  char *bytes; /* the bytes of the secret; NULL after the secret is closed */
  size_t len;
  /* origin that the secret is bound to; NULL before secret:bind */
  char *origin;
  char *label;
};

static struct secret *check_secret(lua_State *L, int arg) {
  struct secret *s = luaL_checkudata(L, arg, SECRET_TYPE);
  luaL_argcheck(L, s->bytes, arg, "secret is closed");
  return s;
}

/* [-0, +1, m] Pushes a secret without bytes.  Sets its metatable before
** anything is allocated, so that the memory is freed after any error. */
static struct secret *new_secret(lua_State *L, const char *label) {
  struct secret *s = lua_newuserdatauv(L, sizeof *s, 0);
  *s = (struct secret){.bytes = NULL};
  luaL_setmetatable(L, SECRET_TYPE);
  s->label = strdup(label ? label : "secret");
  if (!s->label) luaL_error(L, "not enough memory");
  return s;
}

/* [-0, +0, e] Registers the secret for redaction.  If out of memory, wipes the
** secret and raises an error. */
static void register_secret(lua_State *L, struct secret *s) {
  if (mk_redact_add(s->bytes, s->len, s->label)) return;
  mk_file_wipe(s->bytes, s->len);
  s->bytes = NULL;
  luaL_error(L, "not enough memory");
}

void mk_secret_push(lua_State *L, const char *bytes, size_t len,
                    const char *label) {
  struct secret *s;
  luaL_requiref(L, SECRET_TYPE, luaopen_mkrun_secret, 0);
  lua_pop(L, 1);
  s = new_secret(L, label);
  s->bytes = malloc(len + 1);
  if (!s->bytes) luaL_error(L, "not enough memory");
  memcpy(s->bytes, bytes, len);
  s->bytes[len] = '\0';
  s->len = len;
  register_secret(L, s);
}

const char *mk_secret_bytes(lua_State *L, int index, size_t *len) {
  const struct secret *s = luaL_testudata(L, index, SECRET_TYPE);
  if (!s || !s->bytes) return NULL;
  if (len) *len = s->len;
  return s->bytes;
}

const char *mk_secret_origin(lua_State *L, int index) {
  const struct secret *s = luaL_testudata(L, index, SECRET_TYPE);
  return s ? s->origin : NULL;
}

/* --- Constructors --------------------------------------------------------- */

/* secret.new(text, label) -> secret */
static int l_new(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  mk_secret_push(L, text, len, luaL_optstring(L, 2, NULL));
  return 1;
}

/* secret.read(path | "-", label) -> secret | nil, message, code.  Reads a file,
** or standard input for "-". */
static int l_read(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  struct secret *s = new_secret(L, luaL_optstring(L, 2, path));
  int error = mk_file_read(path, SECRET_MAX, &s->bytes, &s->len);
  if (error) return mk_file_fault(L, path, error);
  s->len = mk_file_without_line_end(s->bytes, s->len);
  s->bytes[s->len] = '\0';
  register_secret(L, s);
  return 1;
}

/* secret.is(value) -> boolean */
static int l_is(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, luaL_testudata(L, 1, SECRET_TYPE) != NULL);
  return 1;
}

/* --- Methods -------------------------------------------------------------- */

static int l_tostring(lua_State *L) {
  const struct secret *s = luaL_checkudata(L, 1, SECRET_TYPE);
  lua_pushfstring(L, "(secret: %s)", s->label ? s->label : "gone");
  return 1;
}

/* [-0, +0, e] Returns argument 2 as a string.  Call this function before
** check_secret.  Converting a number allocates memory, and then a finalizer may
** run and close the secret. */
static const char *check_text(lua_State *L) {
  luaL_checkudata(L, 1, SECRET_TYPE);
  return luaL_checkstring(L, 2);
}

/* secret:write(path) -> true | nil, message, code.  Replaces the file by the
** bytes of the secret. */
static int l_write(lua_State *L) {
  const char *path = check_text(L);
  const struct secret *s = check_secret(L, 1);
  int error = mk_file_replace(path, s->bytes, s->len, 0600);
  if (error) return mk_file_fault(L, path, error);
  lua_pushboolean(L, true);
  return 1;
}

/* [-0, +3, m] Pushes nil, "COMMAND: REASON" and a code.  `left` is the number
** of bytes that the command did not read.  Returns 3. */
static int fail_command(lua_State *L, const char *command, int status,
                        size_t left) {
  const char *code = "exit";
  luaL_pushfail(L);
  if (WIFSIGNALED(status)) {
    lua_pushfstring(L, "%s: ended by signal %d", command, WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    lua_pushfstring(L, "%s: exit status %d", command, WEXITSTATUS(status));
  } else {
    lua_pushfstring(L, "%s: left %I bytes unread", command, (LUAI_UACINT)left);
    code = "unread";
  }
  lua_pushstring(L, code);
  return 3;
}

/* secret:pipe(command) -> true | nil, message, code.  Runs a command with the
** bytes of the secret as its standard input. */
static int l_pipe(lua_State *L) {
  const char *command = check_text(L);
  const struct secret *s = check_secret(L, 1);
  int status;
  size_t left;
  int error = mk_feed(command, s->bytes, s->len, &status, &left);
  if (error) return mk_file_fault(L, command, error);
  if (status != 0 || left > 0) return fail_command(L, command, status, left);
  lua_pushboolean(L, true);
  return 1;
}

/* [-0, +1, e] Pushes the SHA-256 hash of the bytes, in hexadecimal. */
static int push_sha256(lua_State *L, const char *bytes, size_t len) {
  unsigned char sum[32];
  char hex[2 * sizeof sum + 1];
  if (mbedtls_sha256((const unsigned char *)bytes, len, sum, 0) != 0)
    return luaL_error(L, "SHA-256 failed");
  for (size_t i = 0; i < sizeof sum; i++)
    snprintf(hex + 2 * i, 3, "%02x", sum[i]);
  lua_pushstring(L, hex);
  return 1;
}

/* secret:digest() -> SHA-256 hash of the bytes, in hexadecimal */
static int l_digest(lua_State *L) {
  const struct secret *s = check_secret(L, 1);
  return push_sha256(L, s->bytes, s->len);
}

int mk_lua_sha256(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  return push_sha256(L, text, len);
}

/* Compares in constant time, so that the time does not reveal how many of the
** first bytes are equal. */
static bool same_bytes(const char *a, const char *b, size_t len) {
  volatile unsigned char difference = 0;
  for (size_t i = 0; i < len; i++) difference |= (unsigned char)(a[i] ^ b[i]);
  return difference == 0;
}

/* secret:equals(text | secret) -> boolean */
static int l_equals(lua_State *L) {
  const struct secret *s = check_secret(L, 1);
  size_t len;
  const char *other = mk_secret_bytes(L, 2, &len);
  if (!other) other = luaL_checklstring(L, 2, &len);
  lua_pushboolean(L, len == s->len && same_bytes(s->bytes, other, len));
  return 1;
}

static int l_eq(lua_State *L) {
  size_t a_len = 0, b_len = 0;
  const char *a = mk_secret_bytes(L, 1, &a_len);
  const char *b = mk_secret_bytes(L, 2, &b_len);
  lua_pushboolean(L, a && b && a_len == b_len && same_bytes(a, b, a_len));
  return 1;
}

/* [-0, +1, e] Pushes "https://host:port" for the URL at `arg`, in lower case
** and always with a port. */
static const char *push_origin(lua_State *L, int arg) {
  const char *url = luaL_checkstring(L, arg), *host;
  bool tls = !strncasecmp(url, "https://", 8);
  luaL_argcheck(L, tls || !strncasecmp(url, "http://", 7), arg,
                "http or https URL expected");
  host = url + (tls ? 8 : 7);
  size_t len = strcspn(host, "/?#");
  luaL_argcheck(L, len > 0 && !memchr(host, '@', len), arg,
                "URL with a host and without a user expected");
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, tls ? "https://" : "http://");
  for (size_t i = 0; i < len; i++) {
    char c = host[i];
    luaL_addchar(&b, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
  }
  const char *bracket = memchr(host, ']', len);
  const char *from = bracket ? bracket : host;
  if (!memchr(from, ':', len - (size_t)(from - host)))
    luaL_addstring(&b, tls ? ":443" : ":80");
  luaL_pushresult(&b);
  return lua_tostring(L, -1);
}

/* secret:bind(url) -> secret; raises an error if the secret is bound to another
** origin */
static int l_bind(lua_State *L) {
  luaL_checkudata(L, 1, SECRET_TYPE);
  const char *origin = push_origin(L, 2);
  struct secret *s = check_secret(L, 1);
  if (s->origin && strcmp(s->origin, origin) != 0)
    return luaL_error(L, "secret is bound to %s, not to %s", s->origin, origin);
  if (!s->origin) s->origin = strdup(origin);
  if (!s->origin) return luaL_error(L, "not enough memory");
  lua_settop(L, 1);
  return 1;
}

/* [-0, +1, m] Pushes the payload of a JWT as JSON text and returns true.  If
** the secret is not a JWT, pushes "" and returns false.  Allocates the buffer
** before reading the secret, because a finalizer may run during the allocation
** and close the secret. */
static bool push_payload(lua_State *L, const struct secret *s) {
  luaL_Buffer b;
  char *out = luaL_buffinitsize(L, &b, s->len + 1);
  const char *dot = s->bytes ? memchr(s->bytes, '.', s->len) : NULL;
  const char *end = dot ? strchr(dot + 1, '.') : NULL;
  size_t size;
  bool good = end && mk_base64_decode(dot + 1, (size_t)(end - dot - 1),
                                      MK_BASE64_URL, out, &size);
  luaL_pushresultsize(&b, good ? size : 0);
  return good;
}

/* secret:claims() -> the payload of a JWT as a table, or nil if the secret is
** not a JWT */
static int l_claims(lua_State *L) {
  const struct secret *s = check_secret(L, 1);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "mkrun.json");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "decode");
  if (push_payload(L, s)) {
    lua_call(L, 1, 1);
    if (lua_istable(L, -1)) return 1;
  }
  luaL_pushfail(L);
  return 1;
}

static int l_concat(lua_State *L) {
  return luaL_error(L, "a secret cannot become part of a text");
}

static int l_close(lua_State *L) {
  struct secret *s = luaL_checkudata(L, 1, SECRET_TYPE);
  mk_file_wipe(s->bytes, s->len);
  free(s->origin);
  s->bytes = s->origin = NULL;
  s->len = 0;
  return 0;
}

static int l_gc(lua_State *L) {
  struct secret *s = luaL_checkudata(L, 1, SECRET_TYPE);
  l_close(L);
  free(s->label);
  s->label = NULL;
  return 0;
}

static const luaL_Reg methods[] = {
    {"write", l_write},   {"pipe", l_pipe}, {"digest", l_digest},
    {"equals", l_equals}, {"bind", l_bind}, {"claims", l_claims},
    {"close", l_close},   {NULL, NULL},
};

static const luaL_Reg meta[] = {
    {"__tostring", l_tostring},
    {"__concat", l_concat},
    {"__eq", l_eq},
    {"__gc", l_gc},
    {"__close", l_close},
    {NULL, NULL},
};

/* secret.field_fault(token_as) -> text | nil */
static int l_field_fault(lua_State *L) {
  lua_pushstring(L, mk_credential_fault(luaL_checkstring(L, 1)));
  return 1;
}

static const luaL_Reg functions[] = {
    {"new", l_new},
    {"read", l_read},
    {"is", l_is},
    {"redact", mk_lua_redact},
    {"field_fault", l_field_fault},
    {NULL, NULL},
};

static const struct mk_backend_call asked_methods[] = {
    {"write", "secret.write", 2},
    {"pipe", "secret.pipe", 2},
    {NULL, NULL, 0},
};

static const struct mk_backend_call asked[] = {
    {"read", "secret.read", 1},
    {NULL, NULL, 0},
};

int luaopen_mkrun_secret(lua_State *L) {
  if (luaL_newmetatable(L, SECRET_TYPE)) {
    luaL_setfuncs(L, meta, 0);
    luaL_newlib(L, methods);
    mk_backend_guard(L, asked_methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, SECRET_TYPE);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  mk_backend_guard(L, asked);
  return 1;
}
