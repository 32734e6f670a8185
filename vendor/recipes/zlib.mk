# Only what unpacks.  NO_GZIP would also take gzip's header away.
SRC := $(patsubst %,$(TREE)/%.c,adler32 crc32 inflate inffast inftrees zutil)
HOT := crc32 inffast
# The tables of CRC-32, 9 KB, are made when the first one is needed.
FLAGS := -DDYNAMIC_CRC_TABLE -DHAVE_UNISTD_H -D_LARGEFILE64_SOURCE=1
