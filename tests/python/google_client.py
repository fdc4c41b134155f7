"""Google's own Python client against the simulated Google: what it sends is taken, what it gets is what it expects.

    pip install -r tests/python/clients.txt && python3 tests/python/google_client.py

Not part of ./test: it proves the simulator, which changes rarely, with a library of several hundred MB.
"""

import datetime
import uuid

from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

import simulators

PERSON = "ada@northwind.example"
SCOPES = ["openid", "email", "https://www.googleapis.com/auth/calendar.readonly", "https://www.googleapis.com/auth/calendar.events"]
DAY = datetime.date.today() + datetime.timedelta(days=7)


def main():
    with simulators.sandbox(18830) as urls:
        env, base = urls["environment"], urls["google"]
        tokens = simulators.sign_in(env["GOOGLE_AUTHORIZE_URL"], env["GOOGLE_TOKEN_URL"], "google", PERSON, SCOPES)
        credentials = Credentials(
            tokens["access_token"], refresh_token=tokens["refresh_token"], token_uri=env["GOOGLE_TOKEN_URL"],
            client_id=simulators.CLIENT[0], client_secret=simulators.CLIENT[1], scopes=SCOPES)
        service = build("calendar", "v3", credentials=credentials, static_discovery=True, cache_discovery=False,
                        client_options={"api_endpoint": base + "/calendar/v3/"})
        for step in (calendars, listing, writing, series, watching, cursors, free_busy):
            step(service)
            print(f"ok: {step.__name__}")
        refresh(service, credentials)
        print("ok: refresh")
        faults(service, base)
        print("ok: faults")
        found = simulators.violations(base)
        assert not found, found
        print("ok: nothing that the client sent is against the discovery document")


def at(hour):
    return {"dateTime": f"{DAY}T{hour:02}:00:00", "timeZone": "Europe/Berlin"}


def status_of(call):
    try:
        call.execute(num_retries=0)
    except HttpError as error:
        return error.status_code, error.error_details[0]["reason"] if error.error_details else None
    raise AssertionError("it was not refused")


def calendars(service):
    found = service.calendarList().list(maxResults=250).execute()
    assert found["kind"] == "calendar#calendarList"
    primary = [one for one in found["items"] if one.get("primary")]
    assert len(primary) == 1 and primary[0]["id"] == PERSON and primary[0]["accessRole"] == "owner", primary


def listing(service):
    pages, call, items = 0, service.events().list(calendarId="primary", maxResults=5), []
    while call is not None:
        answer = call.execute()
        assert answer["kind"] == "calendar#events" and answer["timeZone"]
        assert ("nextPageToken" in answer) != ("nextSyncToken" in answer), sorted(answer)
        items += answer["items"]
        pages += 1
        call = service.events().list_next(call, answer)
    assert pages > 1 and len({one["id"] for one in items}) == len(items)
    window = service.events().list(
        calendarId="primary", singleEvents=True, orderBy="startTime", timeMin=f"{DAY}T00:00:00Z", maxResults=50).execute()
    starts = [datetime.datetime.fromisoformat(one["start"].get("dateTime") or one["start"]["date"] + "T00:00:00+00:00") for one in window["items"]]
    assert starts == sorted(starts) and "nextSyncToken" not in window


