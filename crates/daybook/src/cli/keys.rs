//! `keys rotate`: every secret under the newest key, while the server runs.

use anyhow::Result;
use serde_json::json;

use super::args::KeysCommand;
use super::terminal::Terminal;
use crate::config::Config;

/// Secrets per transaction.
const BATCH: i64 = 100;

pub(super) async fn run(config: &Config, command: KeysCommand, terminal: &Terminal) -> Result<()> {
    let KeysCommand::Rotate = command;
    let cx = super::ready(config).await?;
    let (mut rotated, mut damaged) = (0, 0);
    loop {
        let progress = daybook_store::keys::rotate(&cx.store, BATCH).await?;
        rotated += progress.rotated;
        damaged += progress.damaged;
        if progress.done {
            break;
        }
        terminal.note(format!(
            "{rotated} secrets encrypted with the newest key so far"
        ));
    }
    if damaged > 0 {
        terminal.note(format!(
            "{damaged} secrets cannot be decrypted; connect their accounts again"
        ));
    }
    let mut tx = cx.store.read().await?;
    let counts = daybook_store::keys::count_by_key(&mut tx).await?;
    drop(tx);
    cx.store.close().await;
    terminal.result(&json!({"rotated": rotated, "by_key": counts}), || {
        let keys: Vec<String> = counts.iter().map(|(key, count)| format!("{key}: {count}")).collect();
        format!("{rotated} secrets were encrypted with the newest key. Secrets by key: {}. A key with none can be removed.", keys.join(", "))
    })
}
