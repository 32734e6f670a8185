/* timestamp.c - formats and parses timestamps.
** SPDX-License-Identifier: MIT */
#include "base/timestamp.h"

#include <math.h>
#include <string.h>
#include <time.h>

bool mk_timestamp_format(double seconds, char text[MK_MOMENT_SIZE]) {
  struct tm tm;
  if (!(seconds > -62167219201.0 && seconds < 253402300800.0)) return false;
  time_t whole = (time_t)floor(seconds);
  return gmtime_r(&whole, &tm) &&
         strftime(text, MK_MOMENT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0;
}

/* Reads a number of exactly `digits` digits and moves `*text` to the character
** after the number. */
static bool number(const char **text, int digits, int *value) {
  *value = 0;
  for (; digits > 0; digits--, ++*text) {
    if (**text < '0' || **text > '9') return false;
    *value = *value * 10 + (**text - '0');
  }
  return true;
}

static bool literal(const char **text, const char *expected) {
  size_t len = strlen(expected);
  if (strncmp(*text, expected, len) != 0) return false;
  *text += len;
  return true;
}

/* Converts a date and time in UTC to Unix time.  Returns false if the date or
** the time does not exist.  timegm converts a date that does not exist to
** another date, so this function compares day and month afterwards. */
static bool to_seconds(struct tm *tm, double *seconds) {
  struct tm same = *tm;
  if (tm->tm_hour > 23 || tm->tm_min > 59 || tm->tm_sec > 60) return false;
  time_t t = timegm(&same);
  *seconds = (double)t;
  return tm->tm_sec == 60 ||
         (same.tm_mday == tm->tm_mday && same.tm_mon == tm->tm_mon);
}

static bool clock_time(const char **text, struct tm *tm) {
  return number(text, 2, &tm->tm_hour) && literal(text, ":") &&
         number(text, 2, &tm->tm_min) && literal(text, ":") &&
         number(text, 2, &tm->tm_sec);
}

static double fraction(const char **text) {
  double value = 0, unit = 0.1;
  if (**text != '.') return 0;
  for (++*text; **text >= '0' && **text <= '9'; ++*text, unit /= 10)
    value += unit * (**text - '0');
  return value;
}

/* Reads a time zone such as "Z" or "+01:00".  Sets `*offset` to its offset from
** UTC in seconds, unless the zone is "Z".  Returns false if more text
** follows. */
static bool zone(const char **text, double *offset) {
  int hours = 0, minutes = 0, sign = **text == '-' ? -1 : 1;
  if (literal(text, "Z") || literal(text, "z")) return !**text;
  if (!literal(text, "+") && !literal(text, "-")) return false;
  if (!number(text, 2, &hours) || !literal(text, ":") ||
      !number(text, 2, &minutes) || hours > 23 || minutes > 59)
    return false;
  *offset = sign * (hours * 3600.0 + minutes * 60.0);
  return !**text;
}

static bool parse_rfc3339(const char *text, double *seconds) {
  struct tm tm = {0};
  double part, offset = 0;
  if (!number(&text, 4, &tm.tm_year) || !literal(&text, "-") ||
      !number(&text, 2, &tm.tm_mon) || !literal(&text, "-") ||
      !number(&text, 2, &tm.tm_mday))
    return false;
  if (!literal(&text, "T") && !literal(&text, "t") && !literal(&text, " "))
    return false;
  if (!clock_time(&text, &tm)) return false;
  part = fraction(&text);
  if (!zone(&text, &offset)) return false;
  tm.tm_year -= 1900;
  tm.tm_mon -= 1;
  if (!to_seconds(&tm, seconds)) return false;
  *seconds += part - offset;
  return true;
}

static bool month(const char **text, int *value) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (*value = 0; *value < 12; ++*value)
    if (!strncmp(*text, names + 3 * *value, 3)) {
      *text += 3;
      return true;
    }
  return false;
}

/* Parses an HTTP date.  Ignores the name of the weekday, because the date
** determines the weekday. */
static bool parse_http_date(const char *text, double *seconds) {
  struct tm tm = {0};
  const char *comma = strchr(text, ',');
  if (!comma) return false;
  text = comma + 1;
  if (!literal(&text, " ") || !number(&text, 2, &tm.tm_mday) ||
      !literal(&text, " ") || !month(&text, &tm.tm_mon) ||
      !literal(&text, " ") || !number(&text, 4, &tm.tm_year) ||
      !literal(&text, " ") || !clock_time(&text, &tm) ||
      !literal(&text, " GMT") || *text)
    return false;
  tm.tm_year -= 1900;
  return to_seconds(&tm, seconds);
}

bool mk_timestamp_parse(const char *text, double *seconds) {
  return parse_rfc3339(text, seconds) || parse_http_date(text, seconds);
}
