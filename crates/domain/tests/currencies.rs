//! The dashboard writes amounts with as many decimals as the server counts: its table is this one.

use std::collections::BTreeMap;

use daybook_domain::money::Currency;

/// Those of the dashboard that have not two decimals; it takes all others to have two.
const TABLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../web/src/lib/currencies.json"
);

#[test]
fn the_dashboard_knows_the_decimals_of_every_currency() {
    let text = std::fs::read_to_string(TABLE).unwrap();
    let table: BTreeMap<String, u32> = serde_json::from_str(&text).unwrap();
    let all = every_code().filter_map(|code| code.parse::<Currency>().ok());
    let ours: BTreeMap<String, u32> = all
        .map(|currency| (currency.code().to_owned(), currency.decimals()))
        .filter(|(_, decimals)| *decimals != 2)
        .collect();
    assert_eq!(table, ours);
}

/// `AAA` to `ZZZ`.
fn every_code() -> impl Iterator<Item = String> {
    let letters = || 'A'..='Z';
    letters().flat_map(move |a| {
        letters().flat_map(move |b| letters().map(move |c| String::from_iter([a, b, c])))
    })
}
