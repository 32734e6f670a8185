# export_httpx.py BASE CACERT JOBS: what `mkrun export` writes, by the tasks of
# asyncio.
import asyncio
import json

import wanted
from api_httpx import api, client, list_all, rules_of


async def projects_and_rules():
    projects = await list_all("/projects")
    return projects, await asyncio.gather(*(
        list_all(rules_of(p["metadata"]["name"])) for p in projects))


async def read_all():
    organization, methods, (projects, rules), teams, users, invites = \
        await asyncio.gather(
            api("GET", "/organization"),
            list_all("/organization/paymentMethods"), projects_and_rules(),
            *(list_all("/organization/" + name)
              for name in ("teams", "users", "invites")))
    return organization, methods, projects, rules, teams, users, invites


async def main():
    async with client:
        print(json.dumps(wanted.exported(*await read_all()), indent=2))


asyncio.run(main())
