/* tls_fault.c - returns the reason why a TLS handshake failed, from the error
** number of mbedTLS.
**
** The message of libcurl contains the error number.  The low seven bits of the
** number are ignored, except for ALERT and TOO_LARGE.  For ALERT, our patch
** why-a-handshake-failed stores the number of the TLS alert in these bits.  For
** TOO_LARGE, it stores the type of the handshake message.
** SPDX-License-Identifier: MIT */
#include "http/tls_fault.h"

#include <stdlib.h>
#include <string.h>

enum {
  ALERT = 0x7780,
  TOO_LARGE = 0x6A00,
  CERTIFICATE = 11, /* type of the handshake message Certificate */
};

struct words {
  long number;
  const char *text;
};

#define MALFORMED "the server's certificate is malformed"
#define UNKNOWN_KIND                                                           \
  "the server's certificate has a key or a signature of a kind that mkrun "    \
  "does not know (Ed25519, for example)"
#define NO_TLS "the server does not speak TLS on this port"
#define BROKEN "the server broke the rules of TLS during the handshake"
#define NOT_COMMON "no TLS parameters in common"
#define OLD "no TLS version in common, 1.2 is the lowest allowed"

static const struct words handshake[] = {
    /* number of an error of the operating system */
    {0, "connection closed during the TLS handshake"},
    {0x7280, "connection closed during the TLS handshake"},
    {0x7880, "connection closed during the TLS handshake"},
    {0x7200, NO_TLS},
    {0x7100, NO_TLS},
    {0x6E80, OLD},
    {0x6E00, NOT_COMMON},
    {0x7A00, "the server's certificate cannot be used"},
    {0x3000, "the certificate chain of the server has more than 8 certificates "
             "between its own and a root"},
    {0x7180, "the server's TLS messages were damaged on the way"},
    {0x7300, BROKEN}, /* decode error */
    {0x7500, BROKEN}, /* unsupported extension */
    {0x7700, BROKEN}, /* unexpected message */
    {0x6600, BROKEN}, /* illegal parameter */
    {0x6700, BROKEN}, /* unexpected record */
    {0x7580, "no application protocol in common"},
    {0x7F00, "not enough memory for the TLS handshake"},
    {0x4E00, "the server's TLS signature does not fit its certificate"},
    {0x4380, "the server's TLS signature does not fit its certificate"},
    {0x2080, "the server's certificate has something critical that mkrun does "
             "not know"},
    {0x2180, MALFORMED},
    {0x2200, MALFORMED},
    {0x2280, MALFORMED},
    {0x2300, MALFORMED},
    {0x2380, MALFORMED},
    {0x2400, MALFORMED},
    {0x2480, MALFORMED},
    {0x2500, "the server's certificate has an extension that is malformed, or "
             "critical and unknown to mkrun"},
    {0x2580, MALFORMED},
    {0x2600, UNKNOWN_KIND},
    {0x2680, MALFORMED},
    {0x3980, UNKNOWN_KIND}, /* 0x39.., 0x3A.., 0x3C..: errors in the key */
    {0x3A00, UNKNOWN_KIND},
    {0x3A80, UNKNOWN_KIND},
    {0x3B00, "the server's certificate has a malformed key"},
    {0x3C80, UNKNOWN_KIND},
    {0x3D00, "the server's certificate has a malformed key"},
};

#define REFUSED "the server refused the TLS handshake"
#define REFUSED_OURS "the server refused the client certificate"
#define WANTS_OURS "the server wants a client certificate (option client_cert)"

static const struct words alerts[] = {
    {0, "the server sent no certificate"},
    {40, REFUSED ": no TLS parameters in common (its certificate may have a "
                 "key that mkrun does not know, such as Ed25519)"},
    {70, REFUSED ": " OLD},
    {80, REFUSED ": internal error"},
    {112, REFUSED ": it does not serve a host of this name"},
};

/* Messages for the alerts of a server that received a client certificate. */
static const struct words refusals[] = {
    {40, REFUSED_OURS}, /* alert handshake_failure of TLS 1.2 */
    {42, REFUSED_OURS ": it is not valid there"},
    {43, REFUSED_OURS ": it is of a kind that is not accepted"},
    {44, REFUSED_OURS ": it has been revoked"},
    {45, REFUSED_OURS ": it has expired"},
    {46, REFUSED_OURS},
    {48, REFUSED_OURS ": its CA is unknown there"},
    {49, REFUSED_OURS ": access denied"},
    /* the client sent no certificate, because the server named other CAs */
    {116, REFUSED_OURS},
};

static const char *find(const struct words *list, size_t count, long number) {
  for (size_t i = 0; i < count; i++)
    if (list[i].number == number) return list[i].text;
  return NULL;
}

#define FIND(list, number) find(list, sizeof list / sizeof *list, number)

/* Returns the number in the message of libcurl, or -1 if there is none. */
static long number_in(const char *curl_text) {
  const char *at = strstr(curl_text, "(-0x");
  return at ? strtol(at + 4, NULL, 16) : -1;
}

static bool is_alert(long number) {
  return number >= 0 && (number & ~0x7FL) == ALERT;
}

/* Returns the message for an alert about the client certificate, or NULL.  TLS
** 1.2 has no alert for a missing client certificate.  A server then sends
** "handshake failure" (40) after the client accepted the server's certificate.
*/
static const char *client_words(const struct mk_tls_facts *f, long alert) {
  if (!f->believed) return NULL;
  if (f->identified) return FIND(refusals, alert);
  return alert == 40 || alert == 116 ? WANTS_OURS : NULL;
}

static const char *alert_words(const struct mk_tls_facts *f, long alert) {
  const char *words = client_words(f, alert);
  if (!words) words = FIND(alerts, alert);
  return words ? words : REFUSED;
}

const char *mk_tls_fault(const struct mk_tls_facts *f) {
  long number = number_in(f->curl_text);
  if (number < 0) return NULL;
  long low = number & 0x7F, high = number - low;
  if (high == ALERT) return alert_words(f, low);
  if (high == TOO_LARGE)
    return low == CERTIFICATE
               ? "the server's certificate chain is larger than 16 KiB"
               : "a message of the TLS handshake is larger than 16 KiB";
  return FIND(handshake, high);
}

bool mk_tls_is_lost(const char *curl_text) {
  long number = number_in(curl_text);
  if (strstr(curl_text, "Recv failure:") || strstr(curl_text, "Send failure:"))
    return true;
  return number >= 0 &&
         ((number & ~0x7FL) == 0 || number == 0x7280 || number == 0x7880);
}

const char *mk_tls_late_refusal(const struct mk_tls_facts *f) {
  long number = number_in(f->curl_text);
  return is_alert(number) ? client_words(f, number & 0x7F) : NULL;
}

const char *mk_tls_read_fault(const char *curl_text) {
  if (!strstr(curl_text, "ssl_read returned")) return NULL;
  long number = number_in(curl_text);
  if (is_alert(number))
    return "the server ended the connection with a TLS error";
  if (number == 0x7180 || number == 0x7200)
    return "the TLS data was damaged on the way";
  return "connection closed before the answer was whole";
}
