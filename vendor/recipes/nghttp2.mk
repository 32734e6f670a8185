# The framing of HTTP/2; the tree comes without a configure script.
SRC := $(wildcard $(TREE)/lib/*.c)
HOT := nghttp2_hd_huffman
REST := _SMALL
FLAGS := -DNDEBUG -DNGHTTP2_STATICLIB -DBUILDING_NGHTTP2 \
         -DHAVE_ARPA_INET_H -DHAVE_NETINET_IN_H \
         -DHAVE_CLOCK_GETTIME -DHAVE_DECL_CLOCK_MONOTONIC=1 \
         -I$(TREE)/lib/includes
