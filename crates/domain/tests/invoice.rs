#![expect(clippy::unwrap_used, reason = "tests")]
//! Money never goes astray: over random work, in every mode and currency, the parts of an invoice add up to its total; and over
//! fixed work, the totals are those written down in `golden/invoices.txt`, whatever version runs.

use std::fmt::Write as _;

use daybook_domain::invoice::{
    BadTotal, Discount, Grouping, Quantity, Rounding, RoundingMode, RoundingPer, Tax, TaxCategory,
    Totals, Unit, Work, draw, total,
};
use daybook_domain::money::{Currency, MAX_MINOR, bounded};
use daybook_domain::{MemberId, ProjectId, TimeEntryId};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

const CURRENCIES: &[&str] = &["EUR", "USD", "CHF", "JPY", "KWD", "HUF", "CLF"];

fn tax(category: TaxCategory, rate: i64) -> Tax {
    Tax {
        name: "VAT".into(),
        category,
        rate,
        reason: None,
    }
}

fn taxes() -> [Tax; 4] {
    [
        tax(TaxCategory::Standard, 810),
        tax(TaxCategory::Standard, 1900),
        tax(TaxCategory::Zero, 0),
        tax(TaxCategory::Standard, 1),
    ]
}

fn day(offset: i64) -> Date {
    date(2026, 11, 1)
        .checked_add(jiff::Span::new().days(offset))
        .unwrap()
}

fn work(n: u128, offset: i64, member: u128, project: u128, minutes: i64, rate: i64) -> Work {
    Work {
        entry: TimeEntryId::from_uuid(Uuid::from_u128(n)),
        day: day(offset),
        member: MemberId::from_uuid(Uuid::from_u128(member)),
        member_name: format!("Member {member}"),
        project: (project > 0).then(|| ProjectId::from_uuid(Uuid::from_u128(project))),
        project_name: (project > 0).then(|| format!("Project {project}")),
        description: format!("Work {n}"),
        minutes,
        rate_minor: rate,
    }
}

fn any_work() -> impl Strategy<Value = Vec<Work>> {
    let one = (0_i64..6, 1_u128..4, 0_u128..4, 1_i64..=10_080, 0_usize..4);
    proptest::collection::vec(one, 0..60).prop_map(|all| {
        let rates = [0, 9_999, 12_050, 100_000_000];
        all.into_iter()
            .enumerate()
            .map(|(n, (offset, member, project, minutes, rate))| {
                work(n as u128 + 1, offset, member, project, minutes, rates[rate])
            })
            .collect()
    })
}

fn any_rounding() -> impl Strategy<Value = Rounding> {
    (0_usize..4, 1_i64..=480, 0_usize..3).prop_map(|(mode, minutes, per)| Rounding {
        mode: RoundingMode::ALL[mode],
        minutes,
        per: RoundingPer::ALL[per],
    })
}

fn any_discount() -> impl Strategy<Value = Option<Discount>> {
    prop_oneof![
        Just(None),
        (0_i64..=10_000).prop_map(|rate| Some(Discount::Percent { rate })),
        (0_i64..=5_000).prop_map(|minor| Some(Discount::Amount { minor })),
    ]
}

fn priced(work: &[Work], grouping: Grouping, rounding: Rounding) -> Vec<(i64, Tax)> {
    let rates = taxes();
    draw(work, grouping, rounding)
        .iter()
        .enumerate()
        .map(|(n, line)| {
            let quantity = Quantity {
                unit: Unit::Hour,
                count: line.minutes,
            };
            let amount = quantity.amount(line.rate_minor).unwrap();
            (amount, rates[n % rates.len()].clone())
        })
        .collect()
}

