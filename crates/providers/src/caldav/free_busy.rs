//! Asking a CalDAV server when calendars are busy; many cannot say, and then the mirror does (contracts/caldav-apple §7).

use async_trait::async_trait;
use daybook_provider_api::calendar::FreeBusy;
use daybook_provider_api::calendar::free_busy::Answer;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::{Error, Result, Session};
use jiff::Timestamp;

use super::calls::FreeBusyQuery;
use super::href::Href;
use super::transport::{Transport, ask};
use super::{Caldav, errors};

#[async_trait]
impl FreeBusy for Caldav {
    async fn free_busy(
        &self,
        session: &Session<'_>,
        calendars: &[String],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Answer>> {
        ask_all(session, calendars, &FreeBusyQuery { from, to }).await
    }
}

/// One calendar after the other. A server that cannot do the report is asked once.
pub(super) async fn ask_all(
    transport: &dyn Transport,
    calendars: &[String],
    call: &FreeBusyQuery,
) -> Result<Vec<Answer>> {
    let trusted = transport.trusted().ok_or_else(errors::bad_address)?;
    let mut answers = Vec::with_capacity(calendars.len());
    let mut failed: Option<Error> = None;
    let mut unsupported = false;
    for calendar in calendars {
        let Some(href) = Href::of(&trusted, calendar) else {
            answers.push(Answer::Unknown("address".to_owned()));
            continue;
        };
        if unsupported {
            answers.push(Answer::CannotAsk);
            continue;
        }
        if let Some(error) = &failed {
            answers.push(Answer::Unknown(word(error)));
            continue;
        }
        match ask(transport, &trusted, &href.url(&trusted), call).await {
            Ok((busy, _)) => answers.push(Answer::Known(busy)),
            Err(error) if errors::is_unsupported(&error) || is_no_answer(&error) => {
                unsupported = true;
                answers.push(Answer::CannotAsk);
            }
            Err(error) if is_unexplained(&error) => answers.push(Answer::CannotAsk),
            Err(error) if is_about_calendar(error.kind) => {
                answers.push(Answer::Unknown(word(&error)));
            }
            Err(error) => {
                answers.push(Answer::Unknown(word(&error)));
                failed = Some(error);
            }
        }
    }
    let learned = answers.iter().any(|one| !matches!(one, Answer::Unknown(_)));
    match failed {
        Some(error) if !learned => Err(error),
        _ => Ok(answers),
    }
}

/// A success that holds something else: the server took the report for another call.
fn is_no_answer(error: &Error) -> bool {
    error.code.as_deref() == Some("not_free_busy") || matches!(error.status, Some(207))
}

/// A refusal that names no right: the report may be what is refused. Whether the calendar may be read, the next sync finds out.
fn is_unexplained(error: &Error) -> bool {
    error.kind == ErrorKind::Scope && error.code.is_none()
}

const fn is_about_calendar(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::Gone | ErrorKind::Scope
    )
}

fn word(error: &Error) -> String {
    error
        .code
        .clone()
        .unwrap_or_else(|| error.kind.as_str().to_owned())
}
