/* option_table.c - a table of all options of mkrun.
** SPDX-License-Identifier: MIT */
#include "host/option_table.h"

#include "host/option_set.h"
#include "provider.h"

#include <stdbool.h>
#include <string.h>

#define FIELD(name) offsetof(struct mk_options, name)

static const struct mk_option options[] = {
    {'e', NULL, "STAT", MK_ACTION, 0, "run the statement STAT"},
    {'l', NULL, "MOD", MK_ACTION, 0,
     "load module MOD into the global MOD; with G=MOD, into the global G"},
    {'i', NULL, NULL, MK_FLAG, FIELD(interactive),
     "show a prompt after the script, even if it fails"},
    {'v', NULL, NULL, MK_FLAG, FIELD(banner),
     "print the version, then continue"},
    {'E', NULL, NULL, MK_FLAG, FIELD(no_env),
     "ignore LUA_INIT, LUA_PATH, LUA_CPATH and MKRUN_LUA"},
    {'W', NULL, NULL, MK_ACTION, 0, "turn warnings on"},
    {0, "sandbox", "FILE", MK_OPTIONAL, FIELD(sandbox),
     "use no network: a built-in model of the API answers; FILE stores its "
     "state"},
    {0, "like", "SOURCE", MK_LIKE, 0,
     "make the new sandbox like the organization in SOURCE: a SPEC, the output "
     "of export, or a recording; several make one SPEC"},
    {0, "faults", "FILE", MK_TEXT, FIELD(faults),
     "make requests to the sandbox fail as described in FILE"},
    {0, "base-url", "URL", MK_NAMED, FIELD(base_url),
     "send requests to this API (default " MK_PROVIDER_DEFAULT_BASE_URL
     "); NAME=URL: those of the provider NAME"},
    {0, "token-file", "FILE", MK_NAMED, FIELD(token_file),
     "read the API token from FILE, or from standard input if FILE is -; "
     "NAME=FILE: the token of the provider NAME"},
    {0, "cacert", "FILE", MK_TEXT, FIELD(cacert),
     "trust the certificates of this PEM file and no others"},
    {0, "timeout", "SECONDS", MK_SECONDS, FIELD(timeout),
     "time limit of one request, from start to end (default 30)"},
    {0, "max-rate", "N", MK_COUNT, FIELD(max_rate),
     "send at most N requests a minute, evenly spaced; the API's own limits "
     "apply in any case"},
    {0, "jobs", "N", MK_COUNT, FIELD(jobs),
     "let a flow do at most N things of a list at the same time (default "
     "16); 1: one after the other"},
    {0, "max-memory", "SIZE", MK_SIZE, FIELD(max_memory),
     "memory limit of the script's data, e.g. 256M (default: no limit)"},
    {0, "dry-run", NULL, MK_FLAG, FIELD(dry_run),
     "send only reads; print what SCRIPT would change"},
    {0, "output", "FORMAT", MK_TEXT, FIELD(output),
     "print the plan of --dry-run as text (default), json, jsonl, "
     "markdown or html"},
    {0, "rights", NULL, MK_FLAG, FIELD(rights),
     "with --dry-run: print the rights that a token needs for this run, "
     "instead of the plan"},
    {0, "plan-out", "FILE", MK_TEXT, FIELD(plan_out),
     "do a --dry-run and write the plan to FILE"},
    {0, "apply", "FILE", MK_TEXT, FIELD(apply),
     "carry out the plan in FILE, unless something has changed since"},
    {0, "journal", "FILE", MK_TEXT, FIELD(journal),
     "write a journal of all changes to FILE, which must be a new file"},
    {0, "resume", "FILE", MK_TEXT, FIELD(resume),
     "continue a run after a crash: read its options, SCRIPT and arguments "
     "from its journal FILE, unless others are given"},
    {0, "undo", "FILE", MK_TEXT, FIELD(undo),
     "undo the changes of a run, from its journal FILE; see mkrun undo --help"},
    {0, "audit", "FILE", MK_TEXT, FIELD(audit),
     "add a line to FILE for each write: who, what, before, after; the flow "
     "audit-verify checks FILE"},
    {0, "record", "FILE", MK_TEXT, FIELD(record),
     "write all requests and answers to FILE (HAR 1.2), without secrets"},
    {0, "replay", "FILE", MK_TEXT, FIELD(replay),
     "use no network: take the answers from the HAR file FILE"},
    {0, "trace", NULL, MK_FLAG, FIELD(trace),
     "print one line per request on standard error, and a traceback with an "
     "error"},
    {0, "confine", "strict", MK_OPTIONAL, FIELD(confine),
     "let SCRIPT use the API and nothing else, but for --allow-...; "
     "--confine=strict refuses to run if the kernel cannot help"},
    {0, "allow-read", "PATH", MK_ALLOW, 0,
     "let a confined script read the file or folder PATH"},
    {0, "allow-write", "PATH", MK_ALLOW, 0,
     "let a confined script write the file or folder PATH"},
    {0, "allow-run", "CMD", MK_ALLOW, 0, "let a confined script run CMD"},
    {0, "allow-env", "NAME", MK_ALLOW, 0,
     "let a confined script read the environment variable NAME"},
    {0, "allow-net", "HOST", MK_ALLOW, 0,
     "let a confined script send requests to HOST, or HOST:PORT"},
    {0, "allow-token", NULL, MK_ALLOW, 0,
     "let a confined script give tokens to the files and commands that it may "
     "write and run"},
    {0, "list", NULL, MK_FLAG, FIELD(list), "list the built-in flows"},
    {0, "needs", NULL, MK_FLAG, FIELD(needs),
     "with --list: print what each flow may do"},
    {0, "show", "NAME", MK_TEXT, FIELD(show),
     "print the source of a built-in flow, or of a file such as "
     "examples/onboard.json"},
    {0, "sbom", "FORMAT", MK_OPTIONAL, FIELD(sbom),
     "print the bill of materials of this binary as JSON: cyclonedx (default) "
     "or spdx"},
    {0, "types", "DIR", MK_TEXT, FIELD(types),
     "write declarations of the Lua API for editors (LuaLS) to the folder DIR"},
    {'h', "help", NULL, MK_FLAG, FIELD(help),
     "print this help; with SCRIPT, the help of SCRIPT"},
    {0, "version", NULL, MK_FLAG, FIELD(version),
     "print all versions, and which certificates are trusted"},
};

