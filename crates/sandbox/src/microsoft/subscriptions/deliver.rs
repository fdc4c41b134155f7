//! Sending what is queued: late, twice, in the wrong order, forged, or again after a failure, as configured.

use std::sync::Arc;

use axum::Json;
use axum::extract::State as AxumState;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::Delivery;
use crate::microsoft::config::PushOddities;
use crate::microsoft::{MicrosoftSim, Sim};

/// A failing endpoint is tried for so long.
const PATIENCE: SignedDuration = SignedDuration::from_hours(4);
/// First pause after a failure; it doubles.
const PAUSE_S: i64 = 10;

/// A POST as it would be sent. Several subscriptions may share one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notification {
    /// Where to.
    pub url: String,
    /// `{"value":[…]}`
    pub body: Value,
    /// Whether it is about the subscription itself.
    pub lifecycle: bool,
}

/// `GET /_sandbox/deliveries`: takes all notifications that are due.
pub(in crate::microsoft) async fn take(
    AxumState(sim): AxumState<Arc<Sim>>,
) -> Json<Vec<Notification>> {
    let now = sim.desk.clock().now();
    Json(
        bundled(&due(&sim, now))
            .into_iter()
            .map(|(n, _)| n)
            .collect(),
    )
}

impl MicrosoftSim {
    /// Takes all notifications that are due, as they would be posted. What is taken is not retried.
    #[must_use]
    pub fn take_deliveries(&self) -> Vec<Notification> {
        let items = due(&self.sim, self.now());
        bundled(&items).into_iter().map(|(n, _)| n).collect()
    }

    /// Posts all notifications that are due through the courier and says how many were accepted. What fails is
    /// queued again for up to four hours. Call it from time to time.
    pub async fn deliver(&self) -> usize {
        let Some(courier) = self.sim.courier() else {
            return 0;
        };
        let now = self.now();
        let mut accepted = 0;
        for (notification, items) in bundled(&due(&self.sim, now)) {
            let body = notification.body.to_string().into_bytes();
            let reply = courier
                .post(notification.url, "application/json", body)
                .await;
            if reply.is_some_and(|r| (200..300).contains(&r.status)) {
                accepted += 1;
                self.sim.desk.count("notifications.accepted");
                continue;
            }
            self.sim.desk.count("notifications.failed");
            let again = items.into_iter().filter_map(|item| later(item, now));
            self.sim.lock().outbox.extend(again);
        }
        accepted
    }
}

/// The item for another attempt, unless patience is at an end.
fn later(mut item: Delivery, now: Timestamp) -> Option<Delivery> {
    let pause = PAUSE_S << item.attempts.min(10);
    item.attempts += 1;
    item.due = now.checked_add(SignedDuration::from_secs(pause)).ok()?;
    (item.due.duration_since(item.since) < PATIENCE).then_some(item)
}

/// Takes what is due from the queue, with the configured oddities.
fn due(sim: &Sim, now: Timestamp) -> Vec<Delivery> {
    let odd = sim.config().push;
    let mut state = sim.lock();
    let ripe = |d: &Delivery| {
        let delayed = d.attempts == 0 && now.duration_since(d.due).as_secs() < odd.delay_s;
        d.due <= now && !delayed
    };
    let (mut ready, waiting): (Vec<Delivery>, Vec<Delivery>) = std::mem::take(&mut state.outbox)
        .into_iter()
        .partition(ripe);
    state.outbox = waiting;
    if odd.drop_every > 0 {
        let mut n = 0;
        ready.retain(|d| {
            n += u32::from(!d.lifecycle);
            d.lifecycle || n % odd.drop_every != 0
        });
    }
    let mut all: Vec<Delivery> = ready
        .into_iter()
        .flat_map(|d| multiplied(d, &odd))
        .collect();
    if odd.reorder {
        all.reverse();
    }
    all
}

fn multiplied(delivery: Delivery, odd: &PushOddities) -> Vec<Delivery> {
    let mut all: Vec<Delivery> = (0..=odd.duplicates).map(|_| delivery.clone()).collect();
    if odd.forge {
        let mut forged = delivery;
        forged.item["clientState"] = json!("not-the-one-you-gave");
        all.push(forged);
    }
    all
}

/// Neighbours for the same URL go out in one POST.
fn bundled(items: &[Delivery]) -> Vec<(Notification, Vec<Delivery>)> {
    let groups = items.chunk_by(|a, b| a.url == b.url && a.lifecycle == b.lifecycle);
    let bundle = |group: &[Delivery]| {
        let first = group.first()?;
        let values: Vec<&Value> = group.iter().map(|d| &d.item).collect();
        let notification = Notification {
            url: first.url.clone(),
            body: json!({"value": values}),
            lifecycle: first.lifecycle,
        };
        Some((notification, group.to_vec()))
    };
    groups.filter_map(bundle).collect()
}
