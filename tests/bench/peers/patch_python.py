# patch_python.py apply|diff FROM WITH COUNT: prints the seconds of one.
import json
import sys
import time

import jsonpatch

operation, from_name, with_name, count = sys.argv[1:]
with open(from_name) as file:
    document = json.load(file)
with open(with_name) as file:
    other = json.load(file)
work = jsonpatch.apply_patch if operation == "apply" else jsonpatch.make_patch

start = time.process_time()
for _ in range(int(count)):
    work(document, other)
print((time.process_time() - start) / int(count))
