//! What an hour costs: the most particular rate that is valid on the day, in the currency that is billed (SPEC §2.8).

use std::collections::HashMap;

use jiff::civil::Date;

use crate::{ClientId, MemberId, ProjectId, text_enum};

text_enum! {
    /// Whose rate it is, the most particular first.
    Level {
        /// A member's in one project.
        MemberInProject = "member_in_project",
        /// A project's.
        Project = "project",
        /// A member's.
        Member = "member",
        /// A client's.
        Client = "client",
        /// The workspace's.
        Workspace = "workspace",
    }
}

/// Whose rate it is, and when it is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// For this member's work.
    pub member_id: Option<MemberId>,
    /// In this project.
    pub project_id: Option<ProjectId>,
    /// For this client; never together with the others.
    pub client_id: Option<ClientId>,
    /// ISO 4217 code.
    pub currency: String,
    /// Price of an hour in minor units.
    pub hourly_minor: i64,
    /// First day; `None`: since ever.
    pub from: Option<Date>,
    /// Last day; `None`: until further notice.
    pub to: Option<Date>,
}

/// What is known of a piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Who did it.
    pub member_id: MemberId,
    /// In which project.
    pub project_id: Option<ProjectId>,
    /// For which client.
    pub client_id: Option<ClientId>,
    /// On which day, in the workspace's zone.
    pub day: Date,
    /// The currency it is billed in: the project's, else the client's, else the workspace's.
    pub currency: String,
    /// Whether it is billed at all.
    pub billable: bool,
}

/// The price of an hour.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rate {
    /// In minor units.
    pub hourly_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Whose rate it is.
    pub level: Level,
}

/// Why work has no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRate {
    /// It is not billed.
    #[error("this time is not billable")]
    NotBillable,
    /// Nobody said what it costs on that day.
    #[error(
        "no rate is set for this day: give one to the project, the member, the client or the workspace"
    )]
    NoneSet,
    /// Only in a currency that is not billed.
    #[error("the rate is in {found}, but this work is billed in {wanted}: set a rate in {wanted}")]
    OtherCurrency {
        /// The rate's.
        found: String,
        /// The work's.
        wanted: String,
    },
}

/// Whose: member, project, client.
type Key = (Option<MemberId>, Option<ProjectId>, Option<ClientId>);

/// All rates of a workspace, ready to be looked up.
#[derive(Debug, Clone, Default)]
pub struct Book {
    cards: HashMap<Key, Vec<Card>>,
}

impl Card {
    /// Whose rate it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        match (self.member_id, self.project_id, self.client_id) {
            (Some(_), Some(_), _) => Level::MemberInProject,
            (None, Some(_), _) => Level::Project,
            (Some(_), None, _) => Level::Member,
            (None, None, Some(_)) => Level::Client,
            (None, None, None) => Level::Workspace,
        }
    }

    /// Whether both are about the same work on some day: then one of them has to end.
    #[must_use]
    pub fn collides(&self, other: &Self) -> bool {
        let early = |date: Option<Date>| date.unwrap_or(Date::MIN);
        let late = |date: Option<Date>| date.unwrap_or(Date::MAX);
        self.key() == other.key()
            && early(self.from) <= late(other.to)
            && early(other.from) <= late(self.to)
    }

    const fn key(&self) -> Key {
        (self.member_id, self.project_id, self.client_id)
    }

    fn valid_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

impl Book {
    /// Of these rates. Where two are valid on one day, the one that began later counts.
    #[must_use]
    pub fn new(cards: impl IntoIterator<Item = Card>) -> Self {
        let mut book = Self::default();
        for card in cards {
            book.cards.entry(card.key()).or_default().push(card);
        }
        for cards in book.cards.values_mut() {
            cards.sort_by_key(|card| std::cmp::Reverse(card.from));
        }
        book
    }

    /// The price of an hour of `work`: member in project > project > member > client > workspace. A rate in another currency
    /// than the work is billed in is passed over, never converted.
    ///
    /// # Errors
    /// [`NoRate`].
    pub fn resolve(&self, work: &Work) -> Result<Rate, NoRate> {
        if !work.billable {
            return Err(NoRate::NotBillable);
        }
        let (member, project, client) = (Some(work.member_id), work.project_id, work.client_id);
        let mut other = None;
        for (there, key) in [
            (project.is_some(), (member, project, None)),
            (project.is_some(), (None, project, None)),
            (true, (member, None, None)),
            (client.is_some(), (None, None, client)),
            (true, (None, None, None)),
        ] {
            let cards = self.cards.get(&key).filter(|_| there);
            for card in cards
                .into_iter()
                .flatten()
                .filter(|card| card.valid_on(work.day))
            {
                if card.currency == work.currency {
                    return Ok(Rate {
                        hourly_minor: card.hourly_minor,
                        currency: card.currency.clone(),
                        level: card.level(),
                    });
                }
                other.get_or_insert(&card.currency);
            }
        }
        Err(
            other.map_or(NoRate::NoneSet, |found| NoRate::OtherCurrency {
                found: found.clone(),
                wanted: work.currency.clone(),
            }),
        )
    }
}