def writing(service):
    events, key = service.events(), uuid.uuid4().hex
    body = {"id": key, "summary": "By the client", "start": at(9), "end": at(10), "attendees": [{"email": "bo@client.example"}],
            "extendedProperties": {"private": {"ours": "1"}}, "reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]}}
    made = events.insert(calendarId="primary", body=body, sendUpdates="none").execute()
    assert made["id"] == key and made["status"] == "confirmed" and made["organizer"]["self"] and made["etag"].startswith('"')
    assert made["extendedProperties"]["private"]["ours"] == "1"
    assert status_of(events.insert(calendarId="primary", body=body)) == (409, "duplicate")
    patched = events.patch(calendarId="primary", eventId=key, body={"summary": "Patched"}, sendUpdates="none").execute()
    assert patched["summary"] == "Patched" and patched["start"] == made["start"] and patched["etag"] != made["etag"]
    assert patched["sequence"] >= made["sequence"] and patched["attendees"][0]["email"] == "bo@client.example"
    stale = events.patch(calendarId="primary", eventId=key, body={"summary": "Late"})
    stale.headers["If-Match"] = made["etag"]
    assert status_of(stale) == (412, "conditionNotMet")
    updated = events.update(calendarId="primary", eventId=key, body={"summary": "Whole", "start": at(11), "end": at(12)}).execute()
    assert "attendees" not in updated and updated["summary"] == "Whole"
    assert events.delete(calendarId="primary", eventId=key, sendUpdates="none").execute() == ""
    assert status_of(events.delete(calendarId="primary", eventId=key)) == (410, "deleted")
    assert events.get(calendarId="primary", eventId=key).execute()["status"] == "cancelled"
    assert status_of(events.get(calendarId="primary", eventId="nothing")) == (404, "notFound")
    backwards = events.insert(calendarId="primary", body={"summary": "x", "start": at(10), "end": at(9)})
    assert status_of(backwards)[0] == 400


def series(service):
    events = service.events()
    body = {"summary": "Daily", "start": at(14), "end": at(15), "recurrence": ["RRULE:FREQ=DAILY;COUNT=5"]}
    master = events.insert(calendarId="primary", body=body).execute()
    found = events.instances(calendarId="primary", eventId=master["id"]).execute()["items"]
    assert len(found) == 5 and all(one["recurringEventId"] == master["id"] and one["originalStartTime"] for one in found)
    assert all(one["iCalUID"] == master["iCalUID"] for one in found)
    events.patch(calendarId="primary", eventId=found[1]["id"], body={"start": at(16), "end": at(17)}).execute()
    events.delete(calendarId="primary", eventId=found[2]["id"]).execute()
    now = events.instances(calendarId="primary", eventId=master["id"]).execute()["items"]
    assert len(now) == 4 and {one["id"] for one in now} == {one["id"] for one in found} - {found[2]["id"]}
    everything = events.instances(calendarId="primary", eventId=master["id"], showDeleted=True).execute()["items"]
    assert sum(one["status"] == "cancelled" for one in everything) == 1 and len(everything) == 5
    events.delete(calendarId="primary", eventId=master["id"]).execute()


def watching(service):
    channel = {"id": str(uuid.uuid4()), "type": "web_hook", "address": "https://daybook.example/hooks/google", "token": "t"}
    made = service.events().watch(calendarId="primary", body=channel).execute()
    assert made["kind"] == "api#channel" and made["resourceId"] and int(made["expiration"]) > 0
    assert status_of(service.events().watch(calendarId="primary", body=channel)) == (400, "channelIdNotUnique")
    stop = {"id": made["id"], "resourceId": made["resourceId"]}
    assert service.channels().stop(body=stop).execute() == ""
    assert status_of(service.channels().stop(body=stop))[0] == 404


def cursors(service):
    events = service.events()

    def read(**how):
        call, items = events.list(calendarId="primary", **how), []
        while call is not None:
            answer = call.execute()
            items += answer["items"]
            call = events.list_next(call, answer)
        return items, answer["nextSyncToken"]

    _, token = read(maxResults=2500)
    assert read(syncToken=token)[0] == []
    made = events.insert(calendarId="primary", body={"summary": "New", "start": at(9), "end": at(10)}).execute()
    changed, token = read(syncToken=token)
    assert [one["id"] for one in changed] == [made["id"]]
    events.delete(calendarId="primary", eventId=made["id"]).execute()
    changed, token = read(syncToken=token)
    assert [(one["id"], one["status"]) for one in changed] == [(made["id"], "cancelled")]
    assert status_of(events.list(calendarId="primary", syncToken=token, timeMin=f"{DAY}T00:00:00Z"))[0] == 400
    assert status_of(events.list(calendarId="primary", syncToken="nonsense")) == (410, "fullSyncRequired")


def free_busy(service):
    made = service.events().insert(calendarId="primary", body={"summary": "Busy", "start": at(3), "end": at(4)}).execute()
    query = {"timeMin": f"{DAY}T00:00:00Z", "timeMax": f"{DAY}T06:00:00Z", "items": [{"id": PERSON}, {"id": "nobody@x.example"}]}
    answer = service.freebusy().query(body=query).execute()
    assert answer["kind"] == "calendar#freeBusy" and answer["calendars"][PERSON]["busy"], answer
    assert answer["calendars"]["nobody@x.example"]["errors"][0]["reason"] == "notFound"
    service.events().delete(calendarId="primary", eventId=made["id"]).execute()


def refresh(service, credentials):
    """A token that is refused is refreshed by the client itself, and the call repeated."""
    old, credentials.token = credentials.token, "stale"
    service.calendarList().list().execute()
    assert credentials.token not in ("stale", None), old


def faults(service, base):
    """The client takes the simulator's faults for what they are meant to be."""
    list_them = service.events().list(calendarId="primary")
    for kind, expected in [
        ({"kind": "rate_limited"}, 429), ({"kind": "quota_exceeded"}, 403), ({"kind": "status", "status": 503}, 503), ({"kind": "gone"}, 410),
    ]:
        simulators.fault(base, {"when": {"path": "/calendar/v3/calendars/*"}, "fault": kind})
        found = status_of(list_them)
        simulators.heal(base)
        assert found[0] == expected, (kind, found)


if __name__ == "__main__":
    main()
