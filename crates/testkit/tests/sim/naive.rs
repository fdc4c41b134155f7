//! The control of R5: a vault with a lock that times out, and nothing else.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use daybook_engine::Context;
use daybook_engine::store::connections;
use daybook_provider_api::error::ErrorKind;
use daybook_provider_api::manifest::Auth;
use daybook_provider_api::oauth::Client;
use jiff::{SignedDuration, Timestamp};
use rand::SeedableRng;
use rand::rngs::StdRng;
use secrecy::SecretString;

use crate::vault::{Attempt, Outcome, Play, Weather, stage};

/// What all nodes share.
struct Vault {
    refresh: SecretString,
    expires: Timestamp,
    locked_until: Option<Timestamp>,
    lost: bool,
}

/// Whether a connection is lost in this seed, with nodes that stand still now and then.
pub(crate) async fn loses(seed: u64) -> bool {
    let mut dice = StdRng::seed_from_u64(seed);
    let (world, nodes) = stage(seed).await;
    let who = world.owner("ada").await;
    let id = world.connect_google(&who).await.connection.id;
    let mut tx = world.cx.store.read().await.unwrap();
    let secrets = connections::secrets(&mut tx, who.workspace_id, id)
        .await
        .unwrap();
    drop(tx);
    let vault = Arc::new(Mutex::new(Vault {
        refresh: secrets.refresh_token.unwrap(),
        expires: secrets.token_expires_at.unwrap(),
        locked_until: None,
        lost: false,
    }));
    for _ in 0..3 {
        world.clock.pass(4_000);
        Play::new(&world, &mut dice, Weather::Stalls, &mut Outcome::default())
            .run(&nodes, |cx| attempt(cx.clone(), vault.clone()))
            .await;
    }
    vault.lock().unwrap().lost
}

fn attempt(cx: Context, vault: Arc<Mutex<Vault>>) -> Attempt {
    Box::pin(async move {
        loop {
            let now = cx.clock.now();
            let token = {
                let mut vault = vault.lock().unwrap();
                if vault.lost || now < vault.expires {
                    return;
                }
                let free = vault.locked_until.is_none_or(|until| until <= now);
                if free {
                    vault.locked_until = now.checked_add(SignedDuration::from_secs(10)).ok();
                }
                free.then(|| vault.refresh.clone())
            };
            match token {
                Some(token) => return refresh(&cx, &vault, &token).await,
                None => cx.pause.pause(Duration::from_millis(50)).await,
            }
        }
    })
}

async fn refresh(cx: &Context, vault: &Mutex<Vault>, token: &SecretString) {
    let entry = cx.registry.get("google").unwrap();
    let Auth::Oauth(oauth) = &entry.provider.manifest().auth else {
        panic!("Google uses OAuth");
    };
    let client = Client {
        egress: &cx.egress,
        provider: "google",
        endpoints: entry.client.as_ref().unwrap(),
        oauth,
    };
    let result = client.refresh(token).await;
    let mut vault = vault.lock().unwrap();
    vault.locked_until = None;
    match result {
        Ok(tokens) => {
            vault.expires = tokens.expires_at.unwrap_or(vault.expires);
            vault.refresh = tokens.refresh.unwrap_or_else(|| vault.refresh.clone());
        }
        Err(error) => vault.lost |= error.kind == ErrorKind::Auth,
    }
}
