//! What drafts come to, and whether somebody else bills them.

use std::collections::HashMap;

use daybook_domain::MemberId;
use daybook_domain::rate::amount;
use daybook_store as store;
use store::instances::InstanceView;

use super::Error;
use super::drafts::Draft;
use crate::Principal;
use crate::rates::{Facts, Pricer};

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worth {
    /// In minor units (cents).
    pub minor: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// What each would come to by its rate on its day.
pub(super) async fn price(
    tx: &mut store::Tx,
    who: &Principal,
    drafts: &mut [Draft],
) -> Result<(), Error> {
    let work: Vec<Facts> = drafts
        .iter()
        .map(|draft| Facts {
            member_id: who.member_id,
            project_id: draft.suggestion.project_id,
            client_id: draft.suggestion.client_id,
            started_at: draft.event.start_us,
            billable: draft.suggestion.billable,
        })
        .collect();
    let mut pricer = Pricer::load(tx, who.workspace_id).await?;
    pricer.know(tx, &work).await?;
    for (draft, facts) in drafts.iter_mut().zip(&work) {
        draft.worth = pricer.price(facts).ok().map(|rate| Worth {
            minor: amount(rate.hourly_minor, draft.minutes),
            currency: rate.currency,
        });
    }
    Ok(())
}

/// Which of these meetings are billed by others' entries, and by whose.
pub(super) async fn billed_by_others(
    tx: &mut store::Tx,
    who: &Principal,
    events: &[InstanceView],
) -> store::Result<HashMap<String, MemberId>> {
    let causes: Vec<String> = events.iter().map(InstanceView::cause_key).collect();
    let billed = store::drafts::billed(tx, who.workspace_id, &causes).await?;
    let others = billed
        .into_iter()
        .filter(|billed| billed.member_id != who.member_id);
    Ok(others
        .map(|billed| (billed.cause_key, billed.member_id))
        .collect())
}
