"""Memory, start and size."""

import time

from .google import Google
from .measure import median, spread
from .world import Daybook


def bench(tools, work, report, rounds, sizes):
    size = tools.daybook.stat().st_size / 1e6
    report.at_most("binary", 55, size, "the profile that was measured; the release profile is smaller", unit=" MB")
    started, idle, cpu = [], [], []
    for number in range(rounds):
        daybook = Daybook(tools.daybook, work / f"empty-{number}")
        with daybook.serve() as server:  # makes key, database and schema
            started.append(server.started)
            cpu.append(server.cpu)
            time.sleep(2)
            idle.append(server.memory())
    report.note("first start: key, database, schema, ready", f"{spread(started)} s, {median(cpu):.2g} CPU s")
    report.at_most("idle memory, empty database", 42, median(idle), unit=" MiB")
    for events in sizes:
        google = Google(tools, work, events, name="footprint")
        with google.ready():
            started, idle, peak, after = [], [], [], []
            with google.daybook.serve("--no-worker") as server:
                google.daybook.api("POST", f"/integrations/calendars/{google.calendar}/sync")
                wait_synced(google)
                peak.append(server.memory("VmHWM"))
                after.append(server.memory())
            for number in range(rounds):
                with google.daybook.serve() as server:
                    started.append(server.started)
                    time.sleep(1)
                    idle.append(server.memory())
        report.at_most(f"start to ready, {events} events", 0.2, median(started), spread(started), unit=" s")
        report.at_most(f"idle memory, {events} events", 42, median(idle), f"in the server after its first sync {after[0]:.0f} MiB, peak {peak[0]:.0f} MiB", unit=" MiB")


def wait_synced(google):
    for _ in range(600):
        calendar = google.daybook.api("GET", f"/integrations/calendars/{google.calendar}")[2]
        if calendar.get("last_sync_at") and calendar["events_count"] == google.events:
            return
        time.sleep(0.2)
    raise TimeoutError("the first sync does not end")
