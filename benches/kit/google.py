"""First sync of a Google calendar, and a sync that finds nothing changed."""

import contextlib
import sqlite3
from datetime import datetime, timezone
from math import ceil

from . import postgres
from .measure import Failed, interleave, median, run, spread
from .world import Daybook, expect, simulators


class Google:
    """A connected installation that has synced nothing yet, to be copied for every round."""

    def __init__(self, tools, work, events, database_url=None, name="google"):
        self.tools, self.work, self.events, self.name = tools, work, events, f"{name}-{events}"
        self.daybook = Daybook(tools.daybook, work / self.name / "template", database_url=database_url)

    @contextlib.contextmanager
    def ready(self):
        with simulators(self.tools.simulators, self.work, self.events, 0, self.daybook.base) as simulator:
            self.about = simulator.about
            self.daybook.environment.update(self.about["environment"])
            self.daybook.set_up()
            with self.daybook.serve("--no-worker"):
                self.daybook.connect_google(self.about["person"])
                self.calendar = self.daybook.calendar()
            yield self

    def first_sync(self, number, database_url=None):
        copy = self.daybook.copy(self.work / self.name / "daybook", database_url)
        cost = copy.sync(self.calendar)
        cost.copy = copy
        if cost.result.get("created") != self.events:
            raise Failed(f"the first sync made {cost.result}")
        return cost

    def python(self, number):
        database = self.fresh("python.db")
        return run([self.tools.python, self.tools.here / "peers/google_client.py", self.about["api_url"] + "/", self.about["access_token"], database])

    def bare(self, number):
        return run([self.tools.peers, "google", self.about["api_url"], self.about["access_token"], self.fresh("bare.db")])

    def rows(self, number):
        """The rows of the last first sync, inserted bare into a copy of the installation."""
        copy = self.daybook.copy(self.work / self.name / "rows")
        return run([self.tools.peers, "rows", self.work / self.name / "daybook/daybook.db", copy.database])

    def fresh(self, name):
        for suffix in ("", "-wal", "-shm"):
            (self.work / self.name / (name + suffix)).unlink(missing_ok=True)
        return self.work / self.name / name

    def mirrored(self):
        """What Daybook holds after the last first sync: (id, title, start in seconds)."""
        with contextlib.closing(sqlite3.connect(self.work / self.name / "daybook/daybook.db")) as db:
            return sorted(db.execute("SELECT e.provider_event_id, json_extract(e.details, '$.title'), i.start_us / 1000000 "
                                     "FROM event e JOIN instance i ON i.event_id = e.id"))

    def copied(self, name):
        """The same of a peer."""
        with contextlib.closing(sqlite3.connect(self.work / self.name / name)) as db:
            rows = db.execute("SELECT id, title, starts FROM event WHERE status <> 'cancelled'").fetchall()
        return sorted((id, title, int(datetime.fromisoformat(start).astimezone(timezone.utc).timestamp())) for id, title, start in rows)


def sqlite(tools, work, report, rounds, events):
    """Into SQLite, against the Python client, the bare loop, and the bare insert of the same rows."""
    google = Google(tools, work, events)
    with google.ready():
        sides = {"daybook": google.first_sync, "bare": google.bare, "rows": google.rows}
        if tools.has("googleapiclient"):
            sides["python"] = google.python
        for side in sides.values():  # warms everything up, and leaves something to compare
            side(-1)
        equal(google, sides)
        costs = interleave(sides, rounds)
        start = median([google.daybook.run("migrate").cpu for _ in range(rounds)])
        no_change(google, report, rounds, costs["daybook"][-1].copy)
    cpu = {name: median([cost.cpu for cost in found]) for name, found in costs.items()}
    daybook = costs["daybook"]
    report.note(f"first sync, Google, {events}, SQLite", f"{spread([c.cpu for c in daybook])} CPU s, {events / cpu['daybook']:,.0f} events/CPU-s, "
                f"wall {spread([c.wall for c in daybook])} s, peak {median([c.peak_mib for c in daybook]):.0f} MiB, of which starting the process {start:.2g} CPU s")
    report.at_least("first sync / bare Rust loop, per CPU-s", 0.35, cpu["bare"] / cpu["daybook"], f"bare: {events / cpu['bare']:,.0f} events/CPU-s")
    if "python" in cpu:
        report.at_least("first sync / Python client, per CPU-s", 3, cpu["python"] / cpu["daybook"],
                        f"Python: {events / cpu['python']:,.0f} events/CPU-s, peak {median([c.peak_mib for c in costs['python']]):.0f} MiB")
    else:
        report.missing("first sync / Python client", "google-api-python-client is not installed")
    rows = [cost.json() for cost in costs["rows"]]
    bare_rows = median([r["cpu_seconds"] for r in rows])
    report.note("first sync, whole path / bare insert of the same rows, per CPU-s", f"{bare_rows / cpu['daybook']:.3g}×; "
                f"bare insert: {sum(rows[0]['rows']) / bare_rows:,.0f} rows/CPU-s, {events / bare_rows:,.0f} events/CPU-s")
    calls = {cost.result["provider_calls"] for cost in daybook}
    report.at_most("calls of a first sync", ceil(events / 2500) + 2, max(calls), unit=" calls")
    return median([cost.peak_mib for cost in daybook])


