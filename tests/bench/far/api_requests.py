# api_requests.py - one session of requests, for onboard_requests.py and
# export_requests.py.  BASE and CACERT are their first two arguments.
import os
import sys

import requests

base, cacert = sys.argv[1:3]
session = requests.Session()
session.verify = cacert
session.trust_env = False  # REQUESTS_CA_BUNDLE would come first
session.headers["Authorization"] = "Bearer " + os.environ["MKIO_TOKEN"]


def api(method, path, body=None, root="/api/v1"):
    answer = session.request(method, base + root + path, json=body)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def list_all(path):
    page = api("GET", path)
    items = page["value"]
    while link := page.get("@odata.nextLink"):
        page = api("GET", link.removeprefix(base), root="")
        items += page["value"]
    return items


def rules_of(name):
    return f"/projects/{name}/webhook/rules"
