"""How fast notices of changes are acknowledged while calendars are synced. Nothing here asserts a time.

    daybook demo                                             # prints both addresses
    python3 benches/push_ack.py --server URL --google URL [--rate 200] [--seconds 30] [--forged 0.1]

Takes the first notices that the simulated Google has for the demo's channels, and sends them again and again as changes: at a
fixed rate, from a few connections that stay open, whether or not the last answer has come (so a server that is late cannot slow
its questions down). Latency counts from when a notice should have been sent. The demo polls every few seconds meanwhile, and
syncs because of the notices; the simulator counts how often.
"""

import argparse
import http.client
import json
import queue
import random
import threading
import time
import urllib.request
from urllib.parse import urlsplit


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--server", required=True)
    ask.add_argument("--google", required=True)
    ask.add_argument("--rate", type=int, default=200, help="notices a second; above 300 from one address the server refuses")
    ask.add_argument("--seconds", type=int, default=30)
    ask.add_argument("--forged", type=float, default=0.1, help="share of notices with a wrong token")
    ask.add_argument("--connections", type=int, default=16)
    given = ask.parse_args()
    notices = channels(given.google)
    before = listings(given.google)
    late, refused = fire(given, notices)
    late.sort()
    at = lambda share: round(1000 * late[min(len(late) - 1, int(share * len(late)))], 1)  # noqa: E731
    print(json.dumps({
        "notices": len(late), "channels": len(notices), "rate": given.rate, "not_202": refused,
        "ms": {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": round(1000 * late[-1], 1)},
        "event_listings_meanwhile": listings(given.google) - before,
    }))


def channels(google):
    """The headers of one notice for each channel, as a change."""
    with urllib.request.urlopen(f"{google}/_sandbox/deliveries") as answer:
        sent = [dict(one["headers"]) for one in json.load(answer)]
    by_channel = {one["X-Goog-Channel-ID"]: one for one in sent}
    if not by_channel:
        raise SystemExit("The simulator has no notices: start the demo afresh, or change an event on the simulator's page.")
    return [{**one, "X-Goog-Resource-State": "exists"} for one in by_channel.values()]


def listings(google):
    with urllib.request.urlopen(f"{google}/_sandbox/requests") as answer:
        paths = json.load(answer)["by_endpoint"]
    return sum(count for path, count in paths.items() if path.startswith("GET") and path.endswith("/events"))


def fire(given, notices):
    work, late, refused, lock = queue.Queue(), [], [0], threading.Lock()
    host = urlsplit(given.server)

    def send():
        line = http.client.HTTPConnection(host.hostname, host.port, timeout=30)
        while (due := work.get()) is not None:
            headers = dict(random.choice(notices))
            if random.random() < given.forged:
                headers["X-Goog-Channel-Token"] = "forged"
            line.request("POST", "/hooks/google", headers={**headers, "Content-Length": "0"})
            answer = line.getresponse()
            answer.read()
            took = time.monotonic() - due
            with lock:
                late.append(took)
                refused[0] += answer.status != 202

    threads = [threading.Thread(target=send, daemon=True) for _ in range(given.connections)]
    for thread in threads:
        thread.start()
    start = time.monotonic()
    for n in range(given.rate * given.seconds):
        due = start + n / given.rate
        time.sleep(max(0.0, due - time.monotonic()))
        work.put(due)
    for _ in threads:
        work.put(None)
    for thread in threads:
        thread.join()
    return late, refused[0]


if __name__ == "__main__":
    main()
