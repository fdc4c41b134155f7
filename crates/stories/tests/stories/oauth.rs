//! What comes back from a consent page is believed only when everything fits (RELIABILITY §3 row 7, O1-O12). Where it is
//! refused before the exchange, the token endpoint is never called.

use daybook_domain::SessionId;
use daybook_domain::account::Role;
use daybook_engine::connections::Error;
use daybook_engine::connections::callback::{self, Callback};
use daybook_engine::{Principal, Via};
use daybook_sandbox::fault::{Fault, Rule, TokenAnswer};
use daybook_testkit::{ADA, Consent, World};

const EVENTS: &str = "https://www.googleapis.com/auth/calendar.events";
const READ: &str = "https://www.googleapis.com/auth/calendar.readonly";

fn exchanges(world: &World) -> u64 {
    world.google.desk().counter("token.authorization_code")
}

async fn refused(world: &World, who: Option<&Principal>, back: Callback) -> Error {
    callback::complete(&world.cx, who, back)
        .await
        .unwrap_err()
        .error
}

fn in_session(who: &Principal, n: u128) -> Principal {
    Principal {
        via: Via::Session(SessionId::from_uuid(uuid(n))),
        ..who.clone()
    }
}

fn uuid(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

#[tokio::test]
async fn a_state_that_does_not_fit_is_refused_before_the_exchange() {
    for world in World::on_all(World::builder()).await {
        let who = in_session(&world.owner("ada").await, 1);
        let workspace = world.workspace(&who).await;
        let stranger = world.owner("eve").await;
        let colleague = world.member(&workspace, "carl", Role::Admin).await;
        let started = world.start_google(&who).await.unwrap();
        let back = world.consent(&started, ADA, Consent::Allow).await;

        let with = |change: fn(&mut Callback)| {
            let mut back = back.clone();
            change(&mut back);
            back
        };
        let missing = refused(&world, Some(&who), with(|back| back.state = None)).await;
        assert!(matches!(missing, Error::InvalidState), "{missing:?}");
        for bad in ["", "x", "%00", "💥"] {
            let mut back = back.clone();
            back.state = Some(bad.to_owned());
            let unknown = refused(&world, Some(&who), back).await;
            assert!(matches!(unknown, Error::InvalidState), "{unknown:?}");
        }
        let long = with(|back| back.state = Some("x".repeat(100_000)));
        assert!(matches!(
            refused(&world, Some(&who), long).await,
            Error::InvalidState
        ));
        let cut = with(|back| {
            back.state.as_mut().unwrap().pop();
        });
        assert!(matches!(
            refused(&world, Some(&who), cut).await,
            Error::InvalidState
        ));
        for other in [
            Some(&stranger),
            Some(&colleague),
            Some(&in_session(&who, 2)),
            Some(&in_session(&stranger, 1)),
            None,
        ] {
            let foreign = refused(&world, other, back.clone()).await;
            assert!(matches!(foreign, Error::StateForeign), "{foreign:?}");
        }
        let elsewhere = with(|back| "caldav".clone_into(&mut back.provider));
        assert!(matches!(
            refused(&world, Some(&who), elsewhere).await,
            Error::InvalidState
        ));
        assert_eq!(exchanges(&world), 0);

        // None of that used the flow up: its owner completes it, once.
        world.complete(&who, back.clone()).await.unwrap();
        assert_eq!(exchanges(&world), 1);
        let used = refused(&world, Some(&who), back).await;
        assert!(matches!(used, Error::StateUsed), "{used:?}");
        assert_eq!(exchanges(&world), 1);
    }
}

#[tokio::test]
async fn an_old_state_is_refused() {
    for world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let started = world.start_google(&who).await.unwrap();
        let back = world.consent(&started, ADA, Consent::Allow).await;
        world.clock.pass(601);
        let old = refused(&world, Some(&who), back).await;
        assert!(matches!(old, Error::StateExpired), "{old:?}");
        assert_eq!(exchanges(&world), 0);
    }
}

