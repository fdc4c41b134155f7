//! `jobs list`, `jobs run`, `jobs retry`.

use anyhow::{Result, anyhow, bail};
use daybook_engine::jobs;
use daybook_store as store;
use serde_json::json;
use store::jobs::{Filter, Job};

use super::args::JobsCommand;
use super::terminal::Terminal;
use crate::config::Config;

pub(super) async fn run(config: &Config, command: JobsCommand, terminal: &Terminal) -> Result<()> {
    let cx = super::ready(config).await?;
    match command {
        JobsCommand::List { state, limit } => {
            let mut tx = cx.store.read().await?;
            let found = store::jobs::list(
                &mut tx,
                &Filter {
                    state,
                    ..Filter::default()
                },
                None,
                limit.clamp(1, 1000),
            )
            .await?;
            drop(tx);
            list(&found, terminal)?;
        }
        JobsCommand::Run { name } => {
            if let Err(failure) = jobs::run_now(&cx, &name).await {
                bail!("{name}: {failure}");
            }
            terminal.say(format!("{name}: done"))?;
        }
        JobsCommand::Retry { id } => {
            let mut tx = cx.store.write().await?;
            store::jobs::retry(&mut tx, id)
                .await
                .map_err(|error| match error {
                    store::Error::NotFound => anyhow!("there is no failed job {id}"),
                    store::Error::Conflict { .. } => {
                        anyhow!("the same work is waiting already; nothing was changed")
                    }
                    other => other.into(),
                })?;
            tx.commit().await?;
            terminal.say(format!("{id} will be tried again."))?;
        }
    }
    cx.store.close().await;
    Ok(())
}

fn list(found: &[Job], terminal: &Terminal) -> Result<()> {
    let items: Vec<_> = found
        .iter()
        .map(|job| {
            json!({"id": job.id, "kind": job.kind, "state": job.state, "attempt": job.attempt, "max_attempts": job.max_attempts,
                   "due_at": job.due_at.to_string(), "last_error": job.last_error, "created_at": job.created_at.to_string()})
        })
        .collect();
    terminal.result(&items, || {
        let row = |job: &Job| {
            vec![
                job.id.to_string(),
                job.kind.clone(),
                job.state.to_string(),
                format!("{}/{}", job.attempt, job.max_attempts),
                job.due_at.to_string(),
                job.last_error.clone().unwrap_or_default(),
            ]
        };
        if found.is_empty() {
            "No jobs.".to_owned()
        } else {
            Terminal::table(&found.iter().map(row).collect::<Vec<_>>())
        }
    })
}
