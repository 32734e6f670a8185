# onboard_httpx.py BASE CACERT JOBS SPEC: the organization of a SPEC, by the
# tasks of asyncio.
#
# Each thing begins as soon as what it needs is there, and the lists come
# together.  As in mkrun, JOBS things are written at a time, and a team or rule
# is looked at right before its PUT.
import asyncio
import json
import sys

import wanted
from api_httpx import api, client, create, list_all, rules_of, slot


class Onboarding:
    """What has been asked for, as tasks, and the lines to print."""

    def __init__(self, spec):
        self.spec, self.lines = spec, []
        self.ids, self.made, self.guests = {}, {}, {}
        task, get = asyncio.create_task, spec.get
        if get("organization") or get("tokens"):
            self.organization = task(api("GET", "/organization"))
        for part, *paths in (
                ("paymentMethod", "/organization/paymentMethods"),
                ("projects", "/projects"), ("tokens", "/user/tokens"),
                ("teams", "/organization/teams", "/organization/users",
                 "/organization/invites")):
            for path in paths if get(part) else ():
                setattr(self, path.split("/")[-1], task(list_all(path)))

    def add(self, kind, name, work):
        async def line():
            return f"{await done} {kind} {name}"
        done = asyncio.create_task(work)
        self.lines.append(line())
        return done

    async def set_organization(self, wish):
        if wanted.holds((await self.organization)["spec"], wish):
            return "="
        await slot("PATCH", "/organization", {"spec": wish})
        return "~"

    async def accept_terms(self, wish):
        for self.method in await self.paymentMethods:
            if self.method["metadata"]["displayName"] == wish["displayName"]:
                break
        if self.method["status"]["termsAndConditionsAccepted"]:
            return "="
        await slot("POST", "/organization/paymentMethods/"
                   f"{self.method['metadata']['id']}/acceptTermsAndConditions")
        return "~"

    async def set_project(self, wish):
        name, display = wish["name"], {"displayName": wish["displayName"]}
        have = wanted.find(await self.projects, name)
        outcome = "~" if have else "+"
        if have and have["metadata"]["displayName"] == wish["displayName"]:
            outcome = "="
        elif have:
            await slot("PATCH", f"/projects/{name}", {"metadata": display})
        else:
            await self.terms
            have = await slot("PUT", f"/projects/{name}", {
                **display, "locationName": wish["locationName"],
                "paymentMethodId": self.method["metadata"]["id"]})
        self.ids[name] = have["metadata"]["id"]
        return outcome

    async def rules(self, project):
        new = await self.made[project] == "+"
        return [] if new else await list_all(rules_of(project))

    async def set_rule(self, project, wish, rules):
        spec, have = wanted.rule(wish), wanted.find(await rules, wish["name"])
        if have and wanted.holds(have["spec"], spec):
            return "="
        await create(f"{rules_of(project)}/{wish['name']}", spec,
                     await self.made[project] == "+")
        return "+"

    async def set_team(self, wish):
        want, strangers = wanted.team(wish, await self.users)
        for email in strangers:
            self.guests.setdefault(email, []).append(wish["name"])
        for name in wanted.scoped_projects(wish):
            if name in self.made:
                await self.made[name]
        have = wanted.find(await self.teams, wish["name"])
        if have and wanted.same_team(have, want):
            return "="
        await create("/organization/teams/" + wish["name"], want)
        return "+"

    async def make_token(self, wish):
        if wanted.is_stored(wish, await self.tokens):
            return "="
        for name in wish["permissions"]["core.project"]:
            await self.made[name]
        wanted.store(wish, await slot("POST", "/user/tokens", wanted.token(
            wish, await self.organization, self.ids)))
        return "+"

    async def invite(self, email, teams):
        there = (i["spec"]["email"] for i in await self.invites)
        if email in there:
            return "="
        await slot("POST", "/organization/invites", {"spec": {
            "email": email, "comment": self.spec["inviteComment"],
            "teams": teams}})
        return "+"

    async def run(self):
        get = self.spec.get
        if wish := get("organization"):
            self.add("organization", wish["name"], self.set_organization(wish))
        if wish := get("paymentMethod"):
            self.terms = self.add("payment method", wish["displayName"],
                                  self.accept_terms(wish))
        for wish in get("projects", []):
            name = wish["name"]
            self.made[name] = self.add("project", name, self.set_project(wish))
            rules = asyncio.create_task(self.rules(name))
            for rule in wish.get("webhooks", []):
                self.add("webhook rule", f"{name}/{rule['name']}",
                         self.set_rule(name, rule, rules))
        for wish in get("tokens", []):
            self.add("token", wish["description"], self.make_token(wish))
        await asyncio.gather(*(
            self.add("team", wish["name"], self.set_team(wish))
            for wish in get("teams", [])))
        for email, teams in self.guests.items():
            self.add("invite", email, self.invite(email, teams))
        print(*await asyncio.gather(*self.lines), sep="\n")


async def main():
    async with client:
        with open(sys.argv[4]) as file:
            await Onboarding(json.load(file)).run()


asyncio.run(main())
