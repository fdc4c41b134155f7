//! The control surface under `/_sandbox/`: scripts, log, totals, violations, clock. Never hit by faults.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::desk::{Desk, Stats, Violation};
use super::rule::Rule;

/// The routes, without state left to fill in.
pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/_sandbox/faults", get(list).post(add).delete(clear))
        .route("/_sandbox/requests", get(requests).delete(forget))
        .route("/_sandbox/stats", get(stats))
        .route("/_sandbox/violations", get(violations))
        .route("/_sandbox/clock", get(clock))
        .route("/_sandbox/clock/advance", post(advance))
        .with_state(desk)
}

/// One rule or a list of rules.
#[derive(Deserialize)]
#[serde(untagged)]
enum Rules {
    Many(Vec<Rule>),
    One(Box<Rule>),
}

#[derive(Deserialize)]
struct Advance {
    seconds: i64,
}

async fn add(State(desk): State<Arc<Desk>>, Json(rules): Json<Rules>) -> StatusCode {
    match rules {
        Rules::One(rule) => desk.add(*rule),
        Rules::Many(rules) => rules.into_iter().for_each(|rule| desk.add(rule)),
    }
    StatusCode::NO_CONTENT
}

async fn list(State(desk): State<Arc<Desk>>) -> Json<Value> {
    let rules = desk.rules();
    let rows: Vec<Value> = rules
        .iter()
        .map(|(rule, used)| json!({"rule": rule, "used": used}))
        .collect();
    Json(json!({ "faults": rows }))
}

async fn clear(State(desk): State<Arc<Desk>>) -> StatusCode {
    desk.clear();
    StatusCode::NO_CONTENT
}

async fn requests(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!({"requests": desk.requests(), "by_endpoint": desk.by_endpoint()}))
}

async fn forget(State(desk): State<Arc<Desk>>) -> StatusCode {
    desk.reset_log();
    StatusCode::NO_CONTENT
}

async fn stats(State(desk): State<Arc<Desk>>) -> Json<Stats> {
    Json(desk.stats())
}

async fn violations(State(desk): State<Arc<Desk>>) -> Json<Vec<Violation>> {
    Json(desk.violations())
}

async fn clock(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!({"now": desk.clock().now()}))
}

async fn advance(State(desk): State<Arc<Desk>>, Json(by): Json<Advance>) -> Json<Value> {
    desk.clock().advance(SignedDuration::from_secs(by.seconds));
    Json(json!({"now": desk.clock().now()}))
}
