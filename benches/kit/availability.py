"""Free slots of many people over thirty days: the sweep and a naive scan, of the same busy time."""

import re

from .measure import Failed, interleave, median, run

UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
NAME = re.compile(r"[├╰]─ (\w+)\s")
LINE = re.compile(r"[├╰]─ (\d+)\s+(?:[\d.]+ (?:ns|µs|ms|s)\s+│ ){2}([\d.]+) (ns|µs|ms|s)")
GOALS = {10: 0.3e-3, 100: 3e-3}


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

    costs = interleave({"ours": ours}, rounds)["ours"]
    middle = {key: median([found[key] for found in costs]) for key in costs[0]}
    for people, goal in GOALS.items():
        sweep, naive = middle["sweep_all", people], middle["naive_all", people]
        report.at_most(f"slots, 30 days, {people} × 1,000 busy", goal * 1e3, sweep * 1e3,
                       f"{naive / sweep:,.0f}× faster than the naive scan ({naive * 1e3:.3g} ms); half of them {middle['sweep_half', people] * 1e3:.3g} ms", " ms")