/// The whole of it: nothing appears and nothing gets lost between lines, discount, taxes and total.
fn check(lines: &[(i64, Tax)], totals: &Totals) {
    let sum: i64 = lines.iter().map(|(amount, _)| amount).sum();
    assert_eq!(totals.lines_minor, sum);
    assert_eq!(totals.net_minor, sum - totals.discount_minor);
    let of = |pick: fn(&daybook_domain::invoice::TaxTotal) -> i64| -> i64 {
        totals.taxes.iter().map(pick).sum()
    };
    assert_eq!(of(|tax| tax.lines_minor), sum);
    assert_eq!(of(|tax| tax.discount_minor), totals.discount_minor);
    assert_eq!(of(|tax| tax.base_minor), totals.net_minor);
    assert_eq!(of(|tax| tax.tax_minor), totals.tax_minor);
    assert_eq!(totals.total_minor, totals.net_minor + totals.tax_minor);
    for one in &totals.taxes {
        assert_eq!(one.base_minor, one.lines_minor - one.discount_minor);
        // Within half a unit of the exact tax, by whole numbers.
        let exact = i128::from(one.base_minor) * i128::from(one.tax.rate);
        assert!((i128::from(one.tax_minor) * 10_000 - exact).abs() * 2 <= 10_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn lines_add_up_to_the_total(work in any_work(), rounding in any_rounding(), discount in any_discount(), code in 0..CURRENCIES.len()) {
        let currency: Currency = CURRENCIES[code].parse().unwrap();
        for grouping in Grouping::ALL {
            let lines = priced(&work, *grouping, rounding);
            match total(&lines, discount) {
                Ok(totals) => {
                    check(&lines, &totals);
                    // What is printed says the same.
                    let printed: i64 = lines.iter().map(|(amount, _)| {
                        let text = currency.plain(*amount);
                        daybook_domain::money::parse_decimal(&text, currency.decimals()).unwrap()
                    }).sum();
                    prop_assert_eq!(printed, totals.lines_minor);
                }
                Err(error) => prop_assert_eq!(error, BadTotal::DiscountTooLarge),
            }
        }
    }

    #[test]
    fn the_order_of_entries_makes_no_difference(work in any_work(), rounding in any_rounding(), seed in any::<u64>()) {
        let mut shuffled = work.clone();
        let mut state = seed;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        for grouping in Grouping::ALL {
            prop_assert_eq!(draw(&work, *grouping, rounding), draw(&shuffled, *grouping, rounding));
        }
    }

    #[test]
    fn every_entry_is_on_one_line_and_rounding_keeps_its_side(work in any_work(), rounding in any_rounding()) {
        let exact: i64 = work.iter().map(|work| work.minutes).sum();
        for grouping in Grouping::ALL {
            let lines = draw(&work, *grouping, rounding);
            let mut ids: Vec<_> = lines.iter().flat_map(|line| line.entries.clone()).collect();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), work.len());
            prop_assert_eq!(lines.iter().map(|line| line.entries.len()).sum::<usize>(), work.len());
            let billed: i64 = lines.iter().map(|line| line.minutes).sum();
            match rounding.mode {
                RoundingMode::None => prop_assert_eq!(billed, exact),
                RoundingMode::Up => prop_assert!(billed >= exact),
                RoundingMode::Down => prop_assert!(billed <= exact),
                RoundingMode::Nearest => {
                    let steps = work.len() as i64;
                    prop_assert!((billed - exact).abs() <= steps * (rounding.minutes + 1) / 2);
                }
            }
        }
    }

    #[test]
    fn no_amount_makes_it_panic(count in any::<i64>(), price in any::<i64>(), rate in 0_i64..=10_000, minor in any::<i64>()) {
        for unit in Unit::ALL {
            if let Ok(amount) = (Quantity { unit: *unit, count }).amount(price) {
                prop_assert!(amount.abs() <= MAX_MINOR);
                let lines = vec![(amount, tax(TaxCategory::Standard, rate.max(1))); 3];
                for discount in [None, Some(Discount::Percent { rate }), Some(Discount::Amount { minor })] {
                    if let Ok(totals) = total(&lines, discount) {
                        check(&lines, &totals);
                    }
                }
            }
        }
    }
}

#[test]
fn absurd_amounts_are_refused() {
    let full = Quantity {
        unit: Unit::Item,
        count: i64::MAX,
    };
    assert!(full.amount(i64::MAX).is_err());
    assert!(bounded(i128::from(MAX_MINOR) + 1).is_err());
    let most = vec![(MAX_MINOR, tax(TaxCategory::Zero, 0)); 2];
    assert_eq!(total(&most, None), Err(BadTotal::TooLarge));
    let taxed = [(MAX_MINOR, tax(TaxCategory::Standard, 1900))];
    assert_eq!(total(&taxed, None), Err(BadTotal::TooLarge));
}

#[test]
fn totals_that_make_no_sense_are_refused() {
    let line = |amount| vec![(amount, tax(TaxCategory::Standard, 1900))];
    let more = Some(Discount::Amount { minor: 101 });
    assert_eq!(total(&line(100), more), Err(BadTotal::DiscountTooLarge));
    let less = Some(Discount::Amount { minor: -1 });
    assert_eq!(total(&line(100), less), Err(BadTotal::DiscountTooLarge));
    assert_eq!(total(&line(-1), None), Err(BadTotal::Negative));
    let mixed = [(1, Tax::none()), (1, tax(TaxCategory::Zero, 0))];
    assert_eq!(total(&mixed, None), Err(BadTotal::Mixed));
    assert_eq!(total(&[], None).unwrap(), Totals::default());
}

/// Fixed work, in every mode, grouping, currency and discount: a total that differs from the file would change an invoice that
/// somebody has in their books. Write the file anew only together with a migration that keeps old invoices:
/// `DAYBOOK_WRITE_GOLDEN=1 cargo test -p daybook-domain --test invoice`.
#[test]
fn totals_never_change() {
    let all: Vec<Work> = (0..40)
        .map(|n: i64| {
            let (minutes, rate) = ((n * 37) % 131 + 1, [12_000, 9_950, 13_333][n as usize % 3]);
            work(
                n as u128 + 1,
                n % 7,
                n as u128 % 3 + 1,
                n as u128 % 4,
                minutes,
                rate,
            )
        })
        .collect();
    let discounts = [
        None,
        Some(Discount::Percent { rate: 333 }),
        Some(Discount::Amount { minor: 1_001 }),
    ];
    let mut found = String::new();
    for grouping in Grouping::ALL {
        for mode in RoundingMode::ALL {
            for per in RoundingPer::ALL {
                for minutes in [1, 6, 15] {
                    let rounding = Rounding {
                        mode: *mode,
                        minutes,
                        per: *per,
                    };
                    for (n, discount) in discounts.iter().enumerate() {
                        let lines = priced(&all, *grouping, rounding);
                        let totals = total(&lines, *discount).unwrap();
                        check(&lines, &totals);
                        writeln!(
                            found,
                            "{grouping} {mode} {minutes} {per} discount {n}: {} lines, {} - {} + {} = {}",
                            lines.len(), totals.lines_minor, totals.discount_minor, totals.tax_minor, totals.total_minor
                        ).unwrap();
                    }
                }
            }
        }
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/invoices.txt");
    if std::env::var_os("DAYBOOK_WRITE_GOLDEN").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).unwrap();
        std::fs::write(file, &found).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap();
    for (now, then) in found.lines().zip(kept.lines()) {
        assert_eq!(now, then);
    }
    assert_eq!(found.lines().count(), kept.lines().count());
}
