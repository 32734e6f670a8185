#!/bin/bash
# onboard.sh CALLS BASE CACERT: the calls of `mkrun onboard`, in its order, by
# curl, and of each answer one member by jq.  CALLS has a line for each:
# METHOD TARGET BODY-FILE, where - is no body.
set -euo pipefail

while read -r method target body; do
  data=()
  [ "$body" = - ] ||
    data=(-H "Content-Type: application/json" --data-binary "@$body")
  curl -sS --cacert "$3" -X "$method" -H "Authorization: Bearer $MKIO_TOKEN" \
    "${data[@]}" "$2$target" | jq -r '.metadata.id? // empty'
done < "$1"
