/* main.c - the main function: prepares the process, parses the command line,
** and starts the run.
** SPDX-License-Identifier: MIT */
#include "base/bundle.h"
#include "base/fault.h"
#include "base/output.h"
#include "base/redact.h"
#include "base/redact_match.h"
#include "base/stream.h"
#include "commit.h"
#include "host/bundle.h"
#include "host/call.h"
#include "host/error_json.h"
#include "host/help.h"
#include "host/host.h"
#include "host/option_help.h"
#include "host/options.h"
#include "host/run.h"
#include "host/script.h"
#include "host/token.h"
#include "http/trust.h"
#include "versions.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Reports output to standard output that was lost, for example because the disk
** is full.  This is an exit handler, so that os.exit calls it too. */
static void check_stdout(void) {
  int code = mk_host_finish(MK_DONE);
  if (code != MK_DONE) _exit(code);
}

/* Opens a read-only descriptor from which nothing can be read: /dev/null, or,
** if /dev/null is missing, a pipe whose write end is closed. */
static bool open_empty_input(void) {
  int ends[2];
  if (open("/dev/null", O_RDONLY) >= 0) return true;
  if (pipe(ends) != 0) return false;
  close(ends[1]);
  return true;
}

/* Opens the descriptors 0 to 2 if they are closed.  Otherwise a file that is
** opened later could get the descriptor 1 or 2, and mkrun would print into the
** file.  The new descriptors are read-only, so that printing still fails. */
static bool open_standard_files(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && !open_empty_input())
      return false;
  return true;
}

/* Disables core dumps, because a core dump could contain the token.  Child
** processes inherit the setting. */
static void disable_core_dumps(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &limit);
}

static void ignore(int number) {
  (void)number;
}

/* Installs handlers for SIGXFSZ and SIGPIPE, so that a write returns an error
** at the file size limit (ulimit -f) or on a closed pipe.  Without the
** handlers, the signals would kill mkrun.  Ignoring the signals would also
** work, but child processes would inherit that. */
static void catch_write_signals(void) {
  struct sigaction action = {.sa_handler = ignore, .sa_flags = SA_RESTART};
  sigaction(SIGXFSZ, &action, NULL);
  sigaction(SIGPIPE, &action, NULL);
}

/* Decodes the password in a URL and registers the password for redaction. */
static bool register_password(const char *url) {
  const char *host = strstr(url, "://");
  host = host ? host + 3 : url;
  const char *at = memrchr(host, '@', strcspn(host, "/?#"));
  const char *colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
  if (!colon) return true;
  char *plain = malloc((size_t)(at - colon));
  if (!plain) return false;
  struct mk_reader r = {.at = (const unsigned char *)colon + 1,
                        .end = (const unsigned char *)at,
                        .form = MK_URL};
  size_t len = 0;
  for (int c; (c = mk_reader_next(&r)) != MK_MORE;)
    plain[len++] = c == MK_PLUS ? '+' : (char)c;
  bool good = mk_redact_add(plain, len, "proxy password");
  explicit_bzero(plain, len);
  free(plain);
  return good;
}

/* Registers the passwords of all proxies for redaction, because a proxy's error
** message may contain the password. */
static bool register_proxy_passwords(void) {
  static const char *const names[] = {"http_proxy", "https_proxy",
                                      "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *url = getenv(names[i]);
    if (url && !register_password(url)) return false;
  }
  return true;
}

/* Returns true if the text looks like a JWT.  Each JWT begins with "eyJ", which
** is base64url text for `{"`. */
static bool looks_like_token(const char *text) {
  if (strncmp(text, "eyJ", 3) != 0) return false;
  const char *dot = strchr(text, '.');
  return dot && strchr(dot + 1, '.') && !strchr(text, '/');
}

/* Registers tokens among the command line arguments for redaction.  A user may
** give a token by mistake where a file name is expected, and error messages
** quote the argument. */
static bool register_arguments(char **argv) {
  for (char **at = argv; *at; at++) {
    const char *value = strchr(*at, '=');
    value = **at == '-' && value ? value + 1 : *at;
    if (looks_like_token(value) &&
        !mk_redact_add(value, strlen(value), "token of the command line"))
      return false;
  }
  return true;
}

static bool register_secrets(char **argv) {
  return mk_token_register_variables() && register_proxy_passwords() &&
         register_arguments(argv);
}

static bool open_streams(void) {
  if (!mk_output_open()) return false;
  if (mk_stream_open_stdin()) return true;
  mk_output_emergency("mkrun: not enough memory\n");
  return false;
}

static int print_version(const struct mk_options *o) {
  char trust[512];
  bool usable = mk_trust_describe(o->cacert, trust, sizeof trust);
  fputs("mkrun " MK_VERSION MK_COMMIT "\n"
        "Lua " MK_REVISION_LUA ", lua-cjson " MK_REVISION_CJSON
        ", curl " MK_REVISION_CURL ", mbedTLS " MK_REVISION_MBEDTLS
        ", nghttp2 " MK_REVISION_NGHTTP2 ", zlib " MK_REVISION_ZLIB
        ", isocline " MK_REVISION_ISOCLINE ", musl " MK_REVISION_MUSL "\n",
        mk_stdout);
  if (mk_bundle_is_open())
    fprintf(mk_stdout, "bundle: %s\n", mk_host_bundle_flow());
  fprintf(mk_stdout, "trust: %s\n", trust);
  if (!usable) mk_host_complain(trust);
  return usable ? MK_DONE : MK_FAILED;
}

static int show(const char *name) {
  struct mk_fault fault = {0};
  int code = mk_script_show(name, &fault) ? MK_DONE : mk_host_refuse(&fault);
  mk_fault_free(&fault);
  return code;
}

static int run(const struct mk_options *o) {
  if (o->help && !o->script) {
    mk_option_help_print(mk_stdout);
    return MK_DONE;
  }
  if (o->version || (mk_options_has_word(o, MK_VERSION_WORD) &&
                     !mk_options_ask_of_version(o)))
    return print_version(o);
  if (o->show) return show(o->show);
  if (mk_help_is_asked(o)) return mk_help_run(o);
  return mk_host_run(o);
}

static int refuse(const struct mk_fault *fault) {
  int code = mk_host_refuse(fault);
  if (code == MK_USAGE && !mk_error_json_chosen() && !mk_bundle_is_open())
    mk_option_help_usage(mk_stderr);
  return code;
}

static bool parse(struct mk_options *o, int argc, char **argv,
                  struct mk_fault *fault) {
  return mk_host_bundle_words(&argc, &argv, fault) &&
         mk_options_parse(o, argc, argv, fault);
}

int mk_host_main(int argc, char **argv) {
  struct mk_options o = {0};
  struct mk_fault fault = {0};
  mk_error_json_choose(argv);
  int code;
  if (!register_secrets(argv) && !mk_fault_memory(&fault))
    code = mk_host_refuse(&fault);
  else
    code = parse(&o, argc, argv, &fault) ? run(&o) : refuse(&fault);
  mk_options_free(&o);
  mk_fault_free(&fault);
  return code;
}

int main(int argc, char **argv) {
  if (!open_standard_files() || !open_streams()) return MK_FAILED;
  disable_core_dumps();
  catch_write_signals();
  atexit(check_stdout);
  return mk_host_main(argc, argv);
}
