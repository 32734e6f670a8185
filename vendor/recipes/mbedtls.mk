# TLS and X.509, and the verified X25519 code that the tarball carries.
EVEREST := $(TREE)/3rdparty/everest
SRC := $(wildcard $(TREE)/library/*.c) \
       $(addprefix $(EVEREST)/library/,everest.c x25519.c \
         Hacl_Curve25519_joined.c)
HOT := aes% bignum_core bignum_mod% chacha20 constant_time ecp% gcm Hacl% \
       poly1305 sha256 sha512
REST := _SMALL
FLAGS := '-DMBEDTLS_CONFIG_FILE="mk_mbedtls_config.h"' -Ivendor/config \
         -I$(TREE)/include -I$(TREE)/library \
         -I$(EVEREST)/include -I$(EVEREST)/include/everest \
         -I$(EVEREST)/include/everest/kremlib
