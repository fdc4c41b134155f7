"""Daybook's benches: ratios of things run in turns on this machine. Nothing here asserts a time.

    python3 benches/run.py [PART ...] [--rounds 5] [--events 10000]

Parts: google postgres caldav recurrence availability listing money footprint large; all of them when none is named. First build what is measured:

    cargo build --profile fast --bin daybook
    cargo build --profile fast -p daybook-sandbox --example bench_simulators
    cargo bench --profile fast -p daybook-domain --bench recurrence --bench availability --no-run
    cargo build --release --manifest-path benches/peers/Cargo.toml --target-dir target/peers
    (mkdir -p target/calcom && cd target/calcom && npm pack @calcom/platform-libraries@0.0.360 && tar xzf calcom-*.tgz && npm install --no-save dayjs@1.11.13)
    python3 -m venv target/bench-venv && target/bench-venv/bin/pip install -r benches/requirements.txt
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from kit import availability, caldav, footprint, google, listing, money, recurrence  # noqa: E402
from kit.measure import Failed  # noqa: E402
from kit.report import Report  # noqa: E402
from kit.world import ROOT  # noqa: E402

PARTS = ["recurrence", "availability", "google", "postgres", "caldav", "listing", "money", "footprint", "large"]


class Tools:
    """Where everything is that is measured."""

    def __init__(self, profile, python, parts):
        self.here, self.python = HERE, Path(python).absolute()
        target = ROOT / "target"
        self.daybook = target / profile / "daybook"
        self.simulators = target / profile / "examples/bench_simulators"
        self.calcom = target / "calcom"
        self.peers = target / "peers/release/daybook-bench-peers"
        self.recurrence, self.availability = (newest(target / profile / "deps", name) for name in ("recurrence", "availability"))
        # The part about money has no peers.
        for tool in (self.daybook, self.simulators, *([] if parts == ["money"] else [self.peers])):
            if not tool.exists():
                sys.exit(f"{tool} is not built.\n{__doc__}")

    def has(self, package):
        return subprocess.run([self.python, "-c", f"import {package}"], capture_output=True).returncode == 0


def newest(folder, name):
    """The newest build of a bench."""
    built = sorted(folder.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime)
    return next((path for path in reversed(built) if path.suffix == ""), None)


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--events", type=int, default=10_000)
    ask.add_argument("--profile", default="fast")
    ask.add_argument("--python", default=ROOT / "target/bench-venv/bin/python", help="interpreter that has the Python peers")
    ask.add_argument("--out", type=Path, default=ROOT / "target/bench-results.json")
    words = ask.parse_args()
    tools, report = Tools(words.profile, words.python, words.parts), Report()
    print(f"{platform.platform()}, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, profile {words.profile}")
    with tempfile.TemporaryDirectory(prefix="daybook-bench-", dir=ROOT / "target") as folder:
        for part in words.parts or PARTS:
            print(f"{part} ({time.strftime('%H:%M:%S')})", flush=True)
            try:
                run(part, tools, Path(folder) / part, report, words)
            except Failed as error:
                report.missing(part, str(error))
    report.save(words.out)


def run(part, tools, work, report, words):
    work.mkdir()
    if part == "recurrence":
        recurrence.bench(tools, report, words.rounds)
    elif part == "availability":
        availability.bench(tools, report, words.rounds)
    elif part == "google":
        google.sqlite(tools, work, report, words.rounds, words.events)
    elif part == "postgres":
        google.on_postgres(tools, work, report, words.rounds, words.events)
    elif part == "caldav":
        caldav.bench(tools, work, report, words.rounds, words.events, words.events // 10)
    elif part == "listing":
        listing.bench(tools, work, report, words.rounds, words.events)
    elif part == "money":
        money.bench(tools, work, report, words.rounds, words.events)
    elif part == "footprint":
        footprint.bench(tools, work, report, words.rounds, [words.events])
    elif part == "large":
        google.growth(tools, work, report, words.rounds, words.events, 10 * words.events)
        footprint.bench(tools, work, report, words.rounds, [10 * words.events])
        money.large_import(tools, work, report, 100 * words.events)


if __name__ == "__main__":
    main()
