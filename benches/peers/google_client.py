"""The Python peer: google_client.py API_ROOT TOKEN DATABASE reads the primary calendar into SQLite with Google's own client."""

import json
import sqlite3
import sys

import google.oauth2.credentials
from googleapiclient.discovery import build

TABLE = "CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, etag TEXT, uid TEXT, status TEXT, title TEXT, starts TEXT, ends TEXT, body TEXT) STRICT"
UPSERT = """INSERT INTO event VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET etag=excluded.etag, uid=excluded.uid,
    status=excluded.status, title=excluded.title, starts=excluded.starts, ends=excluded.ends, body=excluded.body"""


def row(event):
    start, end = (event.get(side) or {} for side in ("start", "end"))
    return (event["id"], event.get("etag"), event.get("iCalUID"), event.get("status"), event.get("summary"),
            start.get("dateTime") or start.get("date"), end.get("dateTime") or end.get("date"), json.dumps(event))


def main(root, token, path):
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {TABLE}; CREATE TABLE IF NOT EXISTS cursor (token TEXT)")
    service = build("calendar", "v3", credentials=google.oauth2.credentials.Credentials(token=token),
                    static_discovery=True, client_options={"api_endpoint": root})
    request = service.events().list(calendarId="primary", maxResults=2500, singleEvents=False)
    events = calls = 0
    while request is not None:
        page = request.execute()
        calls += 1
        db.execute("BEGIN IMMEDIATE")
        db.executemany(UPSERT, map(row, page["items"]))
        if "nextSyncToken" in page:
            db.execute("INSERT INTO cursor VALUES (?)", (page["nextSyncToken"],))
        db.execute("COMMIT")
        events += len(page["items"])
        request = service.events().list_next(request, page)
    print(json.dumps({"events": events, "calls": calls}))


if __name__ == "__main__":
    main(*sys.argv[1:])
