"""Writes generated events for a Radicale collection.

    generate_radicale.py N RECURRING SEED DIR
    generate_radicale.py N RECURRING SEED http://USER:PASSWORD@HOST:PORT/USER/CALENDAR/

N events, RECURRING of them series with a moved, a cancelled and an excluded instance; six zones, all-day events,
series across DST changes. DIR is made into a collection (with .Radicale.props) in one go: stop the server or use a
folder it has not read yet (STORAGE/collection-root/USER/CALENDAR). With a URL the calendar is made by MKCALENDAR and
every object is PUT. The same SEED writes the same bytes. Events lie in 2026 and 2027.
"""

import base64
import json
import random
import sys
import urllib.error
import urllib.request
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import icalendar

ZONES = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Kolkata",
    "America/Sao_Paulo",
]
# Around clock changes of the zones above.
DST_DAYS = [date(2026, 3, 3), date(2026, 3, 24), date(2026, 10, 20), date(2026, 10, 27), date(2026, 9, 29)]
STAMP = datetime(2026, 1, 1, tzinfo=timezone.utc)
RULES = [
    ({"freq": "daily", "count": 20}, timedelta(days=1)),
    ({"freq": "daily", "interval": 2, "count": 15}, timedelta(days=2)),
    ({"freq": "weekly", "count": 30}, timedelta(weeks=1)),
    ({"freq": "weekly", "interval": 2}, timedelta(weeks=2)),
]


def events(count, recurring, seed):
    rng = random.Random(seed)
    for number in range(count):
        name = f"gen-{seed}-{number:06}"
        yield name, one(rng, name, number, number < recurring)


def one(rng, name, number, series):
    zone = ZoneInfo(ZONES[number % len(ZONES)])
    day = date(2026, 1, 1) + timedelta(days=rng.randrange(500))
    if number % 3 == 0:
        day = DST_DAYS[number // 3 % len(DST_DAYS)]
    all_day = number % 7 == 6
    if all_day:
        start, length = day, timedelta(days=rng.randint(1, 3))
    else:
        # Not between 01:00 and 03:59: whether a reader moves a skipped or doubled hour is not what this compares.
        hour = rng.choice([0, *range(4, 24)])
        start = datetime(day.year, day.month, day.day, hour, rng.choice([0, 15, 30, 45]), tzinfo=zone)
        length = timedelta(minutes=rng.choice([15, 30, 60, 90, 180]))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Daybook//generated//EN")
    calendar.add("version", "2.0")
    master = event(name, f"Generated {number}", start, length)
    if rng.random() < 0.1:
        master.add("transp", "TRANSPARENT")
    calendar.add_component(master)
    if series:
        for override in recur(rng, master, name, start, length):
            calendar.add_component(override)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def recur(rng, master, name, start, length):
    """Adds a rule and an EXDATE; returns a moved and a cancelled instance."""
    rule, step = RULES[rng.randrange(len(RULES))]
    rule = dict(rule)
    if "count" not in rule:
        rule["until"] = until(start, step, 20)
    master.add("rrule", rule)
    first, second, third = rng.sample(range(1, 10), 3)
    master.add("exdate", [start + step * first])
    moved_by = timedelta(days=rng.randint(1, 4))
    if isinstance(start, datetime):
        moved_by += timedelta(minutes=rng.choice([-120, 45, 240]))
    # Wall-clock arithmetic: aware datetimes of one zone add without looking at its offset.
    moved = event(name, "Moved", start + step * second + moved_by, length)
    moved.add("recurrence-id", start + step * second)
    cancelled = event(name, "Cancelled", start + step * third, length)
    cancelled.add("recurrence-id", start + step * third)
    cancelled.add("status", "CANCELLED")
    return moved, cancelled


def until(start, step, instances):
    last = start + step * instances
    return last.astimezone(timezone.utc) if isinstance(last, datetime) else last


def event(uid, summary, start, length):
    made = icalendar.Event()
    made.add("uid", f"{uid}@generated.example")
    made.add("dtstamp", STAMP)
    made.add("dtstart", start)
    made.add("dtend", start + length)
    made.add("summary", summary)
    return made


def write_folder(folder, made):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    props = {"tag": "VCALENDAR", "D:displayname": folder.name, "C:supported-calendar-component-set": "VEVENT"}
    (folder / ".Radicale.props").write_text(json.dumps(props))
    for name, ics in made:
        (folder / f"{name}.ics").write_bytes(ics)


def write_http(url, made):
    parts = urlsplit(url)
    token = base64.b64encode(f"{unquote(parts.username)}:{unquote(parts.password)}".encode()).decode()
    base = f"{parts.scheme}://{parts.hostname}:{parts.port}{parts.path.rstrip('/')}/"

    def send(method, target, body=None, **headers):
        headers["Authorization"] = f"Basic {token}"
        request = urllib.request.Request(target, data=body, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status

    try:
        send("MKCALENDAR", base)
    except urllib.error.HTTPError as error:
        if error.code not in (405, 409):
            raise
    for name, ics in made:
        send("PUT", f"{base}{name}.ics", ics, **{"Content-Type": "text/calendar; charset=utf-8", "If-None-Match": "*"})


def main(count, recurring, seed, target):
    made = events(int(count), int(recurring), int(seed))
    if target.startswith(("http://", "https://")):
        write_http(target, made)
    else:
        write_folder(target, made)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
