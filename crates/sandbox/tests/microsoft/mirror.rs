//! A mirror that follows the contract's rules for delta rounds, with switches that bring the usual mistakes back.

use std::collections::{BTreeMap, BTreeSet};

use daybook_sandbox::microsoft::OracleInstance;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::client::{Answer, World, encode};

pub const FROM: &str = "2026-02-01T00:00:00Z";
pub const TO: &str = "2026-04-15T00:00:00Z";

/// Follows one calendar's window.
#[derive(Default)]
pub struct Mirror {
    pub rows: BTreeMap<String, Value>,
    pub link: Option<String>,
    pub pages: usize,
    /// The control: waits for `@removed` instead of replacing a series' rows.
    pub keeps_series_rows: bool,
    /// The control: takes the first of several rows with one id.
    pub first_wins: bool,
}

/// Rows of one round and its delta link, or the answer that ended it.
pub async fn round(world: &World, start: &str) -> Result<(Vec<Vec<Value>>, String), Answer> {
    let (mut pages, mut next) = (Vec::new(), start.to_owned());
    loop {
        let answer = world.get(&next).await;
        if answer.status != 200 {
            return Err(answer);
        }
        pages.push(answer.rows());
        let body = answer.json();
        match body["@odata.nextLink"].as_str() {
            Some(link) => next = link.to_owned(),
            None => return Ok((pages, body["@odata.deltaLink"].as_str().unwrap().to_owned())),
        }
    }
}

pub fn first_round(calendar: &str) -> String {
    format!(
        "/me/calendars/{}/calendarView/delta?startDateTime={FROM}&endDateTime={TO}",
        encode(calendar)
    )
}

impl Mirror {
    pub async fn sync(&mut self, world: &World, calendar: &str) {
        if let Some(link) = self.link.take() {
            match round(world, &link).await {
                Ok((pages, next)) => {
                    self.apply(pages);
                    self.link = Some(next);
                    return;
                }
                Err(answer) => assert!(
                    matches!(answer.status.as_u16(), 400 | 410),
                    "{}",
                    answer.text()
                ),
            }
        }
        let (pages, next) = round(world, &first_round(calendar)).await.ok().unwrap();
        self.rows.clear();
        self.apply(pages);
        self.link = Some(next);
    }

    fn apply(&mut self, pages: Vec<Vec<Value>>) {
        self.pages += pages.len();
        let mut last: BTreeMap<String, Value> = BTreeMap::new();
        for row in pages.into_iter().flatten() {
            let id = row["id"].as_str().unwrap().to_owned();
            if !(self.first_wins && last.contains_key(&id)) {
                last.insert(id, row);
            }
        }
        let series: BTreeSet<String> = last
            .values()
            .filter_map(|row| match row["type"].as_str() {
                Some("seriesMaster") => row["id"].as_str(),
                _ => row["seriesMasterId"].as_str(),
            })
            .map(str::to_owned)
            .collect();
        if !self.keeps_series_rows {
            self.rows.retain(|_, row| {
                row["seriesMasterId"]
                    .as_str()
                    .is_none_or(|s| !series.contains(s))
            });
        }
        for (id, row) in &last {
            self.rows.remove(id);
            if row.get("@removed").is_some() {
                self.rows.retain(|_, r| r["seriesMasterId"] != id.as_str());
            }
        }
        for (id, row) in &last {
            let is_instance = row.get("@removed").is_none() && row["type"] != "seriesMaster";
            if is_instance {
                let mut row = row.clone();
                if row["type"] == "occurrence" {
                    let master = &last[row["seriesMasterId"].as_str().unwrap()];
                    row["subject"] = master["subject"].clone();
                    row["showAs"] = master["showAs"].clone();
                }
                self.rows.insert(id.clone(), row);
            }
        }
    }

    pub fn equals_oracle(&self, world: &World, calendar: &str, context: &str) {
        assert_eq!(self.facts(), oracle_facts(world, calendar), "{context}");
    }

    pub fn differs(&self, world: &World, calendar: &str) -> bool {
        self.facts() != oracle_facts(world, calendar)
    }

    fn facts(&self) -> Vec<Value> {
        self.rows.iter().map(|(id, row)| fact(id, row)).collect()
    }
}

fn fact(id: &str, row: &Value) -> Value {
    json!([
        id,
        row["@odata.etag"],
        row["type"],
        row["seriesMasterId"],
        moment(&row["start"]),
        moment(&row["end"]),
        row["subject"],
        row["showAs"]
    ])
}

pub fn oracle_facts(world: &World, calendar: &str) -> Vec<Value> {
    let window = (FROM.parse().unwrap(), TO.parse().unwrap());
    let fact = |e: OracleInstance| {
        json!([
            e.id,
            e.etag,
            e.kind,
            e.series_master_id,
            e.start.to_string(),
            e.end.to_string(),
            e.subject,
            e.show_as
        ])
    };
    world
        .sim
        .snapshot(calendar, window.0, window.1)
        .into_iter()
        .map(fact)
        .collect()
}

/// A time in UTC without offset.
pub fn moment(value: &Value) -> String {
    let text = value["dateTime"].as_str().unwrap();
    assert!(text.len() == 27 && value["timeZone"] == "UTC", "{value}");
    let civil: DateTime = text.parse().unwrap();
    let at: Timestamp = civil.to_zoned(TimeZone::UTC).unwrap().timestamp();
    at.to_string()
}