#[tokio::test]
async fn of_two_concurrent_callbacks_one_exchanges() {
    for world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let other = world.node("node-2").await;
        let started = world.start_google(&who).await.unwrap();
        let back = world.consent(&started, ADA, Consent::Allow).await;
        let (one, two) = tokio::join!(
            callback::complete(&world.cx, Some(&who), back.clone()),
            callback::complete(&other.cx, Some(&who), back)
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        assert_eq!(exchanges(&world), 1);
    }
}

#[tokio::test]
async fn another_browser_cannot_finish_what_this_one_began() {
    for world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let started = world.start_google(&who).await.unwrap();
        let back = world.consent(&started, ADA, Consent::Allow).await;
        let other = world.start_google(&who).await.unwrap();
        let elsewhere = Callback {
            browser: Some(other.browser),
            ..back.clone()
        };
        let refused = refused(&world, Some(&who), elsewhere).await;
        assert!(matches!(refused, Error::StateForeign), "{refused}");
        assert_eq!(exchanges(&world), 0, "no code is spent on it");

        let here = Callback {
            browser: Some(started.browser),
            ..back
        };
        callback::complete(&world.cx, Some(&who), here)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_refusal_at_the_provider_connects_nothing() {
    for world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let started = world.start_google(&who).await.unwrap();
        let back = world.consent(&started, ADA, Consent::Deny).await;
        assert_eq!(back.error.as_deref(), Some("access_denied"));
        let failed = callback::complete(&world.cx, Some(&who), back.clone())
            .await
            .unwrap_err();
        assert!(matches!(failed.error, Error::AccessDenied));
        assert!(failed.return_to.is_some(), "the browser still goes home");
        assert!(matches!(
            refused(&world, Some(&who), back).await,
            Error::StateUsed
        ));

        let started = world.start_google(&who).await.unwrap();
        let odd = Callback {
            provider: "google".to_owned(),
            code: None,
            state: Some(started.state),
            error: Some("<script>alert(1)</script>".to_owned()),
            ..Callback::default()
        };
        let Error::ProviderError(shown) = refused(&world, Some(&who), odd).await else {
            panic!("not the provider's error");
        };
        assert!(!shown.contains(['<', '>', '(']), "{shown}");
        assert_eq!(exchanges(&world), 0);
    }
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_its_verifier() {
    for world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let thief = world.owner("eve").await;
        // Eve got hold of Ada's code and comes back with her own state.
        let started = world.start_google(&who).await.unwrap();
        let stolen = world.consent(&started, ADA, Consent::Allow).await;
        let own = world.start_google(&thief).await.unwrap();
        let mut back = stolen.clone();
        back.state = Some(own.state.clone());
        let error = refused(&world, Some(&thief), back).await;
        assert!(matches!(error, Error::CodeRefused), "{error:?}");

        // And a state without a code, an empty one, or a made-up one.
        for code in [None, Some(String::new()), Some("x".repeat(5_000))] {
            let before = exchanges(&world);
            let started = world.start_google(&who).await.unwrap();
            let back = Callback {
                provider: "google".to_owned(),
                code,
                state: Some(started.state),
                ..Callback::default()
            };
            let error = refused(&world, Some(&who), back).await;
            assert!(matches!(error, Error::CodeRefused), "{error:?}");
            assert_eq!(exchanges(&world), before);
        }
    }
}

#[tokio::test]
async fn unticked_scopes_are_noticed() {
    for world in World::on_all(World::builder()).await {
        let who = world.owner("ada").await;
        let started = world.start_google(&who).await.unwrap();
        let back = world
            .consent(&started, ADA, Consent::Only(vec![EVENTS]))
            .await;
        let Error::ScopesMissing(missing) = refused(&world, Some(&who), back).await else {
            panic!("nothing works without reading");
        };
        assert_eq!(missing, [READ]);
        world.google.revoke_grant(ADA);

        let started = world.start_google(&who).await.unwrap();
        let back = world
            .consent(&started, ADA, Consent::Only(vec![READ]))
            .await;
        let done = world.complete(&who, back).await.unwrap();
        assert_eq!(done.connected.connection.missing_scopes, [EVENTS]);
    }
}

