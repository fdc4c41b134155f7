//! Moving to another calendar of the account: Google keeps the event's id, its guests' answers and its meeting link.

use async_trait::async_trait;
use daybook_domain::event::Change;
use daybook_provider_api::calendar::write::{EventMover, Moved, Place, Target, Written};
use daybook_provider_api::{Error, Result, Session};

use super::{get, is_absent, is_cancelled, written};
use crate::google::Google;
use crate::google::calls::move_event::MoveEvent;

#[async_trait]
impl EventMover for Google {
    async fn relocate(
        &self,
        session: &Session<'_>,
        from: &Place,
        to: &Place,
        target: &Target,
        notify: bool,
    ) -> Result<Moved> {
        let call = MoveEvent {
            calendar: &from.calendar,
            event: &target.provider_id,
            destination: &to.calendar,
            notify,
        };
        let arrived = match call.send(session).await {
            Ok(event) => written(event, to)?,
            Err(error) => self.earlier(session, to, target, error).await?,
        };
        Ok(Moved {
            left: left(target),
            arrived,
        })
    }

    async fn moved(
        &self,
        session: &Session<'_>,
        _: &Place,
        to: &Place,
        target: &Target,
    ) -> Result<Option<Moved>> {
        match get(session, to, &target.provider_id).await {
            Ok(event) if is_cancelled(&event) => Ok(None),
            Ok(event) => Ok(Some(Moved {
                left: left(target),
                arrived: written(event, to)?,
            })),
            Err(error) if is_absent(error.kind) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Google {
    /// An earlier attempt that got through although its answer was lost: then the event is gone here and lives there.
    async fn earlier(
        &self,
        session: &Session<'_>,
        to: &Place,
        target: &Target,
        refused: Error,
    ) -> Result<Written> {
        if !is_absent(refused.kind) {
            return Err(refused);
        }
        match get(session, to, &target.provider_id).await {
            Ok(event) if !is_cancelled(&event) => written(event, to),
            Err(error) if !is_absent(error.kind) => Err(error),
            _ => Err(refused),
        }
    }
}

fn left(target: &Target) -> Vec<Change> {
    vec![Change::Removed {
        provider_id: target.provider_id.clone(),
    }]
}
