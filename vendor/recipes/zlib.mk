# Only what unpacks.  NO_GZIP would also take gzip's header away.
SRC := $(patsubst %,$(TREE)/%.c,adler32 crc32 inflate inffast inftrees zutil)
HOT := %
FLAGS := -DHAVE_UNISTD_H -D_LARGEFILE64_SOURCE=1
