//! Whether a request comes from Slack. Nothing in it is looked at before that is known.

use daybook_provider_api::chat::{Proof, Refusal};

use super::{Error, chat};
use crate::Context;

/// Checks the signature over the raw bytes, and that it was made within the last five minutes.
///
/// # Errors
/// `Ok(Err(reason))` for a request to refuse; the reason is for the log. [`Error::NotConfigured`] when there is nothing to check with.
pub fn verify(cx: &Context, proof: &Proof<'_>) -> Result<Result<(), Refusal>, Error> {
    let chat = chat(cx).ok_or(Error::NotConfigured("SLACK_SIGNING_SECRET"))?;
    match chat.verify(proof, cx.clock.now()) {
        Err(Refusal::NoSecret) => Err(Error::NotConfigured(chat.secret_setting())),
        Err(refusal) => {
            metrics::counter!("daybook_slack_refused_total").increment(1);
            tracing::warn!(reason = %refusal, "a request that claims to come from Slack was refused");
            Ok(Err(refusal))
        }
        Ok(()) => Ok(Ok(())),
    }
}
