"""Expands calendar objects with recurring-ical-events, as an oracle for Daybook's own expander.

    expand.py --from 2026-01-01T00:00:00Z --to 2026-07-01T00:00:00Z PATH [PATH ...]

PATH is an .ics file or a folder (searched for *.ics below it). Prints a JSON array, sorted, of every instance that
overlaps [from, to): {"uid", "recurrence_id", "start", "end", "status", "summary", "file"}. Times are UTC RFC 3339,
dates are YYYY-MM-DD with an exclusive end; recurrence_id is null for single events. Cancelled instances are left
out unless --cancelled is given. Files that cannot be read are listed on stderr and make the exit status 1.
"""

import argparse
import json
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import icalendar
import recurring_ical_events


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="start", required=True, type=instant)
    parser.add_argument("--to", dest="end", required=True, type=instant)
    parser.add_argument("--cancelled", action="store_true", help="also print instances with STATUS:CANCELLED")
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args()
    rows, failed = [], 0
    for path in files(options.paths):
        try:
            rows += expand(path, options)
        except Exception as error:  # an oracle names what it cannot read and goes on
            failed = 1
            print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
    rows.sort(key=lambda row: (row["uid"], row["start"], row["recurrence_id"] or ""))
    json.dump(rows, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return failed


def instant(text):
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("needs Z or an offset")
    return at


def files(paths):
    for path in paths:
        if path.is_dir():
            # Radicale keeps binary caches called *.ics below .Radicale.cache.
            found = (file for file in path.rglob("*.ics") if not hidden(file.relative_to(path)))
            yield from sorted(found)
        else:
            yield path


def hidden(relative):
    return any(part.startswith(".") for part in relative.parts)


def expand(path, options):
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    events = {}
    series = set()
    for event in calendar.walk("VEVENT"):
        uid = str(event["UID"])
        if "RRULE" in event or "RDATE" in event or "RECURRENCE-ID" in event:
            series.add(uid)
    # The library works on local days for dates and floating times: ask wider, cut here.
    wide = timedelta(days=2)
    found = recurring_ical_events.of(calendar, keep_recurrence_attributes=True).between(
        options.start - wide, options.end + wide
    )
    for event in found:
        row = instance(event, series, path)
        if row is None or not overlaps(event, options):
            continue
        if row["status"] == "CANCELLED" and not options.cancelled:
            continue
        events[(row["uid"], row["recurrence_id"], row["start"])] = row
    return list(events.values())


def instance(event, series, path):
    uid = str(event["UID"])
    start = event["DTSTART"].dt
    recurrence = event.get("RECURRENCE-ID")
    original = recurrence.dt if recurrence is not None else start
    return {
        "uid": uid,
        "recurrence_id": written(original) if uid in series else None,
        "start": written(start),
        "end": written(end_of(event)),
        "status": str(event.get("STATUS", "CONFIRMED")),
        "summary": str(event.get("SUMMARY", "")),
        "file": path.name,
    }


def end_of(event):
    if "DTEND" in event:
        return event["DTEND"].dt
    start = event["DTSTART"].dt
    if "DURATION" in event:
        return start + event["DURATION"].dt
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def overlaps(event, options):
    start, end = as_instant(event["DTSTART"].dt), as_instant(end_of(event))
    if end <= start:
        return options.start <= start < options.end
    return start < options.end and end > options.start


def as_instant(value):
    """Dates and floating times count as UTC."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value


def written(value):
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return as_instant(value).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    sys.exit(main())
