/* option_help.c - prints the text of --help.
** SPDX-License-Identifier: MIT */
#include "host/option_help.h"

#include "host/option_table.h"
#include "provider.h"

#include <string.h>

static const struct {
  const char *name, *text;
} environment[] = {
    {MK_PROVIDER_TOKEN_VARIABLE, MK_PROVIDER_TOKEN_HELP},
    {MK_PROVIDER_BASE_URL_VARIABLE, MK_PROVIDER_BASE_URL_HELP},
    {MK_PROVIDER_PROJECT_VARIABLE, MK_PROVIDER_PROJECT_HELP},
    {"MKRUN_TOKEN_NAME", "the token of the provider NAME, which is in capitals "
                         "here; nobody can read it"},
    {"MKRUN_BASE_URL_NAME", "same as --base-url NAME=URL, which has priority"},
    {"NO_COLOR", "if set, print no colours on a terminal"},
    {"SSL_CERT_FILE", "same as --cacert, which has priority"},
    {"SSL_CERT_DIR", "folders of trusted certificates, separated by colons"},
    {"MKRUN_CONFINE", "if set, and not 0: --confine for every script"},
    {"MKRUN_HISTORY", "file of the prompt's statements; empty: none"},
    {"MKRUN_LUA", "load mkrun's own Lua modules from this folder"},
};

void mk_option_help_usage(FILE *out) {
  fputs("usage: mkrun [options] [SCRIPT [arguments]] (--help lists the "
        "options)\n",
        out);
}

/* Column in which the help text of each option starts. */
#define INDENT 24

/* Maximum length of a line of help, in characters. */
#define WIDTH 79

/* Prints `text` from column INDENT on, in lines of at most WIDTH characters.
** `column` is the number of characters already printed on the current line. */
static void print_wrapped(FILE *out, int column, const char *text) {
  if (column >= INDENT) {
    fputc('\n', out);
    column = 0;
  }
  fprintf(out, "%*s", INDENT - column, "");
  for (column = INDENT; *text;) {
    int len = (int)strcspn(text, " ");
    if (column > INDENT && column + 1 + len > WIDTH)
      column = fprintf(out, "\n%*s", INDENT, "") - 1;
    else if (column > INDENT)
      column += fprintf(out, " ");
    column += fprintf(out, "%.*s", len, text);
    text += len;
    text += strspn(text, " ");
  }
  fputc('\n', out);
}

static int print_names(FILE *out, const struct mk_option *option) {
  int column = fprintf(out, "  ");
  if (option->letter) column += fprintf(out, "-%c", option->letter);
  if (option->letter && option->name) column += fprintf(out, ", ");
  if (option->name) column += fprintf(out, "--%s", option->name);
  if (!option->value) return column;
  if (option->kind == MK_OPTIONAL)
    return column + fprintf(out, "[=%s]", option->value);
  return column + fprintf(out, " %s", option->value);
}

void mk_option_help_print(FILE *out) {
  fputs("usage: mkrun [options] [SCRIPT [arguments]]\n\n"
        "Runs a Lua script against the " MK_PROVIDER_API ".  SCRIPT is a "
        "file, the name\nof a built-in flow (see --list), or - for standard "
        "input.  Without SCRIPT,\nmkrun shows a prompt on a terminal, and "
        "otherwise runs standard input.\n\nOptions may also stand after the "
        "name of a built-in flow, but for -e, -l, -i,\n--sandbox, "
        "--base-url, --token-file, --cacert, --resume and --apply.\n\n"
        "`mkrun help` lists the topics of the manual and the flows.\n\n"
        "Options:\n",
        out);
  const struct mk_option *option;
  for (size_t i = 0; (option = mk_option_at(i)); i++)
    print_wrapped(out, print_names(out, option), option->help);
  fputs("  --                    end of the options\n\nEnvironment:\n", out);
  for (size_t i = 0; i < sizeof environment / sizeof *environment; i++) {
    int column = fprintf(out, "  %s", environment[i].name);
    print_wrapped(out, column, environment[i].text);
  }
  fputs("\nExit codes: 0 done, 1 the script failed, 2 wrong usage, 3 something "
        "to change\n(--dry-run); 128 + N ended by signal N (130 interrupted, "
        "143 terminated).\n",
        out);
}
