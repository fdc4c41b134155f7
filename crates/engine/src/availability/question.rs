//! Everything that makes no sense in a question about many people, said at once and where it is.

use daybook_domain::availability::{
    Configuration as Settings, DURATION_MINUTES, Invalid, Limit, MOST_PEOPLE, Need,
};
use jiff::{SignedDuration, Timestamp};

use super::configurations;
use super::many::{Ask, MOST, MOST_DAYS, Whom};

/// Most periods in a question.
const MOST_PERIODS: usize = 100;
/// Most sets of hours for everybody or for one person.
const MOST_HOURS: usize = 20;
/// Most limits in a question.
const MOST_LIMITS: usize = 4;
/// Most meetings that a limit may allow.
const MOST_MEETINGS: usize = 1_000;

/// Everything in the question that makes no sense.
pub(super) fn faults(ask: &Ask) -> Vec<Invalid> {
    let mut faults = Vec::new();
    let mut wrong = |pointer: &str, detail: String| {
        faults.push(Invalid {
            pointer: pointer.to_owned(),
            detail,
        });
    };
    let people = ask.participants.len();
    if people == 0 || people > MOST.min(MOST_PEOPLE) {
        wrong(
            "/participants",
            format!("must name 1 to {MOST} participants"),
        );
    }
    if let Need::AtLeast(n) = ask.need
        && !(1..=people.max(1)).contains(&n)
    {
        wrong(
            "/required",
            "must be \"all\", or a number from 1 to that of the participants".to_owned(),
        );
    }
    number_faults(ask, &mut faults);
    limit_faults(&ask.limits, &mut faults);
    period_faults(&ask.periods, &mut faults);
    hours_faults("", &ask.open_hours, &mut faults);
    // Too many are refused for being too many, whoever they are.
    let few = if people > MOST { 0 } else { people };
    for (n, participant) in ask.participants.iter().enumerate().take(few) {
        let at = format!("/participants/{n}");
        if let Whom::Calendars(ids) = &participant.whom
            && (ids.is_empty() || ids.len() > configurations::MOST_CALENDARS)
        {
            faults.push(Invalid {
                pointer: format!("{at}/calendar_ids"),
                detail: "must name 1 to 50 calendars".to_owned(),
            });
        }
        hours_faults(&at, &participant.open_hours, &mut faults);
    }
    faults
}

fn number_faults(ask: &Ask, faults: &mut Vec<Invalid>) {
    let numbers = [
        (
            "/duration_minutes",
            Some(ask.duration_minutes),
            DURATION_MINUTES,
        ),
        ("/interval_minutes", Some(ask.interval_minutes), 5..=1_440),
        ("/round_to", ask.round_to, 1..=720),
        ("/buffer/before", Some(ask.before), 0..=1_440),
        ("/buffer/after", Some(ask.after), 0..=1_440),
        (
            "/max_results",
            i64::try_from(ask.max_results).ok(),
            1..=1_000,
        ),
    ];
    for (pointer, value, range) in numbers {
        if value.is_some_and(|value| !range.contains(&value)) {
            faults.push(Invalid {
                pointer: pointer.to_owned(),
                detail: format!("must be from {} to {}", range.start(), range.end()),
            });
        }
    }
}

fn limit_faults(limits: &[Limit], faults: &mut Vec<Invalid>) {
    if limits.len() > MOST_LIMITS {
        faults.push(Invalid {
            pointer: "/limits".to_owned(),
            detail: format!("must have at most {MOST_LIMITS} entries"),
        });
    }
    for (n, limit) in limits.iter().enumerate().take(MOST_LIMITS) {
        if !(1..=MOST_MEETINGS).contains(&limit.most) {
            faults.push(Invalid {
                pointer: format!("/limits/{n}/most"),
                detail: format!("must be from 1 to {MOST_MEETINGS}"),
            });
        }
    }
}

fn period_faults(periods: &[(Timestamp, Timestamp)], faults: &mut Vec<Invalid>) {
    let mut wrong = |pointer: String, detail: &str| {
        faults.push(Invalid {
            pointer,
            detail: detail.to_owned(),
        });
    };
    if periods.is_empty() || periods.len() > MOST_PERIODS {
        wrong("/query_periods".to_owned(), "must have 1 to 100 periods");
    }
    for (n, (start, end)) in periods.iter().enumerate().take(MOST_PERIODS) {
        if end <= start {
            wrong(
                format!("/query_periods/{n}/end"),
                "must be later than start",
            );
        }
    }
    let first = periods.iter().map(|period| period.0).min();
    let last = periods.iter().map(|period| period.1).max();
    if let (Some(first), Some(last)) = (first, last)
        && last.duration_since(first) > SignedDuration::from_hours(24 * MOST_DAYS)
    {
        wrong("/query_periods".to_owned(), "must lie within 366 days");
    }
}

fn hours_faults(at: &str, all: &[Settings], faults: &mut Vec<Invalid>) {
    if all.len() > MOST_HOURS {
        faults.push(Invalid {
            pointer: format!("{at}/open_hours"),
            detail: "must have at most 20 entries".to_owned(),
        });
    }
    for (n, settings) in all.iter().enumerate().take(MOST_HOURS) {
        faults.extend(settings.faults().into_iter().map(|fault| Invalid {
            pointer: format!("{at}/open_hours/{n}{}", fault.pointer),
            detail: fault.detail,
        }));
    }
}
