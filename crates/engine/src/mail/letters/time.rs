//! Letters about time: some that waits for approval, some that is not handed in.

use daybook_domain::account::EmailAddress;
use daybook_domain::{MemberId, WorkspaceId};
use daybook_store::{Result, Tx};

use crate::Context;
use crate::mail::paper::{Draft, page};
use crate::mail::{About, post};

/// Time waits for approval.
#[derive(Debug, Clone, Copy)]
pub struct ApprovalAsked<'a> {
    /// Names the submission: told once to each approver.
    pub fact: &'a str,
    /// An approver.
    pub to: &'a EmailAddress,
    /// The approver as a member.
    pub member: MemberId,
    /// Who submitted it.
    pub by: &'a str,
    /// What it is, such as `Week of 23 November`.
    pub what: &'a str,
    /// How much, such as `38 h 30 min`.
    pub duration: &'a str,
    /// The page of the dashboard to decide on, such as `/approvals`.
    pub path: &'a str,
}

/// Last week's time is not handed in.
#[derive(Debug, Clone, Copy)]
pub struct SubmitReminder<'a> {
    /// Whose it is.
    pub to: &'a EmailAddress,
    /// As a member.
    pub member: MemberId,
    /// The week's Monday as `2026-11-23`: told once for each.
    pub fact: &'a str,
    /// The same as `23 November`.
    pub week: &'a str,
    /// How much, such as `12 entries, 38 h 30 min`.
    pub amount: &'a str,
}

/// Asks an approver to decide.
///
/// # Errors
/// When the store fails.
pub async fn approval_asked(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &ApprovalAsked<'_>,
) -> Result<bool> {
    let letter = Draft {
        subject: format!("{} asks you to approve {}", it.by, it.what),
        heading: "Time waits for your approval".to_owned(),
        facts: vec![
            ("From", it.by.to_owned()),
            ("What", it.what.to_owned()),
            ("Time", it.duration.to_owned()),
        ],
        button: Some(("Look at it", page(cx, it.path))),
        foot: "You get this mail because you approve time in this workspace.".to_owned(),
        ..Draft::default()
    };
    let fact = format!("approval_asked {} {}", it.member, it.fact);
    let about = About {
        kind: "approval_asked",
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    post(cx, tx, ws, (about, letter)).await
}

/// Reminds a member to hand their time in.
///
/// # Errors
/// When the store fails.
pub async fn submit_reminder(
    cx: &Context,
    tx: &mut Tx,
    ws: WorkspaceId,
    it: &SubmitReminder<'_>,
) -> Result<bool> {
    let letter = Draft {
        subject: format!("Your time of the week of {} is not handed in", it.week),
        heading: "Your time is not handed in".to_owned(),
        paragraphs: vec!["What you do not submit is not approved, and not billed.".to_owned()],
        facts: vec![
            ("Week of", it.week.to_owned()),
            ("Not handed in", it.amount.to_owned()),
        ],
        button: Some(("Submit it", page(cx, "/timesheet"))),
        foot: "Switch this mail off in your settings under Notifications.".to_owned(),
    };
    let fact = format!("submit_reminder {} {}", it.member, it.fact);
    let about = About {
        kind: "submit_reminder",
        fact: &fact,
        to: it.to,
        member: Some(it.member),
    };
    post(cx, tx, ws, (about, letter)).await
}
