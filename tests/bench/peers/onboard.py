# onboard.py CALLS BASE CACERT: as onboard.sh, by one session of requests.
import os
import sys

import requests

calls, base, cacert = sys.argv[1:]
session = requests.Session()
session.verify = cacert
session.trust_env = False  # REQUESTS_CA_BUNDLE would come first
session.headers["Authorization"] = "Bearer " + os.environ["MKIO_TOKEN"]
session.headers["Content-Type"] = "application/json"

for line in open(calls):
    method, target, body = line.split()
    data = None if body == "-" else open(body, "rb").read()
    answer = session.request(method, base + target, data=data)
    if answer.content:
        answer.json()