/// What `minutes` at a rate come to, in minor units, rounded half away from zero. For sums to look at: invoices round by their
/// own rules.
#[must_use]
pub fn amount(hourly_minor: i64, minutes: i64) -> i64 {
    let product = i128::from(hourly_minor) * i128::from(minutes);
    let half = if product < 0 { -30 } else { 30 };
    i64::try_from((product + half) / 60).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn member(n: u128) -> MemberId {
        Uuid::from_u128(n).into()
    }

    fn card(
        (member_id, project, client): (Option<u128>, Option<u128>, Option<u128>),
        hourly_minor: i64,
        currency: &str,
    ) -> Card {
        Card {
            member_id: member_id.map(member),
            project_id: project.map(|n| Uuid::from_u128(n).into()),
            client_id: client.map(|n| Uuid::from_u128(n).into()),
            currency: currency.into(),
            hourly_minor,
            from: None,
            to: None,
        }
    }

    fn work() -> Work {
        Work {
            member_id: member(1),
            project_id: Some(Uuid::from_u128(2).into()),
            client_id: Some(Uuid::from_u128(3).into()),
            day: date(2026, 11, 27),
            currency: "EUR".into(),
            billable: true,
        }
    }

    #[test]
    fn the_most_particular_one_counts() {
        let mut cards = vec![
            card((None, None, None), 10, "EUR"),
            card((None, None, Some(3)), 20, "EUR"),
            card((Some(1), None, None), 30, "EUR"),
            card((None, Some(2), None), 40, "EUR"),
            card((Some(1), Some(2), None), 50, "EUR"),
            card((Some(9), Some(2), None), 60, "EUR"),
        ];
        cards.pop();
        while let Some(best) = cards.last().cloned() {
            let rate = Book::new(cards.clone()).resolve(&work()).unwrap();
            assert_eq!(
                (rate.hourly_minor, rate.level),
                (best.hourly_minor, best.level())
            );
            cards.pop();
        }
        assert_eq!(Book::default().resolve(&work()), Err(NoRate::NoneSet));
    }

    #[test]
    fn the_day_decides_and_both_ends_belong_to_it() {
        let mut old = card((None, None, None), 10, "EUR");
        old.to = Some(date(2026, 11, 26));
        let mut new = card((None, None, None), 20, "EUR");
        new.from = Some(date(2026, 11, 27));
        assert!(!old.collides(&new) && new.collides(&new.clone()));
        let book = Book::new([old, new]);
        let on = |day| {
            let mut work = work();
            work.day = day;
            book.resolve(&work).unwrap().hourly_minor
        };
        assert_eq!(on(date(2026, 11, 26)), 10);
        assert_eq!(on(date(2026, 11, 27)), 20);
    }

    #[test]
    fn another_currency_is_passed_over_and_named() {
        let dollars = card((None, Some(2), None), 40, "USD");
        let book = Book::new([dollars.clone()]);
        let error = book.resolve(&work()).unwrap_err();
        assert_eq!(
            error,
            NoRate::OtherCurrency {
                found: "USD".into(),
                wanted: "EUR".into()
            }
        );
        let book = Book::new([dollars, card((None, None, None), 10, "EUR")]);
        assert_eq!(book.resolve(&work()).unwrap().level, Level::Workspace);
    }

    #[test]
    fn without_a_project_a_members_rate_is_no_project_rate() {
        let mut alone = work();
        alone.project_id = None;
        alone.client_id = None;
        let book = Book::new([card((Some(1), None, None), 30, "EUR")]);
        assert_eq!(book.resolve(&alone).unwrap().level, Level::Member);
        alone.billable = false;
        assert_eq!(book.resolve(&alone), Err(NoRate::NotBillable));
    }

    #[test]
    fn amounts_are_rounded_half_up() {
        assert_eq!(amount(9_000, 90), 13_500);
        assert_eq!(amount(1, 30), 1);
        assert_eq!(amount(1, 29), 0);
        assert_eq!(amount(-1, 30), -1);
        assert_eq!(amount(i64::MAX, 1440), i64::MAX);
    }
}
