"""How fast `/time` is answered while it comes at a steady rate, on SQLite and on PostgreSQL. Nothing here asserts a time.

    cargo build --profile fast --bin daybook
    python3 benches/slack_command.py [--daybook target/fast/daybook] [--rate 100] [--seconds 20] [--rounds 3] [--only sqlite]

Starts a server and the simulated Slack and installs the app. Then signed commands come, each with a trigger of its own, so that each
writes an entry: at a fixed rate, from a few connections that stay open, whether or not the last answer has come (so a server that is
late cannot slow its questions down). Latency counts from when a command should have been sent. What is not answered with the entry
that was typed counts as wrong; in the end there is one entry for each right answer. PostgreSQL is a cluster of the bench's own.
"""

import argparse
import contextlib
import hashlib
import hmac
import json
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from kit.measure import Failed, median  # noqa: E402
from kit.postgres import Cluster  # noqa: E402
from kit.steady import fire, milliseconds  # noqa: E402
from kit.world import ROOT, Daybook, Process, expect, free_port  # noqa: E402

PERSON, TEAM = "U0ADAMARSH", "T0NORTHWND"
PATH = "/api/v1/integrations/slack/commands/time"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--daybook", default=ROOT / "target/fast/daybook")
    ask.add_argument("--rate", type=int, default=100, help="commands a second; above 300 from one address the server refuses")
    ask.add_argument("--seconds", type=int, default=20)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--connections", type=int, default=16)
    ask.add_argument("--only", choices=["sqlite", "postgres"])
    given = ask.parse_args()
    for side in [given.only] if given.only else ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory(prefix="daybook-slack-") as folder, contextlib.ExitStack() as stack:
            url = stack.enter_context(Cluster()).url("postgres") if side == "postgres" else None
            daybook = Daybook(given.daybook, Path(folder) / "daybook", database_url=url)
            sandbox = [given.daybook, "sandbox", "--json", "--port", free_port(), "--server", daybook.base]
            simulators = stack.enter_context(Process(sandbox, Path(folder) / "sandbox.log", first_line=True))
            daybook.environment.update(json.loads(simulators.line)["environment"])
            daybook.set_up()
            measure(given, side, daybook, stack.enter_context(daybook.serve()))


def measure(given, side, daybook, server):
    daybook.connect("slack", PERSON)
    secret = daybook.environment["SLACK_SIGNING_SECRET"].encode()
    rounds = [one_round(given, daybook, server, secret, n) for n in range(given.rounds)]
    print(json.dumps({"database": side, "rate": given.rate, "seconds": given.seconds, "rounds": rounds}))
    right, made = sum(one["commands"] - one["wrong"] for one in rounds), entries(daybook)
    if made != right:
        raise Failed(f"{right} commands were answered, and {made} entries are there")
    at = {name: median([one["ms"][name] for one in rounds]) for name in ("p50", "p95", "p99", "max")}
    print(json.dumps({"database": side, "median_ms": at, "entries": made, "load": Path("/proc/loadavg").read_text().split()[:3]}), flush=True)


def entries(daybook):
    count, cursor = 0, ""
    while True:
        page = expect(200, daybook.api("GET", f"/time-entries?limit=200{cursor}"))
        count += len(page["items"])
        if page["next_cursor"] is None:
            return count
        cursor = f"&cursor={page['next_cursor']}"
        time.sleep(0.05)  # below the request limit of one API key


def one_round(given, daybook, server, secret, nth):
    cpu = server.cpu
    ask = lambda n: (PATH, *signed(secret, f"bench.{nth}.{n}"))  # noqa: E731
    late, wrong = fire(given, daybook.base, ask, is_right)
    return {"commands": len(late), "wrong": wrong, "ms": milliseconds(late, p50=0.5, p95=0.95, p99=0.99), "server_cpu_s": round(server.cpu - cpu, 2)}


def is_right(status, text):
    return status == 200 and json.loads(text)["text"].startswith("Time entry created: 15 min")


def signed(secret, trigger):
    """Body and headers of one command."""
    body = urllib.parse.urlencode({
        "team_id": TEAM, "team_domain": "northwind", "user_id": PERSON, "command": "/time", "text": "15min: Bench", "trigger_id": trigger,
        "is_enterprise_install": "false", "api_app_id": "A0DAYBOOK1", "response_url": "https://hooks.slack.com/commands/1",
    }).encode()
    stamp = str(int(time.time()))
    digest = hmac.new(secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


if __name__ == "__main__":
    main()
