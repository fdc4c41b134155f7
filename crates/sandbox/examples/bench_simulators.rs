//! The simulators as a process of their own, filled for the benches: `bench_simulators EVENTS CALDAV_EVENTS SERVER_URL`.
//!
//! Prints one line of JSON with the addresses, then serves until it is killed. A bench must not count the work of the provider
//! it reads from, so the provider is another process.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench's own program"
)]

use std::net::{IpAddr, Ipv4Addr};

use daybook_sandbox::Sandbox;
use daybook_sandbox::caldav::{DEMO_PASSWORD, DEMO_USER};
use daybook_sandbox::google::{Config, GoogleSim, Seed};
use serde_json::json;

const CLIENT_ID: &str = "daybook-bench";
/// Made up, not a secret.
const CLIENT_SECRET: &str = "made-up-bench-secret";
/// The one person of [`Seed::Load`].
const PERSON: &str = "load@northwind.example";

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1);
    let mut number = || words.next().unwrap().parse::<usize>().unwrap();
    let (events, caldav_events) = (number(), number());
    let server = words.next().unwrap();
    let sandbox = Sandbox {
        seed: Seed::Load(events),
        google: Config {
            access_token_ttl_s: 24 * 3600,
            ..Config::default()
        },
        ..Sandbox::default()
    };
    let mut running = sandbox
        .start(IpAddr::V4(Ipv4Addr::LOCALHOST))
        .await
        .unwrap();
    let redirect = format!("{server}/api/v1/integrations/google/callback");
    running
        .google
        .register_client(CLIENT_ID, CLIENT_SECRET, &redirect);
    if caldav_events > 0 {
        running.caldav.seed_load(caldav_events, 0).unwrap();
    }
    let scope = "https://www.googleapis.com/auth/calendar.readonly";
    let endpoints = GoogleSim::endpoints(&running.google_base);
    let api_url = endpoints.api_url.clone();
    let mut environment: serde_json::Map<String, serde_json::Value> = endpoints
        .settings("GOOGLE")
        .map(|(name, value)| (name, value.into()))
        .collect();
    environment.insert("GOOGLE_CLIENT_ID".to_owned(), CLIENT_ID.into());
    environment.insert("GOOGLE_CLIENT_SECRET".to_owned(), CLIENT_SECRET.into());
    println!(
        "{}",
        json!({
            "google": running.google_base,
            "api_url": api_url,
            "person": PERSON,
            "access_token": running.google.access_token(PERSON, &[scope]),
            "caldav": running.caldav_base,
            "caldav_user": DEMO_USER,
            "caldav_password": DEMO_PASSWORD,
            "environment": environment,
        })
    );
    running.wait().await.unwrap();
}
