"""Microsoft's own models (msgraph-sdk) read what the simulated Graph answers: every field that an answer has is one that the model
knows, and of the type that it says.

    pip install -r tests/python/clients.txt && python3 tests/python/graph_models.py

Not part of ./test: it proves the simulator, which changes rarely, with a library of several hundred MB.
"""

import http.server
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import date, datetime, timedelta, timezone

from kiota_serialization_json.json_parse_node import JsonParseNode
from msgraph.generated.models.calendar import Calendar
from msgraph.generated.models.calendar_collection_response import CalendarCollectionResponse
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_collection_response import EventCollectionResponse
from msgraph.generated.models.event_type import EventType
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.response_type import ResponseType
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.models.user import User
from msgraph.generated.users.item.calendar.get_schedule.get_schedule_post_response import GetSchedulePostResponse
from msgraph.generated.users.item.calendars.item.calendar_view.delta.delta_get_response import DeltaGetResponse

import simulators

PERSON = "ada@northwind.example"
SCOPES = ["openid", "profile", "email", "offline_access", "User.Read", "Calendars.ReadWrite", "MailboxSettings.Read"]
DAY = date.today() + timedelta(days=7)


def q(name):
    """An id in a path: Graph's have slashes."""
    return urllib.parse.quote(name, safe="")


class Graph:
    def __init__(self, base, token):
        self.base, self.token = base, token

    def ask(self, method, path, body=None, **headers):
        """Status and JSON of an answer; `path` may be a whole link."""
        url = path if path.startswith("http") else self.base + path
        headers = {"Authorization": f"Bearer {self.token}", "Prefer": 'IdType="ImmutableId", outlook.timezone="UTC"', **headers}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                text, status = answer.read(), answer.status
        except urllib.error.HTTPError as error:
            text, status = error.read(), error.code
        return status, json.loads(text) if text else None

    def read(self, model, method, path, body=None, status=200, **headers):
        """The answer as an object of the model, after checking that the model knows all of it."""
        found, answer = self.ask(method, path, body, **headers)
        assert found == status, (found, answer)
        parsed = JsonParseNode(answer).get_object_value(model)
        known(parsed, answer, path)
        return parsed


def known(parsed, answer, where):
    """Every key of the answer is one that its model has a deserializer for, all the way down, and was not read as nothing."""
    if isinstance(answer, list):
        assert isinstance(parsed, list) and len(parsed) == len(answer), (where, answer)
        for one, text in zip(parsed, answer):
            known(one, text, where)
        return
    if not isinstance(answer, dict):
        assert answer is None or parsed is not None, f"{where}: {answer!r} was read as nothing"
        return
    fields = parsed.get_field_deserializers()
    extra = getattr(parsed, "additional_data", {})
    for key, value in answer.items():
        if key.startswith("@") or "@odata" in key:
            continue
        assert key in fields, f"{where}: {type(parsed).__name__} knows no {key}"
        assert key not in extra, (where, key)
        if value is None:
            continue
        name = "".join("_" + letter.lower() if letter.isupper() else letter for letter in key).replace("-", "_")
        known(getattr(parsed, name), value, f"{where}.{key}")


def main():
    with simulators.sandbox(18840) as urls:
        env = urls["environment"]
        tokens = simulators.sign_in(env["MICROSOFT_AUTHORIZE_URL"], env["MICROSOFT_TOKEN_URL"], "microsoft", PERSON, SCOPES)
        graph = Graph(env["MICROSOFT_API_URL"], tokens["access_token"])
        for step in (people, calendars, events, series, delta, schedules, subscriptions, errors):
            step(graph)
            print(f"ok: {step.__name__}")
        found = simulators.violations(urls["microsoft"])
        assert not found, found
        print("ok: nothing that was sent is against the description of the API")


def at(hour):
    return {"dateTime": f"{DAY}T{hour:02}:00:00", "timeZone": "W. Europe Standard Time"}


def people(graph):
    me = graph.read(User, "GET", "/me")
    assert me.id and (me.mail or me.user_principal_name)


def calendars(graph):
    found = graph.read(CalendarCollectionResponse, "GET", "/me/calendars?$top=50")
    assert sum(bool(one.is_default_calendar) for one in found.value) == 1
    assert all(one.id and one.name and one.owner.address for one in found.value)
    graph.read(Calendar, "GET", "/me/calendar")


def events(graph):
    body = {"subject": "By the models", "start": at(9), "end": at(10), "showAs": "oof", "transactionId": "t-1",
            "body": {"contentType": "html", "content": "<p>hello</p>"}, "location": {"displayName": "Room 4"},
            "attendees": [{"type": "required", "emailAddress": {"name": "Bo", "address": "bo@client.example"}}]}
    made = graph.read(Event, "POST", "/me/events", body, 201)
    assert made.type == EventType.SingleInstance and made.response_status.response == ResponseType.Organizer
    assert isinstance(made.created_date_time, datetime) and made.start.time_zone == "UTC" and made.transaction_id == "t-1"
    assert made.change_key and made.i_cal_u_id and made.is_organizer and not made.is_all_day
    again = graph.read(Event, "PATCH", f"/me/events/{q(made.id)}", {"subject": "Patched"})
    assert again.subject == "Patched" and again.change_key != made.change_key and again.id == made.id
    listed = graph.read(EventCollectionResponse, "GET", f"/me/calendarView?startDateTime={DAY}T00:00:00Z&endDateTime={DAY}T23:00:00Z")
    assert made.id in [one.id for one in listed.value]
    assert graph.ask("DELETE", f"/me/events/{q(made.id)}") == (204, None)


