#!/bin/bash
# onboard.sh BASE CACERT SPEC: the organization of a SPEC, one request after the
# other by curl, with jq for the documents.
set -euo pipefail
# shellcheck source=/dev/null
. "${0%/*}/api.sh"

spec=$(cat "$3")

has() { jq -e --arg part "$1" 'has($part)' <<<"$spec" >/dev/null; }

# holds HAVE WANT: does HAVE say all that WANT says?
holds() {
  jq -en --argjson have "$1" --argjson want "$2" '$want
    | del(.authentication) | all(to_entries[]; .value == $have[.key])' \
    >/dev/null
}

set_organization() {
  local want
  organization=$(api GET /organization)
  has organization || return 0
  want=$(jq -c .organization <<<"$spec")
  if holds "$(jq .spec <<<"$organization")" "$want"; then
    echo "= organization"
  else
    api PATCH /organization "{\"spec\":$want}" >/dev/null
    echo "~ organization"
  fi
}

accept_terms() {
  local found accepted
  found=$(list /organization/paymentMethods | jq -r --argjson spec "$spec" '
    .[] | select(.metadata.displayName == $spec.paymentMethod.displayName)
    | "\(.metadata.id) \(.status.termsAndConditionsAccepted)"')
  read -r method accepted <<<"$found"
  if [ "$accepted" = false ]; then
    api POST "/organization/paymentMethods/$method/acceptTermsAndConditions"
  fi
  echo "= payment method ($accepted)"
}

set_projects() {
  local have wish name body rules rule
  have=$(list /projects)
  while read -r wish; do
    name=$(jq -r .name <<<"$wish")
    if [ -n "$(jq --arg n "$name" '.[] | select(.metadata.name == $n)' \
      <<<"$have")" ]; then
      rules=$(list "/projects/$name/webhook/rules")
      echo "= project $name"
    else
      body=$(jq -c --arg method "$method" '{displayName, locationName,
        paymentMethodId: $method}' <<<"$wish")
      api PUT "/projects/$name" "$body" >/dev/null
      rules='[]'
      echo "+ project $name"
    fi
    while read -r rule; do
      set_rule "$name" "$rule" "$rules"
    done < <(jq -c '.webhooks[]?' <<<"$wish")
  done < <(jq -c '.projects[]' <<<"$spec")
}

set_rule() { # PROJECT WISH RULES
  local name want have
  name=$(jq -r .name <<<"$2")
  want=$(jq -c '{enabled: true} + . | del(.name)' <<<"$2")
  have=$(jq -c --arg n "$name" '[.[] | select(.metadata.name == $n)][0].spec' \
    <<<"$3")
  if [ "$have" != null ] && holds "$have" "$want"; then
    echo "= webhook rule $1/$name"
  else
    api PUT "/projects/$1/webhook/rules/$name" "{\"spec\":$want}" >/dev/null
    echo "+ webhook rule $1/$name"
  fi
}

set_teams() {
  local name want
  # Of each team: its name, what it should be, whether it is so.
  while IFS=$'\t' read -r name want same; do
    if [ "$same" = false ]; then
      api PUT "/organization/teams/$name" "{\"spec\":$want}" >/dev/null
    fi
    echo "team $name ($same)"
  done < <(jq -r --argjson have "$(list /organization/teams)" \
    --argjson users "$(list /organization/users)" '
    ($users | map({(.spec.email): .metadata.id}) | add) as $ids
    | ($have | map({(.metadata.name): .spec}) | add) as $have
    | .teams[] | {description, scopes, members: ([.members[]
        | select($ids[.email]) | {($ids[.email]):
          {isTeamAdmin: (.isTeamAdmin // false)}}] | add)} as $want
    | [.name, ($want | tojson), $want == ($have[.name]
        | if . then {description, scopes, members: (.members
          | map_values({isTeamAdmin}))} else . end)]
    | map(tostring) | join("\t")' <<<"$spec")
}

invite() {
  local body
  while read -r body; do
    api POST /organization/invites "{\"spec\":$body}" >/dev/null
    echo "+ invite"
  done < <(jq -c --argjson users "$(list /organization/users)" \
    --argjson open "$(list /organization/invites)" '
    ($users + $open | map(.spec.email)) as $known
    | .inviteComment as $comment
    | [.teams[] | .name as $team | .members[] | .email
      | select(. as $email | $known | index($email) | not)
      | {email: ., team: $team}]
    | group_by(.email)[] | {email: .[0].email, comment: $comment,
      teams: map(.team)}' <<<"$spec")
}

make_tokens() {
  local tokens projects wish body file
  tokens=$(list /user/tokens)
  projects=$(list /projects)
  while read -r wish; do
    file=$(jq -r .file <<<"$wish")
    if [ -e "$file" ] && jq -e --argjson wish "$wish" 'any(.[];
      .spec.description == $wish.description and .spec.revoked == null)' \
      <<<"$tokens" >/dev/null; then
      echo "= token"
      continue
    fi
    body=$(jq -c --argjson here "$organization" --argjson all "$projects" '
      ($all | map({(.metadata.name): .metadata.id}) | add) as $ids
      | {type: "restricted", description, organizationId: $here.metadata.id,
        expireDate: (now + .days * 86400 | floor | todate),
        permissions: {"core.project": (.permissions."core.project"
          | with_entries(.key |= $ids[.]))}}' <<<"$wish")
    (umask 077; api POST /user/tokens "$body" | jq -r .metadata.JWT >"$file")
    echo "+ token"
  done < <(jq -c '.tokens[]' <<<"$spec")
}

if has organization || has tokens; then set_organization; fi
if has paymentMethod; then accept_terms; fi
if has projects; then set_projects; fi
if has teams; then set_teams; fi
if has inviteComment; then invite; fi
if has tokens; then make_tokens; fi
