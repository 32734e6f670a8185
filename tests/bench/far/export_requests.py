# export_requests.py BASE CACERT: what `mkrun export` writes, one request after
# the other.
import json

import wanted
from api_requests import api, list_all, rules_of

projects = list_all("/projects")
print(json.dumps(wanted.exported(
    api("GET", "/organization"), list_all("/organization/paymentMethods"),
    projects, [list_all(rules_of(p["metadata"]["name"])) for p in projects],
    list_all("/organization/teams"), list_all("/organization/users"),
    list_all("/organization/invites")), indent=2))
