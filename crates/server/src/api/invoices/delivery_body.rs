//! How an invoice went to its client, as it looks in answers.

use daybook_engine::store::invoices::deliveries::{
    Delivery, Kind as DeliveryKind, State as DeliveryState,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::wire::{DeliveryKindSchema, DeliveryStateSchema};

/// How an invoice, or a reminder of it, went to the client.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InvoiceDelivery)]
pub struct DeliveryBody {
    /// Id.
    pub id: Uuid,
    /// What.
    #[schema(value_type = DeliveryKindSchema)]
    pub kind: DeliveryKind,
    /// Of a reminder: how many days after the due date.
    #[schema(required = true)]
    pub days: Option<i64>,
    /// To which address; null: by hand.
    #[schema(required = true)]
    pub recipient: Option<String>,
    /// By whom; null: by the schedule.
    #[schema(required = true)]
    pub member_id: Option<Uuid>,
    /// Where it stands: `queued` until the mail server took it (`sent`) or it was given up (`failed`).
    #[schema(value_type = DeliveryStateSchema)]
    pub state: DeliveryState,
    /// What last went wrong.
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the mail server took it, or it was given up.
    #[schema(required = true)]
    pub settled_at: Option<Timestamp>,
}

impl From<&Delivery> for DeliveryBody {
    fn from(one: &Delivery) -> Self {
        Self {
            id: one.id.into(),
            kind: one.kind,
            days: (one.kind == DeliveryKind::Reminder).then_some(one.step),
            recipient: one.recipient.clone(),
            member_id: one.member_id.map(Into::into),
            state: one.state,
            last_error: one.last_error.clone(),
            created_at: one.created_at,
            settled_at: one.settled_at,
        }
    }
}
