/* http_options.c - reads the options of a request from a Lua table.
** SPDX-License-Identifier: MIT */
#include "lua/http_options.h"

#include "http/credential.h"
#include "lua/json.h"
#include "lua/option.h"
#include "lua/sealed.h"
#include "lua/secret.h"
#include "json/fill.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define MAX_HEADERS ((size_t)256 << 10)
#define MAX_BODY ((size_t)64 << 20)

enum option {
  URL,
  METHOD,
  HEADERS,
  QUERY,
  BODY,
  JSON,
  TOKEN,
  SECRETS,
  TOKEN_AS,
  TIMEOUT,
  CONNECT_TIMEOUT,
  MAX_BODY_OPTION,
  MAX_HEADERS_OPTION,
  REDIRECTS,
  SAFE,
  CLIENT_CERT,
  CLIENT_KEY,
  OPTIONS
};

static const char *const names[OPTIONS] = {
    [URL] = "url",
    [METHOD] = "method",
    [HEADERS] = "headers",
    [QUERY] = "query",
    [BODY] = "body",
    [JSON] = "json",
    [TOKEN] = "token",
    [SECRETS] = "secrets",
    [TOKEN_AS] = "token_as",
    [TIMEOUT] = "timeout",
    [CONNECT_TIMEOUT] = "connect_timeout",
    [MAX_BODY_OPTION] = "max_body",
    [MAX_HEADERS_OPTION] = "max_headers",
    [REDIRECTS] = "redirects",
    [SAFE] = "safe",
    [CLIENT_CERT] = "client_cert",
    [CLIENT_KEY] = "client_key",
};

static int find_option(const char *name) {
  int i = 0;
  while (i < OPTIONS && strcmp(names[i], name) != 0) i++;
  return i;
}

/* [-0, +0, e] Returns a set of bits: bit N is set if the table has option N of
** `enum option`.  Raises an error for an unknown option. */
static unsigned check_names(lua_State *L, int t) {
  unsigned found = 0;
  for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) {
    bool text = lua_type(L, -2) == LUA_TSTRING;
    int option = text ? find_option(lua_tostring(L, -2)) : OPTIONS;
    if (option < OPTIONS) {
      found |= 1u << option;
      continue;
    }
    const char *name = luaL_tolstring(L, -2, NULL);
    luaL_argerror(L, t, lua_pushfstring(L, "unknown option '%s'", name));
  }
  if (!lua_getmetatable(L, t)) return found;
  lua_pop(L, 1); /* __index of the metatable may provide `headers` or `json` */
  return found | 1u << HEADERS | 1u << JSON;
}

/* [-0, +1, e] Returns a string option, or NULL.  The value stays on the stack,
** so that the garbage collector does not free the string. */
static const char *string_option(lua_State *L, int t, const char *name,
                                 size_t *len) {
  int type = lua_getfield(L, t, name);
  if (type != LUA_TNIL && type != LUA_TSTRING)
    mk_option_bad(L, t, name, "string");
  return lua_tolstring(L, -1, len);
}

/* [-0, +1, e] Returns a string option, or NULL.  Raises an error if the string
** contains a NUL byte, because C code would stop reading there. */
static const char *text_option(lua_State *L, int t, const char *name) {
  size_t len = 0;
  const char *text = string_option(L, t, name, &len);
  if (text && strlen(text) != len)
    mk_option_wrong(L, t, name, "a NUL byte in it");
  return text;
}

/* [-0, +0, e] Returns the option `name`: a positive number of seconds. */
static double seconds_option(lua_State *L, int t, const char *name) {
  int type = lua_getfield(L, t, name);
  double seconds = lua_tonumber(L, -1);
  if (type != LUA_TNUMBER || !(seconds > 0))
    mk_option_bad(L, t, name, "seconds above zero");
  lua_pop(L, 1);
  return seconds;
}

/* [-0, +0, e] Returns the option `name`: an integer that is not negative. */
static size_t count_option(lua_State *L, int t, const char *name) {
  int type = lua_getfield(L, t, name), whole;
  lua_Integer n = lua_tointegerx(L, -1, &whole);
  if (type != LUA_TNUMBER || !whole || n < 0)
    mk_option_bad(L, t, name, "whole number from zero");
  lua_pop(L, 1);
  return (size_t)n;
}

/* [-0, +0, e] Returns the option `name`: a boolean. */
static bool flag_option(lua_State *L, int t, const char *name) {
  if (lua_getfield(L, t, name) != LUA_TBOOLEAN)
    mk_option_bad(L, t, name, "boolean");
  bool flag = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return flag;
}

/* [-0, +1, e] Pushes and returns the value at index `at` as a string. */
static const char *pair_text(lua_State *L, struct mk_pairs *p, int at,
                             size_t *len) {
  int type = lua_type(L, at);
  if (type == LUA_TBOOLEAN)
    lua_pushstring(L, lua_toboolean(L, at) ? "true" : "false");
  else if (type == LUA_TSTRING || type == LUA_TNUMBER)
    lua_pushvalue(L, at);
  else
    mk_option_wrong(L, p->t, p->option,
                    lua_pushfstring(L, "a string or number expected, got %s",
                                    luaL_typename(L, at)));
  return lua_tolstring(L, -1, len);
}

