//! Ids and random bytes from the operating system.

use daybook_domain::Ids;
use rand::RngExt;
use uuid::Uuid;

/// The production source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that makes ids"
    )]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that draws random bytes"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill(bytes);
    }
}
