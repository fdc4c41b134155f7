//! Takes over what another product recorded: in batches, each row once however often the file is read, and with a reason for every row that is
//! left out.

mod names;

use std::collections::{BTreeMap, HashMap, HashSet};

use daybook_domain::MemberId;
use daybook_domain::import::{Refused, Row, Started};
use daybook_domain::time_entry::{Source, Status};
use daybook_store as store;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::connections;
use store::time_entries::NewTimeEntry;

use super::placement::MORNING;
use super::policy::Policy;
use super::{Error, convert, history};
use crate::{Context, Principal};
use names::Names;

/// Rows in one transaction.
const BATCH: usize = 500;
/// The most accounts of a member.
const ACCOUNTS: i64 = 1_000;
/// Refused rows that a report names; the others are counted.
pub const MAX_NAMED: usize = 1_000;

/// How a file is taken over.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The product, as part of what makes a row that row.
    pub product: &'static str,
    /// The zone of the file's wall times.
    pub zone: TimeZone,
    /// Where the entries stand then.
    pub status: Status,
    /// Look only: nothing is kept.
    pub dry_run: bool,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Rows in it.
    pub rows: u64,
    /// Entries made.
    pub created: u64,
    /// Rows that an earlier import had taken.
    pub already_there: u64,
    /// Minutes of what was made.
    pub minutes: i64,
    /// Rows left out.
    pub refused: u64,
    /// The first [`MAX_NAMED`] of them.
    pub reasons: Vec<Reason>,
    /// Clients that were not there before.
    pub new_clients: Vec<String>,
    /// Projects that were not there before.
    pub new_projects: Vec<String>,
}

/// Why a row was left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reason {
    /// Which.
    pub row: u64,
    /// Why.
    pub reason: String,
}

/// The addresses under which the caller is invited, in small letters: their own, and those of the accounts they connected.
///
/// # Errors
/// When the database cannot be read.
pub async fn addresses(cx: &Context, who: &Principal) -> store::Result<Vec<String>> {
    let mut tx = cx.store.read_in(who.workspace_id).await?;
    let user = store::users::get(&mut tx, who.user_id).await?;
    let filter = connections::Filter {
        member_id: Some(who.member_id),
        ..connections::Filter::default()
    };
    let accounts = connections::list(&mut tx, who.workspace_id, &filter, None, ACCOUNTS).await?;
    let accounts = accounts.into_iter().filter_map(|one| one.account_email);
    let all = accounts.chain([user.email]);
    Ok(all.map(|email| email.trim().to_lowercase()).collect())
}

/// Takes the rows over. Rows that name nobody are the caller's own; only those who manage the workspace take over others' time.
///
/// # Errors
/// [`Error::Store`]; and whatever `rows` fails with. What earlier batches made stays, and reading the file again goes on from there.
pub async fn import<E: From<Error>>(
    cx: &Context,
    who: &Principal,
    plan: &Plan,
    rows: impl Iterator<Item = Result<Result<Row, Refused>, E>>,
    mut progress: impl FnMut(u64),
) -> Result<Report, E> {
    let policy = {
        let mut tx = cx
            .store
            .read_in(who.workspace_id)
            .await
            .map_err(Error::from)?;
        Policy::load(&mut tx, who.workspace_id)
            .await
            .map_err(Error::from)?
    };
    let mut work = Work {
        cx,
        policy,
        who,
        plan,
        names: Names::load(cx, who).await?,
        seen: HashMap::new(),
        report: Report::default(),
    };
    let mut batch = Vec::with_capacity(BATCH);
    for row in rows {
        work.report.rows += 1;
        match row? {
            Err(refused) => work.refuse(refused.line, refused.reason),
            Ok(row) => batch.push(row),
        }
        if batch.len() == BATCH {
            work.take(std::mem::take(&mut batch)).await?;
            progress(work.report.rows);
        }
    }
    work.take(batch).await?;
    progress(work.report.rows);
    Ok(work.report)
}

struct Work<'a> {
    cx: &'a Context,
    policy: Policy,
    who: &'a Principal,
    plan: &'a Plan,
    names: Names,
    /// How often a row like this one has come.
    seen: HashMap<[u8; 16], u32>,
    report: Report,
}

