/* entropy.c - gives mbedTLS random bytes from the kernel, without /dev.
**
** mbedTLS calls mbedtls_hardware_poll, because mbedTLS is compiled with
** MBEDTLS_ENTROPY_HARDWARE_ALT.  When built with musl, mbedTLS's own function
** would open /dev/random, which does not exist in an empty chroot.
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
