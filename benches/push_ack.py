"""How fast notices of changes are acknowledged while calendars are synced, and how soon a change is seen. Nothing here asserts a time.

    cargo build --profile fast --bin daybook
    python3 benches/push_ack.py [--daybook target/fast/daybook] [--rate 200] [--seconds 20] [--rounds 3] [--changes 5] [--events 2000]

Starts a server and the simulators, connects the simulated Google, and takes the first notices that it has for our channels.
They are sent again and again as changes, some of them with a wrong token: at a fixed rate, from a few connections that stay open,
whether or not the last answer has come (so a server that is late cannot slow its questions down). Latency counts from when a
notice should have been sent. In turns with quiet rounds, in which nothing but the notices comes, there are busy ones, in which the
calendar, with as many events more as asked for, is read anew all the while. Then single changes: from the answer to the change until
our API shows it, the notice being handed on at once.
"""

import argparse
import http.client
import itertools
import json
import random
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))

from kit.measure import Failed, interleave, median  # noqa: E402
from kit.steady import fire, milliseconds  # noqa: E402
from kit.world import ROOT, Daybook, Process, call, expect, free_port  # noqa: E402

PERSON = "ada@northwind.example"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--daybook", default=ROOT / "target/fast/daybook")
    ask.add_argument("--rate", type=int, default=200, help="notices a second; above 300 from one address the server refuses")
    ask.add_argument("--seconds", type=int, default=20)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--changes", type=int, default=5)
    ask.add_argument("--events", type=int, default=0, help="events put into the calendar beforehand: the more, the longer a page of it takes to write")
    ask.add_argument("--forged", type=float, default=0.1, help="share of notices with a wrong token")
    ask.add_argument("--connections", type=int, default=16)
    given = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="daybook-push-") as folder:
        folder = Path(folder)
        daybook = Daybook(given.daybook, folder / "daybook")
        sandbox = [given.daybook, "sandbox", "--json", "--port", free_port(), "--server", daybook.base]
        with Process(sandbox, folder / "sandbox.log", first_line=True) as simulators:
            about = json.loads(simulators.line)
            daybook.environment.update(about["environment"])
            daybook.set_up()
            with daybook.serve() as server:
                measure(given, daybook, server, about["google"])


def measure(given, daybook, server, google):
    create.server = daybook.base
    daybook.connect_google(PERSON)
    calendar = daybook.calendar()
    fill(google, given.events)
    notices = until(lambda: taken(google), "the server asked for no channels")
    sides = {
        "quiet": lambda n: one_round(given, daybook, server, google, notices),
        "busy": lambda n: one_round(given, daybook, server, google, notices, reading=calendar),
    }
    found = interleave(sides, given.rounds)
    for name, rounds in found.items():
        print(json.dumps({"round": name, "rate": given.rate, "seconds": given.seconds, "rounds": rounds}))
    p99 = {name: median([one["ms"]["p99"] for one in rounds]) for name, rounds in found.items()}
    print(json.dumps({"p99_ms": p99, "busy_to_quiet": round(p99["busy"] / p99["quiet"], 2), "load": Path("/proc/loadavg").read_text().split()[:3]}))
    if not given.changes:
        return
    keys = itertools.cycle(daybook.keys(8))  # each has a request limit of its own
    seen = [change(daybook, google, keys, n) for n in range(given.changes)]
    print(json.dumps({"change_to_visible_ms": {"median": round(1000 * median(seen)), "all": [round(1000 * one) for one in seen]}}))


def taken(google):
    """The headers of one notice for each channel, as a change."""
    sent = [dict(one["headers"]) for one in expect(200, call("GET", f"{google}/_sandbox/deliveries"))]
    return [{**one, "X-Goog-Resource-State": "exists"} for one in {one["X-Goog-Channel-ID"]: one for one in sent}.values()]


def until(look, otherwise, limit=60, pause=0.01):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(pause)
    raise Failed(otherwise)


def listings(google):
    paths = expect(200, call("GET", f"{google}/_sandbox/requests"))["by_endpoint"]
    return sum(count for path, count in paths.items() if path.startswith("GET") and path.endswith("/events"))


def one_round(given, daybook, server, google, notices, reading=None):
    stop, before, cpu = threading.Event(), listings(google), server.cpu
    reads = [0]

    def read():
        while not stop.is_set():
            reads[0] += daybook.api("POST", f"/integrations/calendars/{reading}/sync?full=true")[0] == 200
            time.sleep(0.15)  # below the request limit of one API key

    reader = threading.Thread(target=read, daemon=True)
    if reading:
        reader.start()
    late, refused = fire(given, daybook.base, lambda n: notice(notices, given.forged), lambda status, text: status == 202)
    stop.set()
    if reading:
        reader.join()
    return {"notices": len(late), "not_202": refused, "ms": milliseconds(late, p50=0.5, p95=0.95, p99=0.99, **{"p99.9": 0.999}),
            "full_reads": reads[0], "event_listings": listings(google) - before, "server_cpu_s": round(server.cpu - cpu, 2)}


def notice(notices, forged):
    headers = dict(random.choice(notices))
    if random.random() < forged:
        headers["X-Goog-Channel-Token"] = "forged"
    return "/hooks/google", None, {**headers, "Content-Length": "0"}


def change(daybook, google, keys, n):
    """Seconds from the answer to a change at the provider until our API shows it."""
    time.sleep(11)  # a calendar that was just read because of a notice is not read again for ten seconds
    call("GET", f"{google}/_sandbox/deliveries")
    title, day = f"Change {n}", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400))
    create(google, title, day)
    began = time.monotonic()
    for headers in taken(google):
        status = call_headers("POST", f"{daybook.base}/hooks/google", headers)
        if status != 202:
            raise Failed(f"a notice was answered with {status}")
    path = f"/integrations/events?q={urllib.parse.quote(title)}&from={day}T00:00:00Z"
    until(lambda: expect(200, daybook.api("GET", path, token=next(keys)))["items"], f"{title} does not show", pause=0.02)
    return time.monotonic() - began


def fill(google, events):
    """Events spread over the coming year."""
    for n in range(events):
        create(google, f"Filler {n}", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400 * (n % 360))))


def create(google, title, day):
    """A change made by the provider's own API, as its owner."""
    sys.path.insert(0, str(ROOT / "tests/python"))
    import simulators
    if not hasattr(create, "token"):
        scopes = ["https://www.googleapis.com/auth/calendar.events"]
        create.token = simulators.sign_in(f"{google}/o/oauth2/v2/auth", f"{google}/token", "google", PERSON, scopes, create.server)["access_token"]
    body = {"summary": title, "start": {"dateTime": f"{day}T09:00:00Z"}, "end": {"dateTime": f"{day}T10:00:00Z"}}
    expect(200, call("POST", f"{google}/calendar/v3/calendars/primary/events", create.token, body))


def call_headers(method, url, headers):
    host = urlsplit(url)
    line = http.client.HTTPConnection(host.hostname, host.port, timeout=30)
    line.request(method, host.path, headers={**headers, "Content-Length": "0"})
    return line.getresponse().status


if __name__ == "__main__":
    main()
