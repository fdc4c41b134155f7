//! The bare loop: pages of Google events over HTTP, typed JSON, one transaction a page.

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use crate::Result;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    id: String,
    etag: Option<String>,
    #[serde(rename = "iCalUID")]
    uid: Option<String>,
    status: String,
    summary: Option<String>,
    start: Option<Time>,
    end: Option<Time>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Time {
    date: Option<String>,
    date_time: Option<String>,
}

impl Time {
    fn text(&self) -> Option<&str> {
        self.date_time.as_deref().or(self.date.as_deref())
    }
}

/// The table that this and the Python peer fill.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, etag TEXT, uid TEXT, status TEXT, title TEXT, starts TEXT, ends TEXT, body TEXT) STRICT";
const UPSERT: &str = "INSERT INTO event VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET etag=excluded.etag, uid=excluded.uid, status=excluded.status, title=excluded.title, starts=excluded.starts, ends=excluded.ends, body=excluded.body";

pub fn run(api: &str, token: &str, database: &str) -> Result<()> {
    let mut db = Connection::open(database)?;
    db.execute_batch(&format!("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {TABLE}; CREATE TABLE IF NOT EXISTS cursor (token TEXT)"))?;
    let agent = ureq::agent();
    let (mut next, mut calls, mut events) = (None::<String>, 0, 0);
    loop {
        let mut request = agent
            .get(format!("{api}/calendars/primary/events"))
            .header("authorization", format!("Bearer {token}"))
            .query("maxResults", "2500")
            .query("singleEvents", "false");
        if let Some(token) = &next {
            request = request.query("pageToken", token);
        }
        let text = request
            .call()?
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_to_string()?;
        calls += 1;
        let page: Page<'_> = serde_json::from_str(&text)?;
        let tx = db.transaction()?;
        {
            let mut upsert = tx.prepare_cached(UPSERT)?;
            for raw in &page.items {
                let event: Event = serde_json::from_str(raw.get())?;
                let (start, end) = (
                    event.start.as_ref().and_then(Time::text),
                    event.end.as_ref().and_then(Time::text),
                );
                upsert.execute(params![
                    event.id,
                    event.etag,
                    event.uid,
                    event.status,
                    event.summary,
                    start,
                    end,
                    raw.get()
                ])?;
                events += 1;
            }
            if let Some(token) = &page.next_sync_token {
                tx.execute("INSERT INTO cursor VALUES (?)", [token])?;
            }
        }
        tx.commit()?;
        next = page.next_page_token;
        if next.is_none() {
            break;
        }
    }
    println!("{}", json!({"events": events, "calls": calls}));
    Ok(())
}