def equal(google, sides):
    ours = google.mirrored()
    if len(ours) != google.events:
        raise Failed(f"the mirror holds {len(ours)} of {google.events}")
    for name in {"python", "bare"} & set(sides):
        if google.copied(f"{name}.db") != ours:
            raise Failed(f"{name} and Daybook hold different events")
    print(f"  equal: {len(ours)} events in {', '.join(sides)}", flush=True)


def no_change(google, report, rounds, synced):
    """Syncs that find nothing, in the command and in the server."""
    whole = median([synced.sync(google.calendar).cpu for _ in range(rounds)])
    start = median([synced.run("migrate").cpu for _ in range(rounds)])
    times = 60
    with synced.serve("--no-worker") as server:
        path = f"/integrations/calendars/{google.calendar}/sync"
        results = [expect(200, synced.api("POST", path)) for _ in range(3)]
        before = server.cpu
        results += [expect(200, synced.api("POST", path)) for _ in range(times)]
        each = (server.cpu - before) / times
    calls = max(result["provider_calls"] for result in results)
    if any(result["created"] or result["updated"] or result["deleted"] for result in results):
        raise Failed("a sync without changes changed something")
    report.note(f"no change, Google, {google.events}", f"{each * 1e3:.2g} CPU ms a sync in the server, {calls} call; as a command {whole:.2g} CPU s, of which {start:.2g} starting it")
    google.no_change_cpu = each


def on_postgres(tools, work, report, rounds, events):
    """Into PostgreSQL, against psql inserting the same rows, 1,000 a statement."""
    with postgres.Cluster() as cluster:
        google = Google(tools, work, events, cluster.fresh("template"), "google-pg")
        with google.ready():
            script = work / "rows.sql"

            def first_sync(number):
                url = cluster.fresh("round", "template")
                before = cluster.cpu
                cost = google.first_sync(number, url)
                cost.server_cpu = cluster.cpu - before
                return cost

            def rows(number):
                url = cluster.fresh("rows", "template")
                before = cluster.cpu
                cost = run([cluster.bin / "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", url, "-f", script])
                cost.server_cpu = cluster.cpu - before
                return cost

            first_sync(-1)
            counted = cluster.sql("round", "SELECT count(DISTINCT e.provider_event_id) FROM event e JOIN instance i ON i.event_id = e.id").strip()
            if int(counted) != events:
                raise Failed(f"PostgreSQL holds {counted} of {events}")
            dump = run([cluster.bin / "pg_dump", "--data-only", "--rows-per-insert=1000", "-t", "event", "-t", "instance", cluster.url("round")]).out
            script.write_text("".join(line + "\n" for line in dump.splitlines() if not line.startswith("\\")))
            rows(-1)
            if cluster.sql("rows", "SELECT count(*) FROM event").strip() != str(events):
                raise Failed("psql inserted other rows")
            costs = interleave({"daybook": first_sync, "rows": rows}, rounds)
    ours, bare = costs["daybook"], costs["rows"]
    total = {name: median([c.cpu + c.server_cpu for c in found]) for name, found in costs.items()}
    report.note(f"first sync, Google, {events}, PostgreSQL", f"Daybook {spread([c.cpu for c in ours])} CPU s + PostgreSQL {spread([c.server_cpu for c in ours])} CPU s, "
                f"wall {spread([c.wall for c in ours])} s, peak {median([c.peak_mib for c in ours]):.0f} MiB")
    report.note("first sync, whole path / bare insert of the same rows into PostgreSQL", f"{total['rows'] / total['daybook']:.3g}× per total CPU-s, "
                f"{median([c.wall for c in bare]) / median([c.wall for c in ours]):.3g}× wall; "
                f"psql {spread([c.cpu for c in bare])} + PostgreSQL {spread([c.server_cpu for c in bare])} CPU s, wall {spread([c.wall for c in bare])} s")



def growth(tools, work, report, rounds, small, large):
    """Peak memory and cost of a first sync at two sizes."""
    with Google(tools, work, small, name="small").ready() as less, Google(tools, work, large, name="large").ready() as more:
        costs = interleave({"small": less.first_sync, "large": more.first_sync}, rounds)
    peak = {name: median([cost.peak_mib for cost in found]) for name, found in costs.items()}
    cpu = {name: median([cost.cpu for cost in found]) for name, found in costs.items()}
    report.at_most(f"peak memory of a first sync, {large} / {small} events", 1.25, peak["large"] / peak["small"], f"{peak['large']:.0f} and {peak['small']:.0f} MiB")
    report.note(f"first sync, Google, {large}", f"{large / cpu['large']:,.0f} events/CPU-s, against {small / cpu['small']:,.0f} at {small}; wall {spread([c.wall for c in costs['large']])} s")
    report.at_most(f"calls of a first sync of {large}", ceil(large / 2500) + 2, max(cost.result["provider_calls"] for cost in costs["large"]), unit=" calls")
