//! Every command of the command line.

use crate::support::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_google_account_is_connected_and_synced() {
    let world = World::sqlite().await;
    let _server = world.serve().await;
    let client = world.client();
    client.connect_google("ada@northwind.example").await;
    let calendars = client.synced_calendars().await;
    assert!(!calendars.is_empty());
}
