//! What stands before every Graph call: time, four calls at once per mailbox, and the ten-minute limit (contract §10).

use std::sync::Arc;

use axum::extract::{Request, State as AxumState};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Sim;
use super::call::bearer_of;
use super::errors::ApiError;
use super::oauth;

const TEN_MINUTES: i64 = 600;

/// Lets a call out even when its caller hangs up.
struct Inside {
    sim: Arc<Sim>,
    mailbox: String,
}

impl Drop for Inside {
    fn drop(&mut self) {
        if let Some(count) = self.sim.lock().in_flight.get_mut(&self.mailbox) {
            *count = count.saturating_sub(1);
        }
    }
}

pub(super) async fn pass(
    AxumState(sim): AxumState<Arc<Sim>>,
    request: Request,
    next: Next,
) -> Response {
    let now = sim.desk.clock().now();
    let caller = oauth::bearer(&sim.lock(), bearer_of(request.headers()), now);
    let Some(caller) = caller else {
        return ApiError::unauthorized().into_response();
    };
    let _inside = match enter(&sim, format!("{} {}", caller.client, caller.email)) {
        Ok(inside) => inside,
        Err(refusal) => return refusal.into_response(),
    };
    let service_time = sim.config().service_time;
    if !service_time.is_zero() {
        tokio::time::sleep(service_time).await;
    }
    next.run(request).await
}

fn enter(sim: &Arc<Sim>, mailbox: String) -> Result<Inside, ApiError> {
    let config = sim.config();
    let now = sim.desk.clock().now();
    let mut state = sim.lock();
    let count = state.in_flight.get(&mailbox).copied().unwrap_or(0);
    if count >= config.concurrency {
        sim.desk.count("throttled.concurrency");
        return Err(ApiError::too_many("MailboxConcurrency"));
    }
    if let Some(limit) = config.rate_limit {
        let recent = state.recent.entry(mailbox.clone()).or_default();
        while recent
            .front()
            .is_some_and(|t| now.duration_since(*t).as_secs() >= TEN_MINUTES)
        {
            recent.pop_front();
        }
        if recent.len() >= limit as usize {
            sim.desk.count("throttled.rate");
            return Err(ApiError::too_many("RequestRate"));
        }
        recent.push_back(now);
    }
    state.in_flight.insert(mailbox.clone(), count + 1);
    drop(state);
    Ok(Inside {
        sim: sim.clone(),
        mailbox,
    })
}
