//! The proof that a notification URL is wanted: it must echo a token, inside the create call.

use std::sync::Arc;
use std::time::Duration;

use crate::microsoft::Sim;
use crate::microsoft::courier::{Courier, Reply};
use crate::microsoft::errors::ApiError;

/// The echo must come within this.
const LIMIT: Duration = Duration::from_secs(10);

/// Asks both URLs; the answers must be 200, `text/plain`, and the decoded token without anything around it.
pub(super) async fn validate(sim: &Sim, urls: &[String]) -> Result<(), ApiError> {
    let Some(courier) = sim.courier() else {
        return Err(failed(
            "The sandbox was started without a courier and cannot reach the notification URL.",
        ));
    };
    for url in urls {
        one(sim, &courier, url).await?;
    }
    Ok(())
}

async fn one(sim: &Sim, courier: &Arc<dyn Courier>, url: &str) -> Result<(), ApiError> {
    sim.desk.count("subscriptions.handshake");
    let id = sim.lock().uuid();
    // Characters that show who forgets to decode, and who decodes twice.
    let token = format!(
        "Validation: Testing client application reachability for subscription Request-Id: {id} 100%2B+<b>&\"="
    );
    let encoded: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    let mark = if url.contains('?') { '&' } else { '?' };
    let asked = courier.post(
        format!("{url}{mark}validationToken={encoded}"),
        "text/plain; charset=utf-8",
        Vec::new(),
    );
    let reply = tokio::time::timeout(LIMIT, asked).await.ok().flatten();
    let Some(reply) = reply else {
        return Err(failed("Subscription validation request timed out."));
    };
    judge(&reply, &token).map_err(|why| {
        sim.desk.violate(
            "POST /subscriptions",
            format!("The handshake failed: {why}"),
        );
        failed(&format!("Subscription validation request failed. {why}"))
    })
}

fn judge(reply: &Reply, token: &str) -> Result<(), String> {
    if reply.status != 200 {
        return Err(format!(
            "Notification endpoint must respond with 200 OK to validation request; it sent {}.",
            reply.status
        ));
    }
    if !reply.content_type.starts_with("text/plain") {
        return Err(format!(
            "The response must be text/plain; it was '{}'.",
            reply.content_type
        ));
    }
    if reply.body != token.as_bytes() {
        return Err("The response must be the validation token and nothing else.".to_owned());
    }
    Ok(())
}

fn failed(message: &str) -> ApiError {
    ApiError::new(400, "ValidationError", message)
}
