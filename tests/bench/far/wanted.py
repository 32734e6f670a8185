# wanted.py - what a SPEC wants, and what export says; no requests are sent
# here.  onboard_requests.py and onboard_httpx.py share it.
import datetime
import os
import re


def find(items, name):
    """The item of a list by name."""
    return next((i for i in items if i["metadata"]["name"] == name), None)


def holds(have, want):
    """Does `have` say all that `want` says?  Secrets cannot be compared."""
    return all(have.get(key) == value for key, value in want.items()
               if key != "authentication")


def rule(wish):
    spec = {"enabled": True, **wish}
    del spec["name"]
    return spec


def team(wish, users):
    """The spec of a team, and who must be invited."""
    ids = {u["spec"]["email"]: u["metadata"]["id"] for u in users}
    members, guests = {}, []
    for member in wish.get("members", []):
        if member["email"] in ids:
            members[ids[member["email"]]] = {
                "isTeamAdmin": member.get("isTeamAdmin", False)}
        else:
            guests.append(member["email"])
    return {"description": wish["description"], "members": members,
            "scopes": wish["scopes"]}, guests


def same_team(have, want):
    members = {id: {"isTeamAdmin": m["isTeamAdmin"]}
               for id, m in have["spec"]["members"].items()}
    return want == {"description": have["spec"]["description"],
                    "members": members, "scopes": have["spec"]["scopes"]}


def scoped_projects(wish):
    return [name.removesuffix("Scope") for name in wish["scopes"]]


def is_stored(wish, tokens):
    return os.path.exists(wish["file"]) and any(
        token["spec"].get("description") == wish["description"]
        and not token["spec"].get("revoked") for token in tokens)


def token(wish, organization, ids):
    expires = datetime.datetime.utcnow() + datetime.timedelta(wish["days"])
    projects = wish["permissions"]["core.project"]
    return {
        "type": "restricted", "description": wish["description"],
        "organizationId": organization["metadata"]["id"],
        "expireDate": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissions": {"core.project": {
            ids[name]: rights for name, rights in projects.items()}},
    }


def store(wish, answer):
    descriptor = os.open(wish["file"], os.O_WRONLY | os.O_CREAT, 0o600)
    with open(descriptor, "w") as file:
        file.write(answer["metadata"]["JWT"])


# --- export ---------------------------------------------------------------

def pick(source, *names):
    return {n: source[n] for n in names if source.get(n) not in (None, "")}


def exported_rule(project, have):
    name, spec = have["metadata"]["name"], have["spec"]
    out = {"name": name, **pick(spec, "url", "enabled", "events", "headers",
                                "queryParams")}
    for where, secrets in (spec.get("authentication") or {}).items():
        for key in secrets or {}:
            variable = re.sub("[^A-Z0-9]+", "_", "_".join(
                ["webhook", project, name, key]).upper())
            out.setdefault("authentication", {}).setdefault(where, {})[key] = {
                "env": variable, "keep": True}
    return out


def exported_project(have, rules, labels):
    spec = have["spec"]
    out = pick(spec, "name", "displayName", "locationName", "isActive")
    out["paymentMethod"] = labels[spec["assignedPaymentMethodId"]]
    if rules:
        out["webhooks"] = [exported_rule(spec["name"], r) for r in rules]
    return out


def exported_team(have, emails):
    name, spec = have["metadata"]["name"], have["spec"]
    out = {"name": name, **pick(spec, "description", "scopes")}
    members = [{"email": emails[id], "isTeamAdmin": m["isTeamAdmin"]}
               for id, m in spec["members"].items()]
    if members and name != "Everyone":
        out["members"] = members
    return out


def exported(organization, methods, projects, rules, teams, users, invites):
    """The document; `rules` has a list for each project."""
    methods = [m for m in methods if m["status"]["isActive"]]
    labels = {m["metadata"]["id"]: m["metadata"]["displayName"]
              for m in methods}
    emails = {u["metadata"]["id"]: u["spec"]["email"] for u in users}
    parts = {
        "organization": pick(
            organization["spec"], "name", "legalEntityName",
            "legalEntityAddress", "legalEntityOfficer",
            "legalEntityContactEmail"),
        "paymentMethods": [
            {"displayName": m["metadata"]["displayName"],
             **({"acceptTerms": True}
                if m["status"]["termsAndConditionsAccepted"] else {})}
            for m in methods],
        "projects": [exported_project(p, r, labels)
                     for p, r in zip(projects, rules)],
        "teams": [exported_team(t, emails) for t in teams],
        "invites": [pick(i["spec"], "email", "comment", "teams")
                    for i in invites],
    }
    return {name: part for name, part in parts.items() if part}
