# http_requests.py URL COUNT IN_FLIGHT h1|h2 CACERT: a session, and threads.
import sys
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.adapters import HTTPAdapter

url, count, in_flight, _, cacert = sys.argv[1:]
count, in_flight = int(count), int(in_flight)
session = requests.Session()
session.verify = cacert
session.trust_env = False  # REQUESTS_CA_BUNDLE would come first
session.mount("https://", HTTPAdapter(pool_maxsize=in_flight))


def fetch(_):
    session.get(url).raise_for_status()


if in_flight == 1:
    for i in range(count):
        fetch(i)
else:
    with ThreadPoolExecutor(in_flight) as pool:
        list(pool.map(fetch, range(count)))
