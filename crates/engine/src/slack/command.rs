//! `/time`: answers at once, with what only the person sees.

use std::borrow::Cow;

use daybook_domain::duration::{self, Command as Words};
use daybook_store as store;
use jiff::SignedDuration;
use serde_json::Value;
use store::slack::requests::{self, Claim};
use url::form_urlencoded;

use super::blocks::{self, Fields, Form, say};
use super::entry::{self, Logged, New};
use super::who::{Bound, Known, Sender, resolve};
use super::{Error, grammar, link, meetings, respond, time};
use crate::timesheets::placement;
use crate::{Context, timesheets};

/// How long a request is remembered: longer than its signature is good for.
pub(super) const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

const USAGE: &str = "*How to log time*\n\
• `/time 2.5 hours: Design review`: also `2h 30m`, `1:30`, `90min`, `2,5 h`\n\
• `/time 1h yesterday: Planning #website`: another day, and a project\n\
• `/time today`: what you logged today\n\
• `/time undo`: takes back what you last logged here\n\
• `/time`: opens a form";

/// A command as Slack posts it.
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// Who.
    pub sender: Sender,
    /// What they typed after the command.
    pub text: String,
    /// Opens a form, within three seconds; names this request.
    pub trigger: Option<String>,
    /// Where later answers go.
    pub url: Option<String>,
    /// Slack only looks whether somebody is there.
    pub ssl_check: bool,
}

impl Command {
    /// Reads the form.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        Self::of_fields(form_urlencoded::parse(body))
    }

    /// Reads the same as JSON.
    #[must_use]
    pub fn of_json(payload: &Value) -> Option<Self> {
        let fields = payload.as_object()?.iter().filter_map(|(name, value)| {
            let value = value.as_str()?;
            Some((name.as_str().into(), value.into()))
        });
        Self::of_fields(fields)
    }

    fn of_fields<'a>(fields: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Option<Self> {
        let mut command = Self::default();
        for (name, value) in fields {
            let field = match name.as_ref() {
                "team_id" => &mut command.sender.team_id,
                "enterprise_id" => &mut command.sender.enterprise_id,
                "user_id" => &mut command.sender.user_id,
                "text" => &mut command.text,
                "trigger_id" => command.trigger.get_or_insert_default(),
                "response_url" => command.url.get_or_insert_default(),
                "ssl_check" => {
                    command.ssl_check = value == "1";
                    continue;
                }
                _ => continue,
            };
            // Named twice, it could mean either.
            if !field.is_empty() {
                return None;
            }
            *field = value.into_owned();
        }
        command.trigger = command.trigger.filter(|text| !text.is_empty());
        command.url = command.url.filter(|text| !text.is_empty());
        (command.ssl_check || command.sender.is_sane()).then_some(command)
    }
}

/// Answers a command; `None` for an answer without a body.
///
/// # Errors
/// [`Error::Malformed`]; the database's. What people do wrong is an answer, not an error.
pub async fn handle(cx: &Context, command: Command) -> Result<Option<Value>, Error> {
    if command.ssl_check {
        return Ok(None);
    }
    match resolve(cx, &command.sender).await? {
        Known::NotInstalled => Ok(Some(say(
            "Daybook is not installed in this Slack workspace any more. Ask an owner or admin of your Daybook workspace to install it again.",
        ))),
        Known::Gone => Ok(Some(say(
            "Your Daybook account is no longer active, so nothing was logged. Ask an owner or admin of your Daybook workspace.",
        ))),
        Known::Unlinked(installation) => {
            let offer = link::offer(cx, &installation, &command.sender).await?;
            Ok(Some(blocks::ephemeral(&offer)))
        }
        Known::Member(bound) => answer(cx, &bound, command).await,
    }
}

async fn answer(cx: &Context, bound: &Bound, command: Command) -> Result<Option<Value>, Error> {
    let typed = grammar::unescaped(&command.text);
    let today = cx.clock.now().to_zoned(bound.zone.clone()).date();
    match duration::parse_command(&typed, today) {
        Ok(Words::Help) if typed.trim().is_empty() => {
            open_form(cx, bound, command.trigger.as_deref(), command.url.clone()).await?;
            Ok(Some(say(USAGE)))
        }
        Ok(Words::Help) => Ok(Some(say(USAGE))),
        Ok(Words::Today) => self::today(cx, bound).await.map(Some),
        Ok(Words::Undo) => take_back(cx, bound, &command).await,
        Ok(Words::Log(logged)) => {
            let new = New {
                minutes: logged.minutes,
                description: logged.description,
                date: logged.date,
                project: logged.project,
                tags: logged.tags,
                ..New::default()
            };
            log(cx, bound, &command, new).await
        }
        Err(error) => Ok(Some(wrong(&error.to_string()))),
    }
}

/// The form of a new entry.
pub(super) async fn open_form(
    cx: &Context,
    bound: &Bound,
    trigger: Option<&str>,
    url: Option<String>,
) -> Result<(), Error> {
    let mut tx = cx.store.read_in(bound.workspace()).await?;
    let projects = placement::projects(&mut tx, bound.workspace()).await?;
    drop(tx);
    let fields = Fields {
        date: Some(cx.clock.now().to_zoned(bound.zone.clone()).date()),
        projects: projects
            .into_iter()
            .map(|project| (project.id.to_string(), project.name))
            .collect(),
        ..Fields::default()
    };
    let view = blocks::modal(Form::New, &fields, "{}");
    respond::open_view(cx, bound, trigger, view, url);
    Ok(())
}

