#!/bin/bash
# export.sh BASE CACERT: what `mkrun export` writes, by curl and jq.
set -euo pipefail
# shellcheck source=/dev/null
. "${0%/*}/api.sh"

# shellcheck disable=SC2016 # the variables are jq's
exported='
def pick($names): with_entries(select(.key as $k | $names | index($k))
  | select(.value != null and .value != ""));
def some($name; $list): if $list == [] then {} else {($name): $list} end;
def secrets($words): with_entries(.value = {keep: true, env:
  ($words + "_" + .key | ascii_upcase | gsub("[^A-Z0-9]+"; "_"))});
def rule($project): .metadata.name as $name | .spec as $spec
  | {name: $name}
  + ($spec | pick(["url", "enabled", "events", "headers", "queryParams"]))
  + (($spec.authentication // {}) | with_entries(select(.value)
      | .value |= secrets("webhook_\($project)_\($name)"))
    | if . == {} then {} else {authentication: .} end);
[$methods[] | select(.status.isActive)] as $methods
| ($methods | map({(.metadata.id): .metadata.displayName}) | add) as $labels
| ($users | map({(.metadata.id): .spec.email}) | add) as $emails
| {organization: ($organization.spec | pick(["name", "legalEntityName",
    "legalEntityAddress", "legalEntityOfficer", "legalEntityContactEmail"]))}
+ some("paymentMethods"; $methods | map({displayName: .metadata.displayName}
  + if .status.termsAndConditionsAccepted then {acceptTerms: true}
    else {} end))
+ some("projects"; $projects | map(.spec.name as $name
  | (.spec | pick(["name", "displayName", "locationName", "isActive"]))
  + {paymentMethod: $labels[.spec.assignedPaymentMethodId]}
  + some("webhooks"; $rules[$name] | map(rule($name)))))
+ some("teams"; $teams | map(.metadata.name as $name | {name: $name}
  + (.spec | pick(["description", "scopes"]))
  + some("members"; if $name == "Everyone" then [] else [.spec.members
    | to_entries[] | {email: $emails[.key],
      isTeamAdmin: .value.isTeamAdmin}] end)))
+ some("invites"; $invites | map(.spec | pick(["email", "comment",
  "teams"])))'

rules='{}'
projects=$(list /projects)
for name in $(jq -r '.[].metadata.name' <<<"$projects"); do
  rules=$(jq -c --arg name "$name" --argjson all "$rules" \
    '$all + {($name): .}' <<<"$(list "/projects/$name/webhook/rules")")
done
jq -n --argjson projects "$projects" --argjson rules "$rules" \
  --argjson organization "$(api GET /organization)" \
  --argjson methods "$(list /organization/paymentMethods)" \
  --argjson teams "$(list /organization/teams)" \
  --argjson users "$(list /organization/users)" \
  --argjson invites "$(list /organization/invites)" "$exported"
