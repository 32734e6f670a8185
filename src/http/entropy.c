/* entropy.c - randomness for mbedTLS from the kernel, without /dev.
**
** mbedTLS calls this function by name (MBEDTLS_ENTROPY_HARDWARE_ALT).  Under
** musl its own source opens /dev/random, which an empty chroot has not.
** SPDX-License-Identifier: MIT */
#include <errno.h>
#include <mbedtls/entropy.h>
#include <sys/random.h>

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len,
                          size_t *olen);

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len,
                          size_t *olen) {
  (void)data;
  for (*olen = 0; *olen < len;) {
    ssize_t got = getrandom(output + *olen, len - *olen, 0);
    if (got > 0)
      *olen += (size_t)got;
    else if (errno != EINTR)
      return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
  }
  return 0;
}