def series(graph):
    body = {"subject": "Daily", "start": at(14), "end": at(15), "recurrence": {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": str(DAY), "numberOfOccurrences": 4}}}
    master = graph.read(Event, "POST", "/me/events", body, 201)
    assert master.type == EventType.SeriesMaster and master.recurrence.range.number_of_occurrences == 4
    window = f"startDateTime={DAY}T00:00:00Z&endDateTime={DAY + timedelta(days=9)}T00:00:00Z"
    found = graph.read(EventCollectionResponse, "GET", f"/me/events/{q(master.id)}/instances?{window}").value
    assert [one.type for one in found] == [EventType.Occurrence] * 4 and all(one.series_master_id == master.id for one in found)
    moved = graph.read(Event, "PATCH", f"/me/events/{q(found[1].id)}", {"start": at(16), "end": at(17)})
    assert moved.type == EventType.Exception and moved.original_start, moved.type
    assert graph.ask("DELETE", f"/me/events/{q(found[2].id)}")[0] == 204
    now = graph.read(EventCollectionResponse, "GET", f"/me/events/{q(master.id)}/instances?{window}").value
    assert len(now) == 3
    assert graph.ask("DELETE", f"/me/events/{q(master.id)}")[0] == 204


def delta(graph):
    calendar = graph.read(Calendar, "GET", "/me/calendar").id
    window = f"startDateTime={DAY - timedelta(days=30)}T00:00:00Z&endDateTime={DAY + timedelta(days=30)}T00:00:00Z"
    path = f"/me/calendars/{q(calendar)}/calendarView/delta?{window}"
    rows, pages = [], 0
    prefer = 'odata.maxpagesize=3, IdType="ImmutableId", outlook.timezone="UTC"'
    while path:
        page = graph.read(DeltaGetResponse, "GET", path, Prefer=prefer)
        rows += page.value
        pages += 1
        assert bool(page.odata_next_link) != bool(page.odata_delta_link)
        path, link = page.odata_next_link, page.odata_delta_link
    assert pages > 1 and rows and any(one.type == EventType.SeriesMaster for one in rows)
    made = graph.read(Event, "POST", "/me/events", {"subject": "New", "start": at(9), "end": at(10)}, 201)
    page = graph.read(DeltaGetResponse, "GET", link, Prefer=prefer)
    assert made.id in [one.id for one in page.value]
    graph.ask("DELETE", f"/me/events/{q(made.id)}")
    status, answer = graph.ask("GET", page.odata_delta_link, Prefer=prefer)
    assert status == 200 and [one["id"] for one in answer["value"] if one.get("@removed")] == [made.id], answer


def schedules(graph):
    body = {"schedules": [PERSON, "nobody@northwind.example"], "availabilityViewInterval": 60,
            "startTime": {"dateTime": f"{DAY}T00:00:00", "timeZone": "UTC"}, "endTime": {"dateTime": f"{DAY}T23:00:00", "timeZone": "UTC"}}
    found = graph.read(GetSchedulePostResponse, "POST", "/me/calendar/getSchedule", body).value
    assert len(found) == 2 and len(found[0].availability_view) == 23 and found[0].working_hours
    assert found[1].error.response_code


class Echo(http.server.BaseHTTPRequestHandler):
    """Who answers the handshake with the token it came with."""

    def do_POST(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(query.get("validationToken", "").encode())

    def log_message(self, *_):
        pass


def subscriptions(graph):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    until = (datetime.now(timezone.utc) + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    url = f"http://127.0.0.1:{server.server_address[1]}/hooks/microsoft"
    body = {"changeType": "created,updated,deleted", "notificationUrl": url, "lifecycleNotificationUrl": url,
            "resource": "/me/events", "expirationDateTime": until, "clientState": "s"}
    made = graph.read(Subscription, "POST", "/subscriptions", body, 201)
    assert made.id and made.resource and isinstance(made.expiration_date_time, datetime)
    later = {"expirationDateTime": (datetime.now(timezone.utc) + timedelta(hours=40)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert graph.read(Subscription, "PATCH", f"/subscriptions/{made.id}", later).expiration_date_time > made.expiration_date_time
    assert graph.ask("DELETE", f"/subscriptions/{made.id}")[0] == 204
    refused = {**body, "notificationUrl": "http://127.0.0.1:1/hooks/microsoft"}
    status, answer = graph.ask("POST", "/subscriptions", refused)
    assert status == 400, (status, answer)
    known(JsonParseNode(answer).get_object_value(ODataError), answer, "/subscriptions")


def errors(graph):
    for method, path, body, status in [
        ("GET", "/me/events/nothing", None, 400), ("GET", "/me/calendars/nothing", None, 404),
        ("POST", "/me/events", {"subject": "x", "start": at(10), "end": at(9)}, 400),
    ]:
        found, answer = graph.ask(method, path, body)
        assert found == status, (method, path, found, answer)
        parsed = JsonParseNode(answer).get_object_value(ODataError)
        known(parsed, answer, path)
        assert parsed.error.code and parsed.error.message
    graph.token = "stale"
    assert graph.ask("GET", "/me")[0] == 401


if __name__ == "__main__":
    main()
