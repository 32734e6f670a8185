# shellcheck shell=bash
# api.sh - requests by a curl each, for onboard.sh and export.sh.
# BASE and CACERT are their first two arguments.
base=$1/api/v1 cacert=$2
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

api() { # METHOD PATH [BODY]
  curl -sS --fail --cacert "$cacert" -X "$1" -o "$answer" \
    -H "Authorization: Bearer $MKIO_TOKEN" \
    -H "Content-Type: application/json" ${3+--data-binary "$3"} "$base$2"
  cat "$answer"
}

list() { # PATH: all pages of a list, one array
  local path=$1 page
  while [ -n "$path" ]; do
    page=$(api GET "$path")
    jq '.value' <<<"$page"
    path=$(jq -r '."@odata.nextLink" // empty | sub("^.*/api/v1"; "")' \
      <<<"$page")
  done | jq -sc add
}
