//! What every store in memory begins as: migrated once, and copied.

use std::sync::OnceLock;

use daybook_store::Store;
use jiff::Timestamp;

use super::{BEGIN, open};
use crate::clock::SimClock;

/// Gives a store in memory its schema: copies one that was migrated for all of them, so that no world begins in another way
/// because of those before it.
pub(super) async fn migrate(store: &Store) -> daybook_store::Result<()> {
    static IMAGE: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(image) = IMAGE.get() {
        return store.load_image(image).await;
    }
    let first = SimClock::at(BEGIN.parse().unwrap_or(Timestamp::UNIX_EPOCH));
    let model = open("sqlite::memory:", &first, 0).await;
    model.migrate().await?;
    let image = model.image().await?;
    store.load_image(IMAGE.get_or_init(|| image)).await
}
