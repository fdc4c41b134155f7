"""CalDAV against vdirsyncer, both reading the same warm Radicale."""

import shutil

from .measure import Failed, interleave, median, run, spread
from .world import Daybook, Radicale, expect

VDIRSYNCER = """[general]
status_path = "{status}"
[pair bench]
a = "here"
b = "there"
collections = ["load"]
[storage here]
type = "filesystem"
path = "{items}"
fileext = ".ics"
[storage there]
type = "caldav"
url = "{url}"
username = "{user}"
password = "{password}"
"""


class Side:
    """vdirsyncer with an empty folder, discovered and ready for its first sync."""

    def __init__(self, tools, work, server):
        self.program, self.work = tools.python.parent / "vdirsyncer", work / "vdirsyncer"
        self.status, self.items, self.config = self.work / "status", self.work / "items", self.work / "config"
        self.work.mkdir(exist_ok=True)
        self.config.write_text(VDIRSYNCER.format(status=self.status, items=self.items, url=server.url, user=server.USER, password=server.PASSWORD))

    def command(self, *words):
        return run([self.program, "-c", self.config, *words], stdin="y\ny\ny\n")

    def first(self, number):
        shutil.rmtree(self.status, ignore_errors=True)
        shutil.rmtree(self.items, ignore_errors=True)
        (self.items / "load").mkdir(parents=True)
        self.command("discover", "bench")
        return self.command("sync", "bench")

    def again(self, number):
        return self.command("sync", "bench")


def connected(tools, work, server, name):
    daybook = Daybook(tools.daybook, work / name / "template")
    daybook.set_up()
    with daybook.serve("--no-worker"):
        daybook.connect_caldav(server.url, server.USER, server.PASSWORD)
        return daybook, daybook.calendar("load")


def bench(tools, work, report, rounds, events, small):
    if not tools.has("radicale"):
        return report.missing("CalDAV", "radicale is not installed")
    unchanged = {}
    with Radicale(tools.python, work, small) as server:
        daybook, calendar = connected(tools, work, server, f"caldav-{small}")
        copy = daybook.copy(work / f"caldav-{small}/daybook")
        copy.sync(calendar)
        unchanged[small] = in_server(copy, calendar)
    with Radicale(tools.python, work, events) as server:
        daybook, calendar = connected(tools, work, server, f"caldav-{events}")

        def first(number):
            copy = daybook.copy(work / f"caldav-{events}/daybook")
            cost = copy.sync(calendar)
            cost.copy = copy
            return cost

        sides = {"daybook": first}
        if tools.has("vdirsyncer"):
            peer = Side(tools, work, server)
            sides["vdirsyncer"] = peer.first
        for side in sides.values():
            side(-1)
        if "vdirsyncer" in sides:
            equal(peer, server, first(-1), events)
        costs = interleave(sides, rounds)
        synced = costs["daybook"][-1].copy
        idle_sides = {"daybook": lambda number: synced.sync(calendar)}
        if "vdirsyncer" in sides:
            idle_sides["vdirsyncer"] = peer.again
        idle = interleave(idle_sides, rounds)
        unchanged[events] = in_server(synced, calendar)
        start = median([synced.run("migrate").cpu for _ in range(rounds)])
    tell(report, events, small, costs, idle, unchanged, start)


def tell(report, events, small, costs, idle, unchanged, start):
    middle = lambda found, what: {name: median([getattr(c, what) for c in runs]) for name, runs in found.items()}
    cpu, wall, peak, again = middle(costs, "cpu"), middle(costs, "wall"), middle(costs, "peak_mib"), middle(idle, "cpu")
    ours = costs["daybook"]
    report.note(f"first sync, CalDAV, {events}", f"{spread([c.cpu for c in ours])} CPU s, wall {spread([c.wall for c in ours])} s, peak {peak['daybook']:.0f} MiB, "
                f"{ours[0].result['provider_calls']} calls")
    if "vdirsyncer" in cpu:
        theirs = costs["vdirsyncer"]
        report.at_least("CalDAV first sync / vdirsyncer, per CPU-s", 5, cpu["vdirsyncer"] / cpu["daybook"],
                        f"vdirsyncer {spread([c.cpu for c in theirs])} CPU s, wall {wall['vdirsyncer']:.2g} s")
        report.at_most("CalDAV first sync, peak memory / vdirsyncer", 0.5, peak["daybook"] / peak["vdirsyncer"], f"vdirsyncer {peak['vdirsyncer']:.0f} MiB")
        report.at_most("CalDAV no change / vdirsyncer, CPU", 0.05, again["daybook"] / again["vdirsyncer"],
                       f"as commands: {again['daybook']:.3g} (of which {start:.2g} starting it) and {again['vdirsyncer']:.3g} CPU s")
        report.at_most("CalDAV no change in the server / vdirsyncer, CPU", 0.05, unchanged[events][0] / again["vdirsyncer"], f"{unchanged[events][0] * 1e3:.2g} CPU ms a sync")
    else:
        report.missing("CalDAV / vdirsyncer", "vdirsyncer is not installed")
    report.at_most("CalDAV no change, requests", 2, max(calls for _, calls in unchanged.values()), unit=" calls")
    report.at_most(f"CalDAV no change, {events} / {small} events", 1.2, unchanged[events][0] / unchanged[small][0],
                   f"{unchanged[events][0] * 1e3:.3g} and {unchanged[small][0] * 1e3:.3g} CPU ms")


def in_server(daybook, calendar, times=60):
    """CPU seconds and calls of one sync that finds nothing, in a running server."""
    path = f"/integrations/calendars/{calendar}/sync"
    with daybook.serve("--no-worker") as server:
        results = [expect(200, daybook.api("POST", path)) for _ in range(3)]
        before = server.cpu
        results += [expect(200, daybook.api("POST", path)) for _ in range(times)]
        each = (server.cpu - before) / times
    if any(result["created"] or result["updated"] or result["deleted"] for result in results):
        raise Failed("a sync without changes changed something")
    return each, max(result["provider_calls"] for result in results[1:])


def equal(peer, server, ours, events):
    files = len(list((peer.items / "load").glob("*.ics")))
    held = len(list(server.collection.glob("*.ics")))
    if not files == held == ours.result["created"] == events:
        raise Failed(f"the server holds {held} events, vdirsyncer {files}, Daybook {ours.result}")
    print(f"  equal: {events} events in Radicale, vdirsyncer and Daybook", flush=True)