#define OPTION_COUNT (sizeof options / sizeof *options)

const struct mk_option *mk_option_at(size_t i) {
  return i < OPTION_COUNT ? &options[i] : NULL;
}

const struct mk_option *mk_option_of_letter(char letter) {
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (letter && options[i].letter == letter) return &options[i];
  return NULL;
}

const struct mk_option *mk_option_of_name(const char *name, size_t len) {
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    const char *own = options[i].name;
    if (own && strlen(own) == len && !memcmp(own, name, len))
      return &options[i];
  }
  return NULL;
}

static bool is_among(const char *const *names, const char *name) {
  for (; *names; names++)
    if (!strcmp(*names, name)) return true;
  return false;
}

enum mk_option_place mk_option_place_of(const struct mk_option *option) {
  static const char *const before[] = {"sandbox", "base-url", "token-file",
                                       "cacert",  "resume",   NULL};
  static const char *const alone[] = {"apply", "list",    "needs",
                                      "show",  "sbom",    "types",
                                      "undo",  "version", NULL};
  if (!option->name)
    return strchr("eli", option->letter) ? MK_BEFORE : MK_ANYWHERE;
  if (!strcmp(option->name, "help")) return MK_OF_FLOW;
  if (is_among(before, option->name)) return MK_BEFORE;
  return is_among(alone, option->name) ? MK_ALONE : MK_ANYWHERE;
}
