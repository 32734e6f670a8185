# Compiled file by file with a fixed configuration; most of the files are empty
# for it.
SRC := $(filter-out %/dllmain.c,$(wildcard $(TREE)/lib/*.c $(TREE)/lib/*/*.c))
REST := _SMALL
FLAGS := -D_GNU_SOURCE -DHAVE_CONFIG_H -DBUILDING_LIBCURL -DCURL_STATICLIB \
         -DNGHTTP2_STATICLIB -DCURL_DISABLE_VERBOSE_STRINGS \
         '-DMBEDTLS_CONFIG_FILE="mk_mbedtls_config.h"' -Ivendor/config \
         -I$(TREE)/include -I$(TREE)/lib -I$(TREE_mbedtls)/include \
         -I$(TREE_mbedtls)/3rdparty/everest/include \
         -I$(TREE_nghttp2)/lib/includes

# Nobody asks it to be verbose (82 KB of words), but people read its errors.
%/strerror.o: FLAGS += -UCURL_DISABLE_VERBOSE_STRINGS
