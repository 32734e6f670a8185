# canned.py PORT ANSWERS: an HTTP server that says what was recorded.
#
# The n-th request with a method and a path gets the n-th answer to it, and
# after the last one the first again: every client makes all calls, so all of
# them start at the first.
import json
import socketserver
import sys
import threading

lock = threading.Lock()
answers = {}
turns = {}


def encode(call):
    body = call["body"].encode()
    head = "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n" \
        "Content-Length: %d\r\n\r\n" % (call["status"], len(body))
    return head.encode() + body


def answer(method, target):
    key = method, target.partition("?")[0]
    with lock:
        if key not in answers:
            return encode({"status": 404, "body": "{}"})
        turn = turns.get(key, 0)
        turns[key] = turn + 1
        return answers[key][turn % len(answers[key])]


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        while line := self.rfile.readline():
            method, target, _ = line.decode().split()
            length = 0
            while (header := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self.rfile.read(length)
            self.wfile.write(answer(method, target))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with open(sys.argv[2]) as file:
    for call in json.load(file):
        path = call["target"].partition("?")[0]
        answers.setdefault((call["method"], path), []).append(encode(call))
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
