"""Listing a month of a large calendar over HTTP, authenticated, beside the least server that looks something up."""

from datetime import datetime, timedelta, timezone

from .google import Google
from .measure import Failed, interleave, median, run, spread
from .world import Process, expect, free_port

KEYS, THREADS, STEADY = 96, 4, 50


def bench(tools, work, report, rounds, events):
    google = Google(tools, work, events, name="listing")
    with google.ready():
        google.daybook.sync(google.calendar)
        port = free_port()
        with google.daybook.serve() as server, Process([tools.peers, "serve", work / "point.db", f"127.0.0.1:{port}"], work / "point.log", first_line=True) as point:
            keys = ",".join(google.daybook.keys(KEYS))
            path = month(google)
            base = google.daybook.base

            def ask(process, url, tokens, requests, rate=None):
                before = process.cpu
                cost = run([tools.peers, "load", url, tokens, requests, THREADS, *([rate] if rate else [])]).json()
                if cost["failed"]:
                    raise Failed(f"{cost['failed']} of {requests} requests to {url} failed")
                cost["cpu_each"] = (process.cpu - before) / requests
                return cost

            sides = {
                "month": lambda number: ask(server, base + path, keys, 1_000),
                "steady": lambda number: ask(server, base + path, keys, 500, STEADY),
                "me": lambda number: ask(server, f"{base}/api/v1/me", keys, 3_000),
                "point": lambda number: ask(point, f"http://127.0.0.1:{port}/", "bench", 30_000),
            }
            for side in sides.values():
                side(-1)
            costs = interleave(sides, rounds)
    middle = lambda side, what: median([cost[what] for cost in costs[side]])
    of = lambda side, what: spread([cost[what] for cost in costs[side]])
    report.note(f"listing a month of {events} events (200 a page), {THREADS} at once", f"p50 {of('month', 'p50_ms')} ms, p99 {of('month', 'p99_ms')} ms, "
                f"{middle('month', 'per_second'):,.0f} requests/s, {middle('month', 'cpu_each') * 1e3:.2g} CPU ms each")
    report.note(f"the same at a steady {STEADY} requests/s", f"p50 {of('steady', 'p50_ms')} ms, p99 {of('steady', 'p99_ms')} ms")
    report.note("the bare server", f"p50 {of('point', 'p50_ms')} ms, p99 {of('point', 'p99_ms')} ms, {middle('point', 'per_second'):,.0f} requests/s, {middle('point', 'cpu_each') * 1e6:.3g} CPU µs each")
    report.note("authenticated GET /me", f"p50 {of('me', 'p50_ms')} ms, p99 {of('me', 'p99_ms')} ms, {middle('me', 'per_second'):,.0f} requests/s, {middle('me', 'cpu_each') * 1e6:.3g} CPU µs each")
    report.at_least("authenticated GET / bare server, per CPU-s", 0.5, middle("point", "cpu_each") / middle("me", "cpu_each"))
    report.at_least("authenticated GET / bare server, requests/s", 0.5, middle("me", "per_second") / middle("point", "per_second"))


def month(google):
    """The path of the month around today; what it lists is compared with what the mirror of that month must hold."""
    start = datetime.now(timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=32)).replace(day=1)
    text = lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")
    path = f"/integrations/calendars/{google.calendar}/events?from={text(start)}&to={text(end)}&limit=200"
    listed, cursor = [], ""
    while cursor is not None:
        page = expect(200, google.daybook.api("GET", path + cursor))
        listed += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page.get("next_cursor") else None
    share = google.events / 730 * (end - start).days
    if len(set(listed)) != len(listed) or abs(len(listed) - share) > share * 0.05 + 2:
        raise Failed(f"the month lists {len(listed)} events, expected about {share:.0f}")
    print(f"  equal: {len(listed)} events of the month in pages of 200, each once", flush=True)
    return "/api/v1" + path
