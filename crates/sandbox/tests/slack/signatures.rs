//! The contract's vector, and the ways in which a signature is wrong.

use daybook_sandbox::slack::seed::ADA;
use daybook_sandbox::slack::{Tamper, sign};

use crate::kit::world;

#[test]
fn the_contracts_vector() {
    let body = b"token=xyz&team_id=T1&user_id=U1&command=%2Ftime&text=2.5+hours%3A+Design+review&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1";
    assert_eq!(
        sign("daybook-test-signing-secret", "1795251600", body),
        "v0=2f462c1437f739edaef3474bbbd785cac7bff2b18e31ddd2fd37d6b8ca2dad4a"
    );
}

#[tokio::test]
async fn every_tampering_breaks_what_it_says() {
    let w = world();
    for (word, tamper) in Tamper::ALL {
        w.sim.configure(|config| config.tamper = tamper);
        w.sim.command(ADA, "today").await;
        let sent = w.bot.last();
        let header = |name: &str| {
            sent.headers
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| v.clone())
        };
        let (at, signature) = (
            header("x-slack-request-timestamp"),
            header("x-slack-signature"),
        );
        let right = match (&at, &signature) {
            (Some(at), Some(signature)) => {
                *signature == sign("sandbox-signing-secret", at, &sent.body)
            }
            _ => false,
        };
        let age = at
            .and_then(|at| at.parse::<i64>().ok())
            .map(|at| 1_795_251_600 - at);
        let (signed, fresh) = match tamper {
            Tamper::Nothing => (true, true),
            Tamper::Old | Tamper::Future => (true, false),
            Tamper::NoTimestamp | Tamper::OddTimestamp => (false, false),
            _ => (false, true),
        };
        assert_eq!(
            (right, age.is_some_and(|age| age.abs() <= 300)),
            (signed, fresh),
            "{word}"
        );
    }
}
