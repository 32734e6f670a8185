#!/bin/sh
# run.sh: providers on real servers, which run here on loopback: RabbitMQ and
# PowerDNS.
#
# The last line is "N passed, N failed, N skipped".
#
# @tools rabbitmq-server pdns-server pdns-backend-sqlite3 sqlite3
# @seconds 90
# SPDX-License-Identifier: MIT
set -eu

cd "$(dirname "$0")/../.."
${MAKE:-make} -s all debug >&2
umask 022
# In one process: all files share one server of each kind.
MKRUN_TEST_SERVERS=yes JOBS=1 \
  exec build/debug/mkrun tests/run.lua "$@" tests/servers