#[tokio::test]
async fn odd_token_answers_do_no_harm() {
    let answers = [
        ("no expiry", "absent".into(), true),
        ("zero", 0.into(), true),
        ("text", "3599".into(), true),
        ("huge", 9e18.into(), true),
        ("negative", (-5).into(), true),
    ];
    for (name, expires_in, works) in answers {
        let world = World::builder().build().await.unwrap();
        let who = world.owner("ada").await;
        let answer = TokenAnswer {
            expires_in: Some(expires_in),
            ..TokenAnswer::default()
        };
        world
            .google
            .desk()
            .add(Rule::on("/token", Fault::TokenAnswer(answer)).times(1));
        let started = world.start_google(&who).await.unwrap();
        let back = world.consent(&started, ADA, Consent::Allow).await;
        let result = world.complete(&who, back).await;
        assert_eq!(result.is_ok(), works, "{name}: {result:?}");
    }
    for fault in [
        Fault::HtmlLogin,
        Fault::Garbage,
        Fault::Truncated,
        Fault::EmptyBody,
        Fault::GzipBomb { mebibytes: 64 },
        Fault::Redirect {
            status: 302,
            location: "http://evil.test/".to_owned(),
        },
        Fault::InvalidClient,
        Fault::InvalidGrant,
        Fault::DropResponse,
    ] {
        let world = World::builder().build().await.unwrap();
        let who = world.owner("ada").await;
        let name = format!("{fault:?}");
        world.google.desk().add(Rule::on("/token", fault).times(1));
        let started = world.start_google(&who).await.unwrap();
        let back = world.consent(&started, ADA, Consent::Allow).await;
        let failed = world.complete(&who, back).await.unwrap_err();
        assert!(
            matches!(failed.error, Error::Provider(_) | Error::CodeRefused),
            "{name}: {:?}",
            failed.error
        );
        assert!(exchanges(&world) <= 1, "{name}: codes are single use");
        // A new start works.
        world.connect_google(&who).await;
    }
}

/// A provider that is only described is never begun with: without credentials it says which are missing, with them that
/// this version does nothing with it.
#[tokio::test]
async fn a_provider_that_cannot_be_used_yet_is_not_begun_with() {
    use daybook_engine::connections::authorize::{self, Authorize};
    use daybook_engine::connections::providers;
    let Some(world) = World::builder().build().await else {
        return;
    };
    let who = world.owner("ada").await;
    let set_up = |names: &'static [&'static str]| {
        let lookup = move |name: &str| names.contains(&name).then(|| "x".to_owned());
        let settings = daybook_providers::ProviderSettings::read("http://daybook.test", lookup);
        daybook_engine::Context {
            registry: std::sync::Arc::new(daybook_providers::registry(&settings)),
            ..world.cx.clone()
        }
    };
    let ask = |provider: &str| Authorize {
        provider: provider.to_owned(),
        kind: "video".to_owned(),
        return_to: None,
        connection: None,
        browser: None,
    };
    let (without, with) = (
        set_up(&[]),
        set_up(&["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"]),
    );
    let refused = authorize::authorize(&without, &who, ask("zoom")).await;
    let Err(Error::NotConfigured { missing, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(missing, ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"]);
    let refused = authorize::authorize(&with, &who, ask("zoom")).await;
    assert!(
        matches!(refused, Err(Error::NotReady { provider: "Zoom" })),
        "{refused:?}"
    );
    let listed = providers::list(&with, &who);
    let zoom = listed
        .iter()
        .find(|one| one.manifest.key == "zoom")
        .unwrap();
    assert!(!zoom.available && zoom.missing.is_empty());
    let usable = listed.iter().filter(|one| one.available);
    assert!(
        usable
            .map(|one| one.manifest.key)
            .any(|key| key == "google")
    );
}
