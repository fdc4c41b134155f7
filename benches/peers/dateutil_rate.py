"""How fast python-dateutil expands: prints occurrences a second of the weekly rule, and seconds for one month of the old rule."""

import json
import time
from datetime import datetime, timezone

from dateutil import rrule, tz

BERLIN = tz.gettz("Europe/Berlin")


def weekly():
    rule = rrule.rrule(rrule.WEEKLY, byweekday=(rrule.MO, rrule.WE, rrule.FR), cache=False,
                       dtstart=datetime(2021, 1, 4, 9, tzinfo=BERLIN), until=datetime(2026, 1, 4, tzinfo=timezone.utc))
    return sum(1 for _ in rule)


def month():
    rule = rrule.rrule(rrule.WEEKLY, byweekday=(rrule.MO, rrule.WE, rrule.FR), cache=False, dtstart=datetime(2011, 11, 7, 9, tzinfo=BERLIN))
    return len(rule.between(datetime(2026, 11, 1, tzinfo=timezone.utc), datetime(2026, 12, 1, tzinfo=timezone.utc)))


def timed(work, times):
    began = time.process_time()
    results = {work() for _ in range(times)}
    return (time.process_time() - began) / times, results.pop()


seconds, occurrences = timed(weekly, 20)
month_seconds, in_month = timed(month, 5)
print(json.dumps({"occurrences": occurrences, "per_second": occurrences / seconds, "in_month": in_month, "month_seconds": month_seconds}))
