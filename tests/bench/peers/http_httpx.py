# http_httpx.py URL COUNT IN_FLIGHT h1|h2 CACERT: a client, and asyncio.
import asyncio
import sys

import httpx

url, count, in_flight, version, cacert = sys.argv[1:]
count, in_flight = int(count), int(in_flight)
settings = {
    "http1": version == "h1",
    "http2": version == "h2",
    "limits": httpx.Limits(max_connections=in_flight),
    "verify": cacert,
}


def fetch_in_turn():
    with httpx.Client(**settings) as client:
        for _ in range(count):
            client.get(url).raise_for_status()


async def fetch_from(numbers, client):
    for _ in numbers:
        (await client.get(url)).raise_for_status()


async def fetch_together():
    numbers = iter(range(count))
    async with httpx.AsyncClient(**settings) as client:
        workers = [fetch_from(numbers, client) for _ in range(in_flight)]
        await asyncio.gather(*workers)


if in_flight == 1:
    fetch_in_turn()
else:
    asyncio.run(fetch_together())
