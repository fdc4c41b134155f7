//! `/time`: answers at once, with what only the person sees.

use std::borrow::Cow;

use daybook_domain::duration::{self, Command as Words};
use daybook_store as store;
use serde_json::Value;
use store::slack::requests::{self, Claim};
use url::form_urlencoded;

use super::blocks::{self, Fields, Form, say};
use super::entry::{self, Logged, New};
use super::who::{Bound, Known, Sender, resolve};
use super::{Error, grammar, link, meetings, respond, time};
use crate::timesheets::placement;
use crate::{Context, timesheets};

const USAGE: &str = "*How to log time*\n\
• `/time 2.5 hours: Design review`: also `2h 30m`, `1:30`, `90min`, `2,5 h`\n\
• `/time 1h yesterday: Planning #website`: another day, and a project\n\
• `/time today`: what you logged today\n\
• `/time undo`: takes back what you last logged here\n\
• `/time`: opens a form";

const NOTHING_TO_UNDO: &str = "There is nothing to take back: what you last logged here is approved, invoiced or gone already.";

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
            let (trigger, url) = (command.trigger.as_deref(), command.url.clone());
            open_form(cx, bound, trigger, url, "{}").await?;
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

/// The form of a new entry; `about` comes back with it.
pub(super) async fn open_form(
    cx: &Context,
    bound: &Bound,
    trigger: Option<&str>,
    url: Option<String>,
    about: &str,
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
    let view = blocks::modal(Form::New, &fields, about);
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
    if let Some(answer) = answered(requests::claim(&mut tx, workspace, &key).await?)? {
        return Ok(Some(answer));
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

/// Takes the last entry back and keeps the answer, in one transaction: the same command again takes nothing else back.
async fn take_back(cx: &Context, bound: &Bound, command: &Command) -> Result<Option<Value>, Error> {
    let (ws, key) = (bound.workspace(), key(command));
    let mut tx = cx.store.write_in(ws).await?;
    if let Some(answer) = answered(requests::claim(&mut tx, ws, &key).await?)? {
        return Ok(Some(answer));
    }
    let (answer, gone) = match entry::take_back(&mut tx, &bound.who).await {
        Ok(Some(gone)) => (blocks::ephemeral(&blocks::deleted(&gone)), Some(gone)),
        Ok(None) => (say(NOTHING_TO_UNDO), None),
        Err(error) => {
            let answer = refused(error)?;
            // Nothing of it is kept but what was answered.
            drop(tx);
            tx = cx.store.write_in(ws).await?;
            if let Some(answer) = answered(requests::claim(&mut tx, ws, &key).await?)? {
                return Ok(Some(answer));
            }
            (answer, None)
        }
    };
    requests::answer(&mut tx, ws, &key, &answer).await?;
    tx.commit().await?;
    if let Some(gone) = gone {
        entry::tell(cx, &bound.who, &gone);
    }
    Ok(Some(answer))
}

/// What was answered to a request before; `None` when it is new. While the first of it is under way there is no answer yet.
pub(super) fn answered(claim: Claim) -> store::Result<Option<Value>> {
    match claim {
        Claim::Fresh => Ok(None),
        Claim::Again(answer) => Ok(Some(answer)),
        Claim::Busy => Err(store::Error::Locked),
    }
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