/* [-0, +0, e] Checks one header field and adds it to the request, if p->to is a
** request. */
static void take_header(lua_State *L, struct mk_pairs *p, int name, int value) {
  struct mk_http_field f;
  f.name = pair_text(L, p, name, &f.name_len);
  f.value = pair_text(L, p, value, &f.value_len);
  const char *wrong = mk_http_check_field(&f);
  if (wrong) mk_option_wrong(L, p->t, p->option, wrong);
  if (p->to && !mk_http_add_field(p->to, &f))
    luaL_error(L, "not enough memory");
  lua_pop(L, 2);
}

void mk_http_add_headers(lua_State *L, int t, struct mk_http *h) {
  struct mk_pairs p = {t, "headers", take_header, h};
  mk_option_pairs(L, &p);
}

/* [-1, +1, m] Replaces the string at the top by its percent-encoded form. */
static void escape(lua_State *L) {
  static const char hex[] = "0123456789ABCDEF";
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  luaL_Buffer b;
  luaL_buffinitsize(L, &b, 3 * len + 1);
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)text[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        (c >= '0' && c <= '9') || (c && strchr("-._~", c))) {
      luaL_addchar(&b, (char)c);
    } else {
      luaL_addchar(&b, '%');
      luaL_addchar(&b, hex[c >> 4]);
      luaL_addchar(&b, hex[c & 15]);
    }
  }
  luaL_pushresult(&b);
  lua_remove(L, -2);
}

/* [-0, +0, e] Appends "?name=value" or "&name=value" to the URL.  p->to points
** to an int: the stack index of the URL. */
static void take_query(lua_State *L, struct mk_pairs *p, int name, int value) {
  int *url = p->to;
  lua_pushvalue(L, *url);
  lua_pushstring(L, strchr(lua_tostring(L, *url), '?') ? "&" : "?");
  pair_text(L, p, name, NULL);
  escape(L);
  lua_pushliteral(L, "=");
  pair_text(L, p, value, NULL);
  escape(L); /* Stack: [..., url, "&", name, "=", value]. */
  lua_concat(L, 5);
  lua_replace(L, *url);
}

/* [-0, +1, e] Pushes and returns the option `url` without its fragment.  If
** `query` is true, appends the option `query`. */
static const char *url_option(lua_State *L, int t, bool query) {
  const char *url = text_option(L, t, "url");
  if (!url) mk_option_bad(L, t, "url", "string");
  const char *fragment = strchr(url, '#');
  if (fragment) {
    lua_pushlstring(L, url, (size_t)(fragment - url));
    lua_replace(L, -2);
  }
  int index = lua_gettop(L);
  if (!query) return lua_tostring(L, index);
  struct mk_pairs p = {t, "query", take_query, &index};
  mk_option_pairs(L, &p);
  return lua_tostring(L, index);
}

/* [-0, +1, e] Pushes and returns the option `method`: capital letters and
** "-". */
static const char *method_option(lua_State *L, int t) {
  const char *method = text_option(L, t, "method");
  size_t len = 0;
  while ((method[len] >= 'A' && method[len] <= 'Z') || method[len] == '-')
    len++;
  if (len == 0 || len > 20 || method[len])
    mk_option_wrong(L, t, "method", "a method in capitals expected");
  return method;
}

int mk_http_encode_json(lua_State *L, int t) {
  luaL_requiref(L, "mkrun.json", luaopen_mkrun_json, 0);
  lua_getfield(L, -1, "encode");
  lua_remove(L, -2);
  lua_getfield(L, t, "json");
  lua_call(L, 1, 3);
  if (lua_isnil(L, -3)) return 3;
  lua_pop(L, 2);
  return 1;
}

/* Allocates memory that is wiped when it is freed. */
static void *wiped(void *data, void *ptr, size_t old, size_t size) {
  (void)data;
  void *block = size ? malloc(size) : NULL;
  if (block && ptr) memcpy(block, ptr, old < size ? old : size);
  if (ptr && (block || !size)) {
    explicit_bzero(ptr, old);
    free(ptr);
  }
  return block;
}

/* What find_secret needs: the option `secrets` is at the stack index `table`.
 */
struct secrets {
  lua_State *L;
  int table, origin;
  struct mk_http_opts *o;
};

/* [-0, +0, m] Notes the origin of the secret at the top of the stack, in the
** stack slot `origin`.  Two origins cannot both be the URL's. */
static void note_origin(struct secrets *s) {
  const char *origin = mk_secret_origin(s->L, -1);
  if (!origin) return;
  const char *before = s->o->secret_origin;
  lua_pushstring(s->L, before && strcmp(before, origin) ? "" : origin);
  lua_replace(s->L, s->origin);
  s->o->secret_origin = lua_tostring(s->L, s->origin);
}

