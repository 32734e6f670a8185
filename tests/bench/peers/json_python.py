# json_python.py decode|encode FILE COUNT: prints the seconds of one.
import json
import sys
import time

operation, name, count = sys.argv[1:]
with open(name) as file:
    subject = file.read()
work = json.loads
if operation == "encode":
    subject = json.loads(subject)
    work = json.dumps

start = time.process_time()
for _ in range(int(count)):
    work(subject)
print((time.process_time() - start) / int(count))
