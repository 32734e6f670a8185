/* credential.h - adds the header field with the token to a request.
**
** request_setup.c calls mk_credential_add.  lua/http_options.c checks the
** option `token_as` with mk_credential_fault.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_CREDENTIAL_H
#define MK_HTTP_CREDENTIAL_H

#include "http/request.h"

#include <stdbool.h>

/* Values of the option `token_as`.  Every other value is the name of a header
** field whose value is the token. */
#define MK_AS_BEARER "bearer"
#define MK_AS_BASIC "basic"

/* Returns NULL if a token can be sent in this way, otherwise the reason. */
const char *mk_credential_fault(const char *token_as);

/* Adds the header field with the token o->token to the request.  Does not look
** at the origin.  If the field cannot be added, makes the exchange fail and
** returns false. */
bool mk_credential_add(struct mk_http *h, const struct mk_http_opts *o);

#endif
