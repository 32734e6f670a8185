/* token.h - reads a token from an environment variable or a file, and checks
** it.
**
** host/config.c reads the API token, and host/providers.c reads the tokens of
** further providers.  host/main.c and host/help.c handle the variables.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_TOKEN_H
#define MK_HOST_TOKEN_H

#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>

#define MK_TOKEN_LABEL "API token"

/* The names of the variables with the tokens of further providers begin with
** this.  The provider's name follows, in capitals. */
#define MK_TOKEN_PREFIX "MKRUN_TOKEN_"

/* A buffer of this size holds any label of mk_token_label. */
#define MK_TOKEN_LABEL_MAX 80

struct mk_token {
  /* The bytes of the token and a NUL.  NULL if there is no token. */
  char *bytes;
  /* Length of the token in bytes. */
  size_t len;
};

/* Writes the label of a provider's token, such as "token of rabbitmq", to
** `out`. */
void mk_token_label(const char *name, char out[MK_TOKEN_LABEL_MAX]);

/* Replaces the token with a copy of the bytes, and registers them for
** redaction.  If the token is USER:PASSWORD, also registers the password, and
** the pair in base64, as an Authorization header contains it.  Returns false if
** out of memory. */
bool mk_token_set(struct mk_token *t, const char *bytes, size_t len,
                  const char *label);

/* Names the file of a token, for messages. */
struct mk_token_source {
  /* The option and what stands before the path: "--token-file: " */
  const char *option;
  /* The variable in which the token itself can be given. */
  const char *variable;
  /* What redaction shows in place of the token. */
  const char *label;
};

/* Replaces the token with the content of the file, or of standard input if the
** path is "-".  Warns if other users can read the file.  Returns false and sets
** a message on an error. */
bool mk_token_read(struct mk_token *t, const char *path,
                   const struct mk_token_source *from, struct mk_fault *fault);

/* Returns true if there is no character in the token that cannot be sent.  If
** `pair` is true, the token may be USER:PASSWORD; such a token is sent in
** base64 and may contain blanks and characters beyond ASCII.  Otherwise sets a
** message and returns false.  `path` is the token's file or NULL, and `from` is
** the option or the variable. */
bool mk_token_check(const struct mk_token *t, bool pair, const char *from,
                    const char *path, struct mk_fault *fault);

/* Overwrites the token with zeros and frees it. */
void mk_token_drop(struct mk_token *t);

/* Registers the values of the variables with tokens for redaction.  Returns
** false if out of memory. */
bool mk_token_register_variables(void);

/* Receives a variable's name and its value, without the line end. */
typedef bool mk_token_taker(void *data, const char *name, const char *value,
                            size_t len);

/* Calls `take` for each environment variable with a token, and then removes the
** variable.  Overwrites its value with zeros, because /proc/PID/environ also
** shows a variable that was unset.  Removes all of them even if `take` returns
** false; then returns false. */
bool mk_token_take_variables(mk_token_taker *take, void *data);

#endif
