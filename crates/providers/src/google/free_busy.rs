//! Asking Google when calendars are busy, in as many calls as its limits want (contracts/google §8).

use async_trait::async_trait;
use daybook_provider_api::calendar::FreeBusy;
use daybook_provider_api::calendar::free_busy::{Answer, Busy};
use daybook_provider_api::{Error, Result, Session};
use jiff::{SignedDuration, Timestamp};

use super::Google;
use super::calls::free_busy::{self, CALENDARS, DAYS};

#[async_trait]
impl FreeBusy for Google {
    async fn free_busy(
        &self,
        session: &Session<'_>,
        calendars: &[String],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(calendars.len());
        let mut failed: Option<Error> = None;
        for chunk in calendars.chunks(CALENDARS) {
            // After a failure the rest is not asked: the limit or the grant is the same for all.
            let told = match &failed {
                Some(error) => Err(error.clone()),
                None => ask(session, chunk, from, to).await,
            };
            match told {
                Ok(told) => answers.extend(told),
                Err(error) => {
                    answers.extend(chunk.iter().map(|_| Answer::Unknown(word(&error))));
                    failed.get_or_insert(error);
                }
            }
        }
        let learned = answers.iter().any(|one| matches!(one, Answer::Known(_)));
        match failed {
            Some(error) if !learned => Err(error),
            _ => Ok(answers),
        }
    }
}

/// One chunk of calendars, month by month.
async fn ask(
    session: &Session<'_>,
    chunk: &[String],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Answer>> {
    let mut answers = vec![Answer::Known(Vec::new()); chunk.len()];
    for (from, to) in months(from, to) {
        let call = free_busy::FreeBusy {
            calendars: chunk,
            from,
            to,
        };
        for (sum, more) in answers.iter_mut().zip(call.send(session).await?) {
            add(sum, more);
        }
    }
    for answer in &mut answers {
        if let Answer::Known(busy) = answer {
            *busy = joined(std::mem::take(busy));
        }
    }
    Ok(answers)
}

/// The range cut into pieces that Google answers.
fn months(from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut pieces = Vec::new();
    let mut at = from;
    while at < to {
        let longest = SignedDuration::from_hours(24 * DAYS);
        let end = at.checked_add(longest).unwrap_or(Timestamp::MAX).min(to);
        pieces.push((at, end));
        at = end;
    }
    pieces
}

/// What is unknown in one month is unknown.
fn add(sum: &mut Answer, more: Answer) {
    match (&mut *sum, more) {
        (Answer::Known(sum), Answer::Known(more)) => sum.extend(more),
        (Answer::Known(_), unknown) => *sum = unknown,
        (Answer::Unknown(_) | Answer::CannotAsk, _) => {}
    }
}

/// In order, and what touches or overlaps (an event over the end of a month) in one piece.
fn joined(mut busy: Vec<Busy>) -> Vec<Busy> {
    busy.retain(|one| one.start < one.end);
    busy.sort_unstable();
    let mut out: Vec<Busy> = Vec::with_capacity(busy.len());
    for one in busy {
        match out.last_mut() {
            Some(last) if one.start <= last.end => last.end = last.end.max(one.end),
            _ => out.push(one),
        }
    }
    out
}

fn word(error: &Error) -> String {
    error
        .code
        .clone()
        .unwrap_or_else(|| error.kind.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn long_ranges_are_cut_without_gaps() {
        let (from, to) = (at("2026-01-15T00:00:00Z"), at("2026-04-01T12:00:00Z"));
        let pieces = months(from, to);
        assert_eq!(pieces.len(), 3);
        assert_eq!((pieces[0].0, pieces[2].1), (from, to));
        assert!(pieces.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert!(months(to, from).is_empty() && months(to, to).is_empty());
    }

    #[test]
    fn an_event_over_the_cut_is_one_stretch() {
        let busy = |from: &str, to: &str| Busy {
            start: at(from),
            end: at(to),
        };
        let cut = "2026-02-01T00:00:00Z";
        let told = vec![
            busy(cut, "2026-02-01T02:00:00Z"),
            busy("2026-01-31T22:00:00Z", cut),
        ];
        assert_eq!(
            joined(told),
            [busy("2026-01-31T22:00:00Z", "2026-02-01T02:00:00Z")]
        );
    }
}
