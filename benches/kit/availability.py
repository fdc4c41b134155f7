"""Free slots of many people over thirty days: the sweep, a naive scan and Cal.com's own computation, of the same busy time."""

import json
import os
import re

from .measure import Failed, interleave, median, run

UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
NAME = re.compile(r"[├╰]─ (\w+)\s")
LINE = re.compile(r"[├╰]─ (\d+)\s+(?:[\d.]+ (?:ns|µs|ms|s)\s+│ ){2}([\d.]+) (ns|µs|ms|s)")
GOALS = {1: 3e-5, 10: 3e-4, 100: 3e-3}
COMPARED = ["1x1000", "10x60", "100x6", "10x1000", "100x1000"]


def bench(tools, report, rounds):
    def ours(number):
        found, name = {}, None
        for line in run([tools.availability, "--bench"]).out.splitlines():
            if figure := LINE.search(line):
                found[name, int(figure[1])] = float(figure[2]) * UNITS[figure[3]]
            elif heading := NAME.search(line):
                name = heading[1]
        if ("sweep_all", 10) not in found:
            raise Failed(f"the availability bench said nothing that is understood: {found}")
        return found

    sides = {"ours": ours}
    if tools.calcom.exists():
        script = tools.here / "peers/calcom_slots.cjs"
        sides["calcom"] = lambda number: run(["node", script, tools.calcom, *COMPARED]).json()
    taken = interleave(sides, rounds)
    costs = taken["ours"]
    middle = {key: median([found[key] for found in costs]) for key in costs[0]}
    for people, goal in GOALS.items():
        sweep, naive = middle["sweep_all", people], middle["naive_all", people]
        half = middle.get(("sweep_half", people))
        report.at_most(f"slots, 30 days, {people} × 1,000 busy", goal * 1e3, sweep * 1e3,
                       f"{naive / sweep:,.0f}× faster than the naive scan ({naive * 1e3:.3g} ms)" + (f"; half of them {half * 1e3:.3g} ms" if half else ""), " ms")
    if "calcom" not in taken:
        return report.missing("slots / Cal.com", f"{tools.calcom} is not there")
    same_slots(tools, taken["calcom"][0])
    for people in GOALS:
        theirs = median([found[f"{people}x1000"]["seconds"] for found in taken["calcom"]])
        report.at_least(f"slots, 30 days, {people} × 1,000 busy / Cal.com", 500, theirs / middle["sweep_all", people], f"Cal.com {theirs * 1e3:,.0f} ms; equal slots")


def same_slots(tools, theirs):
    """Fails unless both find the same slots, and some of them."""
    said = run([tools.availability], env={**os.environ, "DAYBOOK_BENCH_SLOTS": ",".join(COMPARED)}).out
    ours = {size: json.loads(starts) for size, starts in (line.split(" ", 1) for line in said.splitlines())}
    for size in COMPARED:
        if ours[size] != theirs[size]["slots"]:
            raise Failed(f"Cal.com finds other slots for {size}: {len(theirs[size]['slots'])}, ours {len(ours[size])}")
    if not all(ours[size] for size in COMPARED[:3]):
        raise Failed("there is nothing to compare")
