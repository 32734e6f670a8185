#!/bin/sh
# har.sh FILE DIR: checks a HAR file with the npm package har-schema.
#
# Prints what is wrong.  Exit code 1: FILE is invalid; 2: npm is missing or
# fetches nothing.  DIR keeps the packages for the next call.
# SPDX-License-Identifier: MIT
set -eu

file=$1 dir=$2
command -v npm >/dev/null && command -v node >/dev/null || exit 2
if [ ! -d "$dir/node_modules/har-schema" ]; then
  mkdir -p "$dir"
  timeout 60 npm install --prefix "$dir" --no-save --ignore-scripts \
    --no-audit --no-fund --silent --fetch-retries=1 \
    --fetch-retry-mintimeout=2000 --fetch-retry-maxtimeout=2000 \
    ajv@6.12.6 har-schema@2.0.0 >&2 || exit 2
fi
NODE_PATH="$dir/node_modules" exec node -e '
  const Ajv = require("ajv"), schemas = require("har-schema");
  const ajv = new Ajv({ allErrors: true });
  ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-06.json"));
  const har = JSON.parse(require("fs").readFileSync(process.argv[1]));
  const check = ajv.addSchema(Object.values(schemas)).getSchema("har.json");
  if (check(har)) process.exit(0);
  for (const e of check.errors) console.log(e.dataPath, e.message);
  process.exit(1);' "$file"
