# dist.mk - `make dist`: what people install, in build/dist; part of Makefile.
#
#   make dist SIGN_KEY=FILE   signs SHA256SUMS, see vendor/dist/sign.sh
#   DIST_ARCHS=x86_64         for one architecture only
#   MAINTAINER='Name <mail>'  of the Debian packages
#   ALLOW_FALLBACK=1          from older sources, where the first of vendor/lock
#                             cannot be had
#
# The same commit gives the same bytes on machines with the same packages of
# Debian: in any folder, at any time, with any umask, for any user.

ifneq ($(filter dist,$(MAKECMDGOALS)),)
ifdef CROSS
$(error make dist makes what DIST_ARCHS says, so it takes no TARGET)
endif
endif

DIST_ARCHS ?= x86_64 aarch64
MAINTAINER ?= the mkrun authors <mkrun@users.noreply.example>

# The folder of an architecture: see vendor/target.mk.
dist_folder = build$(if $(filter $(HOST),$(1)),,/$(1))

# build.mk exports a compiler, which is not that of another architecture.
dist:
	@sh vendor/tools.sh dpkg-deb gzip md5sum sha256sum tar xz zopfli
	@ALLOW_FALLBACK='$(ALLOW_FALLBACK)' sh vendor/dist/check.sh vendor/lock $(GOT)
	@[ -z '$(SIGN_KEY)' ] || sh vendor/dist/sign.sh '$(SIGN_KEY)'
	@$(MAKE) --no-print-directory all
	@unset CC AR CROSS MUSL; for arch in $(filter-out $(HOST),$(DIST_ARCHS)); do \
	  $(MAKE) --no-print-directory TARGET=$$arch all || exit; done
	@VERSION='$(VERSION)' COMMIT='$(COMMIT)' MAINTAINER='$(MAINTAINER)' \
	  SOURCE_DATE_EPOCH='$(SOURCE_DATE_EPOCH)' SIGN_KEY='$(SIGN_KEY)' \
	  sh vendor/dist/dist.sh build/dist \
	  $(foreach a,$(DIST_ARCHS),$(a)=$(call dist_folder,$(a)))

.PHONY: dist
