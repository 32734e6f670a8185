# api_httpx.py - one HTTP/2 connection of httpx, for onboard_httpx.py and
# export_httpx.py.  BASE, CACERT and JOBS are their first three arguments.
import asyncio
import os
import sys

import httpx

base, cacert, jobs = sys.argv[1:4]
slots = asyncio.Semaphore(int(jobs))
client = httpx.AsyncClient(
    base_url=base, http2=True, verify=cacert, trust_env=False, timeout=60,
    headers={"Authorization": "Bearer " + os.environ["MKIO_TOKEN"]})


async def api(method, path, body=None, root="/api/v1"):
    answer = await client.request(method, root + path, json=body)
    if method == "GET" and answer.status_code == 404:
        return None
    answer.raise_for_status()
    return answer.json() if answer.content else None


async def slot(*request):
    async with slots:
        return await api(*request)


async def list_all(path):
    page = await api("GET", path)
    items = page["value"]
    while link := page.get("@odata.nextLink"):
        page = await api("GET", link.removeprefix(base), root="")
        items += page["value"]
    return items


async def create(path, spec, is_new=False):
    """PUT of something that a list did not have."""
    async with slots:
        if not is_new and await api("GET", path):
            raise RuntimeError(path + " has come in between")
        await api("PUT", path, {"spec": spec})


def rules_of(name):
    return f"/projects/{name}/webhook/rules"
