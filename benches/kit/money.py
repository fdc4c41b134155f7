"""From meetings to an invoice: drafts matched by rules, a report over many entries, and a long invoice as PDF."""

import re
import time
from datetime import datetime, timedelta, timezone

from .google import Google
from .measure import Failed, run, spread
from .world import BROWSER, Daybook, expect

RULES = 100
PAGES = 50


def bench(tools, work, report, rounds, events):
    drafts(tools, work, report, rounds, events)
    entries(tools, work, report, rounds, events)


def timed(process, count, ask):
    """CPU seconds of the server, wall seconds and the answers of so many rounds, the first of which only warms up."""
    costs = []
    for number in range(count + 1):
        before, began = process.cpu, time.monotonic()
        answer = ask()
        if number:
            costs.append((process.cpu - before, time.monotonic() - began, answer))
    return costs


def drafts(tools, work, report, rounds, events):
    """All drafts of a calendar, page by page as the API gives them, with rules of which only the last fits."""
    # They lie over two years, of which the mirror keeps the last quarter and the year to come.
    google = Google(tools, work, events * 8 // 5, name="drafts")
    with google.ready():
        google.daybook.sync(google.calendar)
        with google.daybook.serve("--no-worker") as server:
            plain = sides(google, server, rounds)
            # Two keys, so that no request limit is met.
            halves = google.daybook.keys(2, ["read", "admin"])
            for number in range(RULES - 1):
                rule(google.daybook, halves[number % 2], number, {"titles": [f"no such meeting {number}"], "attendee_domains": [f"d{number}.example"], "min_minutes": 1})
            rule(google.daybook, halves[0], RULES, {"min_minutes": 1})
            ruled = sides(google, server, rounds)
    found = {len(answer) for _, _, answer in plain + ruled}
    if len(found) != 1:
        raise Failed(f"the numbers of drafts differ: {found}")
    if not all(item["reason"]["kind"] == "rule" and item["reason"]["detail"] == f"rule {RULES}" for item in ruled[-1][2]):
        raise Failed("the last rule did not decide every draft")
    for name, costs in (("without rules", plain), (f"with {RULES} rules", ruled)):
        cpu, wall = [cost[0] for cost in costs], [cost[1] for cost in costs]
        report.note(f"{found.pop() if found else len(plain[0][2])} drafts {name}, 200 a page", f"{spread(cpu)} CPU s, {spread(wall)} s")


def rule(daybook, key, number, conditions):
    body = {"name": f"rule {number}", "conditions": conditions, "billable": True, "tags": ["bench"]}
    expect(201, daybook.api("POST", "/time-rules", body, token=key))


def sides(google, server, rounds):
    """Every stretch of the mirror, 90 days each; each round with keys of its own, so that no request limit is met."""
    now = datetime.now(timezone.utc)
    text = lambda days: (now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = iter(google.daybook.keys(rounds + 1))

    def ask():
        key, found = next(keys), []
        for start in range(-90, 400, 90):
            cursor = ""
            while cursor is not None:
                page = expect(200, google.daybook.api("GET", f"/drafts?from={text(start)}&to={text(start + 90)}&limit=200{cursor}", token=key))
                found += page["items"]
                cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
        return found

    return timed(server, rounds, ask)


def large_import(tools, work, report, count):
    """So many rows into an empty workspace, and the same file again, of which nothing is new."""
    daybook = Daybook(tools.daybook, work / "import")
    daybook.set_up()
    file = export(work, count)
    for new in (count, 0):
        taken = daybook.run("import", "toggl", file, "--json")
        if taken.json()["created"] != new:
            raise Failed(f"the import made {taken.out}")
        report.note(f"import of {count} rows, {new} of them new", f"{taken.cpu:.3g} CPU s, {taken.wall:.3g} s, peak {taken.peak_mib:.0f} MiB")


def export(work, count):
    """A file as Toggl exports it, with so many rows."""
    file = work / "export.csv"
    with open(file, "w") as out:
        out.write("Description,Client,Project,Billable,Start date,Start time,Duration\n")
        for row in range(count):
            out.write(f"Design of part {row},Client {row % 10},Project {row % 10}-{row % 7},Yes,2026-0{row % 9 + 1}-{row % 28 + 1:02},{row % 24:02}:00,{row % 8}:{row % 4 * 15:02}\n".replace(",0:00", ",1:00"))
    return file


def entries(tools, work, report, rounds, count):
    """A report over so many entries, and an invoice of about fifty pages, of which the time sheet is most."""
    daybook = Daybook(tools.daybook, work / "entries")
    daybook.set_up()
    file = export(work, count)
    taken = daybook.run("import", "toggl", file, "--status", "approved", "--json")
    if taken.json()["created"] != count:
        raise Failed(f"the import made {taken.out}")
    report.note(f"import of {count} rows", f"{taken.cpu:.2g} CPU s, {taken.wall:.2g} s, peak {taken.peak_mib:.0f} MiB")
    with daybook.serve("--no-worker") as server:
        for group in ("project", "day"):
            path = f"/reports/time?group_by={group}&from=2026-01-01&to=2026-12-31"
            costs = timed(server, rounds, lambda: expect(200, daybook.api("GET", path)))
            if costs[0][2]["total"]["entries"] != count:
                raise Failed(f"the report counts {costs[0][2]['total']}")
            report.note(f"report of {count} entries by {group}", f"{spread([c[0] for c in costs])} CPU s, {spread([c[1] for c in costs])} s")
        invoice(daybook, server, report, rounds)


def invoice(daybook, server, report, rounds):
    client = expect(200, daybook.api("GET", "/clients?limit=1"))["items"][0]["id"]
    # So long that it has about as many pages as wanted.
    ask = {"client_id": client, "period_start": "2026-01-01", "period_end": "2026-12-31", "grouping": "entry", "fallback_rate_minor": 9000}
    began = time.monotonic()
    draft = expect(201, daybook.api("POST", "/invoices", ask))
    made = time.monotonic() - began
    began = time.monotonic()
    expect(200, daybook.api("POST", f"/invoices/{draft['id']}/finalize", {}))
    finalised = time.monotonic() - began
    costs = timed(server, rounds, lambda: pdf(daybook, draft["id"]))
    file = costs[-1][2]
    pages = len(re.findall(rb"/Type\s*/Page[^s]", file))
    report.note(f"invoice of {len(draft['lines'])} lines and as many rows of proof", f"draft in {made:.2g} s, finalised in {finalised:.2g} s")
    report.note(f"its PDF, {pages or 'unknown'} pages", f"{spread([c[0] for c in costs])} CPU s, {spread([c[1] for c in costs])} s, {len(file) / 1024:.0f} KiB")


def pdf(daybook, invoice):
    import urllib.request

    request = urllib.request.Request(f"{daybook.base}/api/v1/invoices/{invoice}/pdf", headers={"Authorization": f"Bearer {daybook.key}"})
    return BROWSER.open(request, timeout=300).read()
