# onboard_requests.py BASE CACERT SPEC: the organization of a SPEC, one request
# after the other, as people write it.
import json
import sys

import wanted
from api_requests import api, list_all, rules_of


def say(outcome, kind, name):
    print(outcome, kind, name)


def set_organization(wish):
    organization = api("GET", "/organization")
    if wish and not wanted.holds(organization["spec"], wish):
        api("PATCH", "/organization", {"spec": wish})
        say("~", "organization", wish["name"])
    elif wish:
        say("=", "organization", wish["name"])
    return organization


def accept_terms(wish):
    for method in list_all("/organization/paymentMethods"):
        if method["metadata"]["displayName"] == wish["displayName"]:
            break
    accepted = method["status"]["termsAndConditionsAccepted"]
    if not accepted:
        api("POST", "/organization/paymentMethods/"
            f"{method['metadata']['id']}/acceptTermsAndConditions")
    say("=" if accepted else "~", "payment method", wish["displayName"])
    return method


def set_project(wish, have, method):
    outcome, name = "=", wish["name"]
    display = {"displayName": wish["displayName"]}
    if not have:
        outcome = "+"
        have = api("PUT", f"/projects/{name}", {
            **display, "locationName": wish["locationName"],
            "paymentMethodId": method["metadata"]["id"]})
    elif have["metadata"]["displayName"] != wish["displayName"]:
        outcome = "~"
        api("PATCH", f"/projects/{name}", {"metadata": display})
    say(outcome, "project", name)
    rules = [] if outcome == "+" else list_all(rules_of(name))
    for rule in wish.get("webhooks", []):
        set_rule(name, rule, wanted.find(rules, rule["name"]))
    return have["metadata"]["id"]


def set_rule(project, wish, have):
    spec = wanted.rule(wish)
    same = have and wanted.holds(have["spec"], spec)
    if not same:
        api("PUT", f"{rules_of(project)}/{wish['name']}", {"spec": spec})
    say("=" if same else "+", "webhook rule", f"{project}/{wish['name']}")


def set_teams(spec):
    haves = list_all("/organization/teams")
    users, guests = list_all("/organization/users"), {}
    for wish in spec["teams"]:
        have = wanted.find(haves, wish["name"])
        want, strangers = wanted.team(wish, users)
        same = have and wanted.same_team(have, want)
        if not same:
            api("PUT", f"/organization/teams/{wish['name']}", {"spec": want})
        say("=" if same else "+", "team", wish["name"])
        for email in strangers:
            guests.setdefault(email, []).append(wish["name"])
    if guests:
        invite(guests, spec["inviteComment"])


def invite(guests, comment):
    there = {i["spec"]["email"] for i in list_all("/organization/invites")}
    for email, teams in guests.items():
        if email not in there:
            api("POST", "/organization/invites", {"spec": {
                "email": email, "comment": comment, "teams": teams}})
        say("=" if email in there else "+", "invite", email)


def make_tokens(wishes, organization, ids):
    tokens = list_all("/user/tokens")
    for wish in wishes:
        same = wanted.is_stored(wish, tokens)
        if not same:
            wanted.store(wish, api("POST", "/user/tokens", wanted.token(
                wish, organization, ids)))
        say("=" if same else "+", "token", wish["description"])


def onboard(spec):
    ids, method = {}, None
    if "organization" in spec or "tokens" in spec:
        organization = set_organization(spec.get("organization"))
    if "paymentMethod" in spec:
        method = accept_terms(spec["paymentMethod"])
    if "projects" in spec:
        projects = list_all("/projects")
        for wish in spec["projects"]:
            ids[wish["name"]] = set_project(
                wish, wanted.find(projects, wish["name"]), method)
    if "teams" in spec:
        set_teams(spec)
    if "tokens" in spec:
        make_tokens(spec["tokens"], organization, ids)


with open(sys.argv[3]) as file:
    onboard(json.load(file))
