//! Sums of time and money, and the rows behind them.

pub mod analytics;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use daybook_domain::rate::{NoRate, Rate, amount};
use daybook_domain::time_entry::Status;
use daybook_domain::{ClientId, MemberId, ProjectId, TimeEntryId, text_enum};
use daybook_store as store;
use jiff::Timestamp;
use jiff::civil::Date;
use store::time_entries::{Filter, TimeEntry};
use store::time_facts::Fact;

use crate::accounts::names::{self, Names};
use crate::rates::{Facts, Pricer};
use crate::{Context, Principal};

/// Entries read at once.
const CHUNK: i64 = 2_000;

text_enum! {
    /// What a report adds up by.
    GroupBy {
        /// The provider of the calendar.
        Provider = "provider",
        /// The calendar.
        Calendar = "calendar",
        /// The client.
        Client = "client",
        /// The project.
        Project = "project",
        /// Who worked.
        Member = "member",
        /// The day in the workspace's zone.
        Day = "day",
    }
}

/// A sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many entries.
    pub entries: u64,
    /// How long.
    pub minutes: i64,
    /// What of it is billed.
    pub billable_minutes: i64,
    /// What of it is approved or invoiced.
    pub approved_minutes: i64,
    /// Billable time that has no rate.
    pub unpriced_minutes: i64,
    /// What it comes to, by currency, in minor units; each entry is rounded by itself.
    pub amounts: BTreeMap<String, i64>,
}

/// A line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// An id, a provider's key or a date; `None`: entries without one.
    pub key: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// How much.
    pub sum: Sum,
}

/// A report.
#[derive(Debug, Clone)]
pub struct Report {
    /// The longest first; days in order.
    pub groups: Vec<Group>,
    /// All of it.
    pub total: Sum,
}

/// Adds up time. Plain members see their own, and not what it comes to.
///
/// # Errors
/// When the database cannot be read.
pub async fn time(
    cx: &Context,
    who: &Principal,
    by: GroupBy,
    mut filter: Filter,
) -> Result<Report, store::Error> {
    filter.member_id = who.own_only().or(filter.member_id);
    let ws = who.workspace_id;
    let mut tx = cx.store.read_in(ws).await?;
    let mut pricer = Pricer::load(&mut tx, ws).await?;
    let (mut sums, mut labels) = (HashMap::<Option<String>, Sum>::new(), HashMap::new());
    let (mut total, mut after) = (Sum::default(), None);
    loop {
        let facts = store::time_facts::facts(&mut tx, ws, &filter, after, CHUNK).await?;
        let work: Vec<Facts> = facts.iter().map(work_of).collect();
        pricer.know(&mut tx, &work).await?;
        for (fact, work) in facts.iter().zip(&work) {
            let price = who.keeps_books().then(|| pricer.price(work));
            let key = key_of(by, fact, pricer.day(fact.started_at));
            if let (Some(key), Some(name)) = (&key, &fact.calendar_name)
                && by == GroupBy::Calendar
            {
                labels.insert(key.clone(), name.clone());
            }
            total.add(fact, price.as_ref());
            sums.entry(key).or_default().add(fact, price.as_ref());
        }
        match facts.last() {
            Some(last) if facts.len() as i64 >= CHUNK => after = Some((last.started_at, last.id)),
            _ => break,
        }
    }
    drop(tx);
    let keys: Vec<&str> = sums.keys().filter_map(Option::as_deref).collect();
    labels.extend(labels_of(cx, who, by, &keys).await?);
    let mut groups: Vec<Group> = sums
        .into_iter()
        .map(|(key, sum)| Group {
            name: key.as_ref().and_then(|key| labels.get(key).cloned()),
            key,
            sum,
        })
        .collect();
    groups.sort_by(|a, b| match by {
        GroupBy::Day => a.key.cmp(&b.key),
        _ => b
            .sum
            .minutes
            .cmp(&a.sum.minutes)
            .then_with(|| a.key.cmp(&b.key)),
    });
    Ok(Report { groups, total })
}