impl Work<'_> {
    fn refuse(&mut self, row: u64, reason: String) {
        self.report.refused += 1;
        if self.report.reasons.len() < MAX_NAMED {
            self.report.reasons.push(Reason { row, reason });
        }
    }

    /// One transaction.
    async fn take(&mut self, rows: Vec<Row>) -> Result<(), Error> {
        let ws = self.who.workspace_id;
        let mut tx = self.cx.store.write_in(ws).await?;
        let mut new = Vec::with_capacity(rows.len());
        for (row, entry) in self.fresh(&mut tx, rows).await? {
            match self.names.booked_on(&mut tx, ws, &row).await? {
                Ok((client_id, project)) => new.push(NewTimeEntry {
                    client_id,
                    project_id: project.map(|(id, _)| id),
                    billable: row
                        .billable
                        .or(project.map(|(_, billable)| billable))
                        .unwrap_or(true),
                    ..entry
                }),
                Err(reason) => self.refuse(row.line, reason),
            }
        }
        let mut made = Vec::with_capacity(new.len());
        for entry in store::imports::create_many(&mut tx, ws, &new).await? {
            made.push(convert::bill(&mut tx, entry, false).await?);
        }
        history::all_created(&mut tx, self.who, &made, "imported").await?;
        self.report.created += made.len() as u64;
        self.report.already_there += (new.len() - made.len()) as u64;
        self.report.minutes += made.iter().map(|entry| entry.duration_minutes).sum::<i64>();
        if self.plan.dry_run {
            tx.rollback().await?;
            self.names.forget_new();
        } else {
            tx.commit().await?;
            self.names.keep_new();
        }
        let (clients, projects) = self.names.made();
        self.report.new_clients = clients;
        self.report.new_projects = projects;
        Ok(())
    }

    /// The rows that no earlier import took, and what they come to. Nothing is looked up or made for the others: what they name may be
    /// called otherwise by now, or be archived.
    async fn fresh(
        &mut self,
        tx: &mut store::Tx,
        rows: Vec<Row>,
    ) -> Result<Vec<(Row, NewTimeEntry)>, Error> {
        let mut read = Vec::with_capacity(rows.len());
        let mut causes: BTreeMap<MemberId, Vec<String>> = BTreeMap::new();
        for row in rows {
            let owner = self.names.owner(self.who, &row);
            match owner.and_then(|owner| self.entry(&row, owner)) {
                Ok(entry) => {
                    let of = causes.entry(entry.member_id).or_default();
                    of.extend(entry.cause_key.clone());
                    read.push((row, entry));
                }
                Err(reason) => self.refuse(row.line, reason),
            }
        }
        let mut there = HashSet::new();
        for (member, causes) in causes {
            let ws = self.who.workspace_id;
            let found = store::imports::there(tx, ws, member, &causes).await?;
            there.extend(found.into_iter().map(|cause| (member, Some(cause))));
        }
        let before = read.len();
        read.retain(|(_, entry)| !there.contains(&(entry.member_id, entry.cause_key.clone())));
        self.report.already_there += (before - read.len()) as u64;
        Ok(read)
    }

    fn entry(&mut self, row: &Row, member_id: MemberId) -> Result<NewTimeEntry, String> {
        let started_at = self.begin(row.started)?;
        self.policy
            .start(self.cx, started_at)
            .map_err(|error| format!("its start {error}"))?;
        let ended_at = match row.started {
            Started::On(_) => None,
            Started::Wall(_) | Started::At(_) => started_at
                .checked_add(SignedDuration::from_mins(row.minutes))
                .ok(),
        };
        Ok(NewTimeEntry {
            member_id,
            source: Source::Import,
            status: self.plan.status,
            description: row.description.clone(),
            started_at,
            ended_at,
            duration_minutes: row.minutes,
            client_id: None,
            project_id: None,
            billable: true,
            synced_event_id: None,
            calendar_id: None,
            cause_key: Some(self.cause(row)),
            tags: row.tags.clone(),
        })
    }

    fn begin(&self, started: Started) -> Result<Timestamp, String> {
        let wall = match started {
            Started::At(at) => return Ok(at),
            Started::Wall(wall) => wall,
            Started::On(day) => day.at(MORNING, 0, 0, 0),
        };
        wall.to_zoned(self.plan.zone.clone())
            .map(|zoned| zoned.timestamp())
            .map_err(|_| format!("{wall} cannot be placed in time"))
    }

    /// The meeting, where the row is one: the same that a calendar shows. Otherwise what makes this row that row, and which of several equal ones it is: the same file names the same causes again.
    fn cause(&mut self, row: &Row) -> String {
        if let Some(meeting) = &row.meeting {
            return meeting.clone();
        }
        let mut hash = Sha256::new();
        let started = match row.started {
            Started::On(day) => day.to_string(),
            Started::Wall(wall) => wall.to_string(),
            Started::At(at) => at.to_string(),
        };
        let minutes = row.minutes.to_string();
        let texts = [
            Some(started.as_str()),
            Some(minutes.as_str()),
            row.email.as_deref(),
            row.person.as_deref(),
            row.client.as_deref(),
            row.project.as_deref(),
            Some(row.description.as_str()),
        ];
        let tags = row.tags.iter().map(|tag| Some(tag.as_str()));
        for text in texts.into_iter().chain(tags) {
            // The length first, so that "a" + "bc" is not "ab" + "c".
            let text = text.unwrap_or_default();
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        let digest = hash.finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        let count = self.seen.entry(key).or_default();
        *count += 1;
        let product = self.plan.product;
        format!("import:{product}:{:032x}:{count}", u128::from_be_bytes(key))
    }
}