/* Returns the bytes of the secret that the string names, or NULL.  Leaves the
** secret at the top of the stack. */
static const char *find_secret(void *data, const char *raw, size_t len,
                               size_t *found) {
  struct secrets *s = data;
  lua_settop(s->L, s->origin);
  lua_pushlstring(s->L, raw, len);
  if (lua_rawget(s->L, s->table) == LUA_TNIL) return NULL;
  const char *bytes = mk_secret_bytes(s->L, -1, found);
  if (!bytes) luaL_error(s->L, "option 'secrets': open secrets expected");
  s->o->has_secret = true;
  note_origin(s);
  return mk_secret_bytes(s->L, -1, found);
}

const char *mk_http_fill_secrets(lua_State *L, int t, struct mk_http_opts *o) {
  if (lua_getfield(L, t, "secrets") != LUA_TTABLE)
    mk_option_bad(L, t, "secrets", "table");
  struct secrets s = {L, lua_gettop(L), 0, o};
  struct mk_buf *body = mk_sealed_buffer(L);
  body->alloc = wiped;
  lua_pushnil(L);
  s.origin = lua_gettop(L);
  const char *wrong =
      o->body ? mk_json_fill(o->body, o->body_len, find_secret, &s, body)
              : NULL;
  lua_settop(L, s.origin);
  if (!wrong && o->has_secret) o->body = body->data, o->body_len = body->len;
  return wrong;
}

bool mk_http_is_read(const char *method) {
  return !strcmp(method, "GET") || !strcmp(method, "HEAD") ||
         !strcmp(method, "OPTIONS");
}

void mk_http_read_token(lua_State *L, int t, struct mk_http_opts *o) {
  size_t len;
  lua_getfield(L, t, "token");
  o->token = mk_secret_bytes(L, -1, &len);
  if (!o->token) mk_option_bad(L, t, "token", "secret");
  if (strlen(o->token) != len)
    mk_option_wrong(L, t, "token", "a NUL byte in it");
  o->token_origin = mk_secret_origin(L, -1);
}

/* [-0, +?, e] Reads the options for limits and flags.  Most requests do not set
** these options. */
static void read_limits(lua_State *L, int t, unsigned found,
                        struct mk_http_opts *o) {
  if (found & 1u << TIMEOUT) o->timeout = seconds_option(L, t, "timeout");
  if (found & 1u << CONNECT_TIMEOUT)
    o->connect_timeout = seconds_option(L, t, "connect_timeout");
  if (found & 1u << MAX_BODY_OPTION)
    o->max_body = count_option(L, t, "max_body");
  if (found & 1u << MAX_HEADERS_OPTION)
    o->max_headers = count_option(L, t, "max_headers");
  /* the limit in libcurl is a little higher */
  if (o->max_headers > MAX_HEADERS)
    mk_option_wrong(L, t, "max_headers", "at most 262144 expected");
  if (found & 1u << REDIRECTS)
    o->redirects = (int)count_option(L, t, "redirects");
  if (found & 1u << SAFE) o->safe = flag_option(L, t, "safe");
}

/* [-0, +1, e] Pushes and returns the option `token_as`, which must be a way to
** send a token. */
static const char *token_as_option(lua_State *L, int t) {
  const char *as = text_option(L, t, "token_as");
  const char *wrong = as ? mk_credential_fault(as) : NULL;
  if (wrong) mk_option_wrong(L, t, "token_as", wrong);
  return as;
}

int mk_http_read_options(lua_State *L, int t, const struct mk_net *net,
                         struct mk_http_opts *o) {
  luaL_checkstack(L, 40, NULL);
  unsigned found = check_names(L, t);
  *o = (struct mk_http_opts){
      .method = "GET",
      .timeout = net->defaults.timeout,
      .connect_timeout = net->defaults.connect_timeout,
      .max_body = MAX_BODY,
      .max_headers = MAX_HEADERS,
      .redirects = 5,
  };
  o->url = url_option(L, t, found & 1u << QUERY);
  if (found & 1u << METHOD) o->method = method_option(L, t);
  if (found & 1u << BODY) o->body = string_option(L, t, "body", &o->body_len);
  o->safe = mk_http_is_read(o->method);
  read_limits(L, t, found, o);
  if (found & 1u << CLIENT_CERT)
    o->client_cert = text_option(L, t, "client_cert");
  if (found & 1u << CLIENT_KEY) o->client_key = text_option(L, t, "client_key");
  if (o->client_key && !o->client_cert)
    mk_option_wrong(L, t, "client_key", "option 'client_cert' is missing");
  if (o->body && !strcmp(o->method, "HEAD"))
    mk_option_wrong(L, t, "body", "a HEAD request has no body");
  if (found & 1u << TOKEN_AS) o->token_as = token_as_option(L, t);
  if (found & 1u << TOKEN) mk_http_read_token(L, t, o);
  return (found & 1u << HEADERS ? MK_HAS_HEADERS : 0) |
         (found & 1u << JSON ? MK_HAS_JSON : 0) |
         (found & 1u << SECRETS ? MK_HAS_SECRETS : 0);
}