impl Sum {
    /// Without a price the money is not told.
    fn add(&mut self, fact: &Fact, price: Option<&Result<Rate, NoRate>>) {
        let minutes = fact.duration_minutes;
        self.entries += 1;
        self.minutes += minutes;
        if matches!(fact.status, Status::Approved | Status::Invoiced) {
            self.approved_minutes += minutes;
        }
        if !fact.billable {
            return;
        }
        self.billable_minutes += minutes;
        match price {
            None => {}
            Some(Ok(rate)) => {
                let sum = self.amounts.entry(rate.currency.clone()).or_default();
                *sum = sum.saturating_add(amount(rate.hourly_minor, minutes));
            }
            Some(Err(_)) => self.unpriced_minutes += minutes,
        }
    }
}

fn work_of(fact: &Fact) -> Facts {
    Facts {
        member_id: fact.member_id,
        project_id: fact.project_id,
        client_id: fact.client_id,
        started_at: fact.started_at,
        billable: fact.billable,
    }
}

fn key_of(by: GroupBy, fact: &Fact, day: Date) -> Option<String> {
    match by {
        GroupBy::Provider => fact.provider.clone(),
        GroupBy::Calendar => fact.calendar_id.map(|id| id.to_string()),
        GroupBy::Client => fact.client_id.map(|id| id.to_string()),
        GroupBy::Project => fact.project_id.map(|id| id.to_string()),
        GroupBy::Member => Some(fact.member_id.to_string()),
        GroupBy::Day => Some(day.to_string()),
    }
}

async fn labels_of(
    cx: &Context,
    who: &Principal,
    by: GroupBy,
    keys: &[&str],
) -> Result<HashMap<String, String>, store::Error> {
    let (mut members, mut clients, mut projects) = (vec![], vec![], vec![]);
    match by {
        GroupBy::Member => members = ids::<MemberId>(keys),
        GroupBy::Client => clients = ids::<ClientId>(keys),
        GroupBy::Project => projects = ids::<ProjectId>(keys),
        GroupBy::Provider | GroupBy::Calendar | GroupBy::Day => return Ok(HashMap::new()),
    }
    let names = names::load(cx, who, members.clone(), clients.clone(), projects.clone()).await?;
    let mut labels = HashMap::new();
    labels.extend(members.iter().map(|id| (id.to_string(), names.member(*id))));
    let named = |id: String, name: Option<String>| name.map(|name| (id, name));
    labels.extend(
        clients
            .iter()
            .filter_map(|id| named(id.to_string(), names.client(Some(*id)))),
    );
    labels.extend(
        projects
            .iter()
            .filter_map(|id| named(id.to_string(), names.project(Some(*id)))),
    );
    Ok(labels)
}

fn ids<T: std::str::FromStr>(keys: &[&str]) -> Vec<T> {
    keys.iter().filter_map(|key| key.parse().ok()).collect()
}

/// A row of an export.
#[derive(Debug, Clone)]
pub struct Row {
    /// The entry.
    pub entry: TimeEntry,
    /// Its day in the workspace's zone.
    pub day: Date,
    /// The price of its hour.
    pub rate: Option<Rate>,
}

/// Some rows of an export, the earliest first, with the names of what they refer to. Plain members see their own.
///
/// # Errors
/// When the database cannot be read.
pub async fn rows(
    cx: &Context,
    who: &Principal,
    filter: &Filter,
    after: Option<(Timestamp, TimeEntryId)>,
    limit: i64,
) -> Result<(Vec<Row>, Names), store::Error> {
    let filter = Filter {
        member_id: who.own_only().or(filter.member_id),
        ..filter.clone()
    };
    let ws = who.workspace_id;
    let mut tx = cx.store.read_in(ws).await?;
    let entries = store::time_facts::ascending(&mut tx, ws, &filter, after, limit).await?;
    let mut pricer = Pricer::load(&mut tx, ws).await?;
    let work: Vec<Facts> = entries.iter().map(Facts::from).collect();
    pricer.know(&mut tx, &work).await?;
    drop(tx);
    let distinct: BTreeSet<MemberId> = entries.iter().map(|entry| entry.member_id).collect();
    let clients = entries.iter().filter_map(|entry| entry.client_id).collect();
    let projects = entries
        .iter()
        .filter_map(|entry| entry.project_id)
        .collect();
    let names = names::load(cx, who, distinct.into_iter().collect(), clients, projects).await?;
    let rows = entries
        .into_iter()
        .zip(&work)
        .map(|(entry, work)| Row {
            day: pricer.day(entry.started_at),
            rate: pricer.price(work).ok().filter(|_| who.keeps_books()),
            entry,
        })
        .collect();
    Ok((rows, names))
}
