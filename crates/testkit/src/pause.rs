//! Waiting, in a world where time stands still.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use daybook_engine::context::Pause;
use jiff::SignedDuration;

use crate::clock::SimClock;
use crate::gate::{Gate, Point};

/// Waiting moves the clock, and lets others work.
pub struct SimPause {
    pub(crate) clock: SimClock,
    pub(crate) gate: Arc<Gate>,
}

#[async_trait]
impl Pause for SimPause {
    async fn pause(&self, time: Duration) {
        self.clock
            .advance(SignedDuration::try_from(time).unwrap_or(SignedDuration::ZERO));
        self.gate.pass(Point::Waiting).await;
        tokio::task::yield_now().await;
    }
}
