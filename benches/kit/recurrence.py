"""Recurrence: ours, the rrule crate and python-dateutil."""

import re

from .measure import Failed, interleave, median, run

UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
LINE = re.compile(r"[├╰]─ (\w+)\s+(?:[\d.]+ (?:ns|µs|ms|s)\s+│ ){2}([\d.]+) (ns|µs|ms|s)")
OCCURRENCES = 783


def bench(tools, report, rounds):
    def ours(number):
        found = {name: float(value) * UNITS[unit] for name, value, unit in LINE.findall(run([tools.recurrence, "--bench"]).out)}
        if "weekly_five_years_ours" not in found:
            raise Failed(f"the recurrence bench said nothing that is understood: {found}")
        return found

    sides = {"ours": ours}
    if tools.has("dateutil"):
        sides["dateutil"] = lambda number: run([tools.python, tools.here / "peers/dateutil_rate.py"]).json()
    costs = interleave(sides, rounds)
    middle = {name: median([found[name] for found in costs["ours"]]) for name in costs["ours"][0]}
    weekly, weekly_rrule = OCCURRENCES / middle["weekly_five_years_ours"], OCCURRENCES / middle["weekly_five_years_rrule"]
    month, month_rrule = middle["month_of_old_rule_ours"], middle["month_of_old_rule_rrule"]
    report.at_least("recurrence, five years / rrule crate", 1, weekly / weekly_rrule, f"{weekly:,.0f} and {weekly_rrule:,.0f} occurrences/s")
    report.at_most("recurrence, a month of an old rule / rrule crate", 0.1, month / month_rrule,
                   f"{month * 1e6:.3g} and {month_rrule * 1e6:.3g} µs; from text {middle['month_of_old_rule_ours_from_text'] * 1e6:.3g} µs")
    if "dateutil" not in costs:
        return report.missing("recurrence / dateutil", "python-dateutil is not installed")
    theirs = costs["dateutil"]
    if abs(theirs[0]["occurrences"] - OCCURRENCES) > 2 or theirs[0]["in_month"] != 13:
        raise Failed(f"dateutil finds other occurrences: {theirs[0]}")
    rate, seconds = median([t["per_second"] for t in theirs]), median([t["month_seconds"] for t in theirs])
    report.note("recurrence / dateutil", f"five years {weekly / rate:.0f}× (dateutil {rate:,.0f} occurrences/s), a month {seconds / month:,.0f}× faster (dateutil {seconds * 1e3:.3g} ms)")