/// What a member logged today.
async fn today(cx: &Context, bound: &Bound) -> Result<Value, Error> {
    let now = cx.clock.now();
    let local = now.to_zoned(bound.zone.clone());
    let range = time::day(local.date(), &bound.zone);
    let mut tx = cx.store.read_in(bound.workspace()).await?;
    let entries = entry::between(&mut tx, &bound.who, range).await?;
    let open = meetings::over(&mut tx, &bound.who, (range.0, now))
        .await?
        .len();
    let day = local.strftime("%A, %-d %B").to_string();
    Ok(blocks::ephemeral(&blocks::today(
        &entries,
        open,
        &bound.zone,
        &day,
    )))
}

async fn undo(cx: &Context, bound: &Bound) -> Result<Value, Error> {
    let Some(last) = entry::last(cx, &bound.who).await? else {
        return Ok(say(
            "There is nothing to take back: what you last logged here is approved, invoiced or gone already.",
        ));
    };
    match timesheets::entries::delete(cx, &bound.who, last.id).await {
        Ok(()) => Ok(blocks::ephemeral(&blocks::deleted(&last))),
        Err(error) => refused(error.into()),
    }
}

/// Makes the entry and keeps the answer, in one transaction: the same command again is answered the same, and makes nothing.
async fn log(
    cx: &Context,
    bound: &Bound,
    command: &Command,
    new: New,
) -> Result<Option<Value>, Error> {
    let workspace = bound.workspace();
    let mut tx = cx.store.write_in(workspace).await?;
    let key = key(command);
    let expires = tx.now().await?.saturating_add(REMEMBERED);
    let expires = expires.unwrap_or(jiff::Timestamp::MAX);
    if let Claim::Again(answer) = requests::claim(&mut tx, workspace, &key, expires).await? {
        return Ok(answer);
    }
    let cause = command.trigger.as_ref().map(|trigger| {
        let team = match command.sender.team_id.as_str() {
            "" => &command.sender.enterprise_id,
            team => team,
        };
        format!("slack:{team}:{trigger}")
    });
    let made = entry::create(cx, &mut tx, &bound.who, &bound.zone, new, cause).await;
    let (logged, _) = match made {
        Ok(made) => made,
        Err(error) => return refused(error).map(Some),
    };
    let answer = confirmation(bound, &logged);
    requests::answer(&mut tx, workspace, &key, &answer).await?;
    tx.commit().await?;
    entry::tell(cx, &bound.who, &logged.entry);
    Ok(Some(answer))
}

fn confirmation(bound: &Bound, logged: &Logged) -> Value {
    blocks::ephemeral(&blocks::created(
        "Time entry created",
        &logged.entry,
        logged.project.as_deref(),
        &bound.zone,
    ))
}

/// Takes the last entry back, at most once for a command: the same again is answered as the first time.
async fn take_back(cx: &Context, bound: &Bound, command: &Command) -> Result<Option<Value>, Error> {
    let key = key(command);
    if let Claim::Again(answer) = claim(cx, bound, &key).await? {
        return Ok(answer);
    }
    let answer = undo(cx, bound).await?;
    keep(cx, bound, &key, &answer).await?;
    Ok(Some(answer))
}

/// Takes a request that must not be done twice.
pub(super) async fn claim(cx: &Context, bound: &Bound, key: &[u8; 32]) -> store::Result<Claim> {
    let mut tx = cx.store.write_in(bound.workspace()).await?;
    let expires = tx.now().await?.saturating_add(REMEMBERED);
    let expires = expires.unwrap_or(jiff::Timestamp::MAX);
    let claim = requests::claim(&mut tx, bound.workspace(), key, expires).await?;
    tx.commit().await?;
    Ok(claim)
}

/// Keeps what was answered to it.
pub(super) async fn keep(
    cx: &Context,
    bound: &Bound,
    key: &[u8; 32],
    answer: &Value,
) -> store::Result<()> {
    let mut tx = cx.store.write_in(bound.workspace()).await?;
    requests::answer(&mut tx, bound.workspace(), key, answer).await?;
    tx.commit().await
}

fn key(command: &Command) -> [u8; 32] {
    let name = command.trigger.as_deref().unwrap_or_default();
    let name = match name {
        "" => format!(
            "{}\n{}",
            command.text,
            command.url.as_deref().unwrap_or_default()
        ),
        name => name.to_owned(),
    };
    command.sender.request_key("command", &name)
}

/// What a person did wrong, as an answer; anything else stays an error.
pub(super) fn refused(error: Error) -> Result<Value, Error> {
    match error {
        Error::Invalid { detail, .. } => Ok(wrong(&detail)),
        Error::Time(timesheets::Error::Store(error)) if !is_gone(&error) => Err(error.into()),
        Error::Time(timesheets::Error::Store(_)) => Ok(say("This entry is not there any more.")),
        Error::Time(error) => Ok(wrong(&error.to_string())),
        other => Err(other),
    }
}

const fn is_gone(error: &store::Error) -> bool {
    matches!(error, store::Error::NotFound)
}

fn wrong(why: &str) -> Value {
    let why = blocks::words(why);
    say(&format!(
        "Nothing was logged: {why}.\nFor example: `/time 2.5 hours: Design review`. More with `/time help`."
    ))
}
