//! The rows that a first sync left, inserted into an empty database of the same schema as fast as SQLite takes them:
//! prepared statements, 1,000 rows a transaction, the same indexes and durability.

use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde_json::json;

use crate::{Result, cpu_seconds};

const ROWS_PER_TRANSACTION: usize = 1_000;

pub fn run(from: &str, to: &str) -> Result<()> {
    let source = Connection::open(from)?;
    let mut target = Connection::open(to)?;
    target.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
    )?;
    let tables = [read(&source, "event")?, read(&source, "instance")?];
    let (began, cpu) = (Instant::now(), cpu_seconds());
    for (table, columns, rows) in &tables {
        let marks = vec!["?"; *columns].join(",");
        for chunk in rows.chunks(ROWS_PER_TRANSACTION) {
            let tx = target.transaction()?;
            {
                let mut insert =
                    tx.prepare_cached(&format!("INSERT INTO {table} VALUES ({marks})"))?;
                for row in chunk {
                    insert.execute(params_from_iter(row))?;
                }
            }
            tx.commit()?;
        }
    }
    let counts: Vec<usize> = tables.iter().map(|(_, _, rows)| rows.len()).collect();
    println!(
        "{}",
        json!({"rows": counts, "cpu_seconds": cpu_seconds() - cpu, "seconds": began.elapsed().as_secs_f64()})
    );
    Ok(())
}

type Table = (&'static str, usize, Vec<Vec<Value>>);

fn read(source: &Connection, table: &'static str) -> Result<Table> {
    let mut select = source.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = select.column_count();
    let rows = select
        .query_map([], |row| (0..columns).map(|n| row.get(n)).collect())?
        .collect::<rusqlite::Result<Vec<Vec<Value>>>>()?;
    Ok((table, columns, rows))
}
