//! Every statement is one that both databases understand.

use daybook_store::test_support::TestDb;
use daybook_store::{BULK, Dialect, Kind, STATEMENTS, TABLES};

async fn all_prepare(db: &TestDb) {
    let kind = db.store.kind();
    let mut bad = Vec::new();
    for s in STATEMENTS {
        let runs = match s.dialect {
            Dialect::Both => true,
            Dialect::Sqlite => kind == Kind::Sqlite,
            Dialect::Postgres => kind == Kind::Postgres,
        };
        if runs && let Err(e) = db.store.prepare_raw(s.text.into()).await {
            bad.push(format!("{}:{}: {e}\n{}", s.file, s.line, s.text));
        }
    }
    for b in BULK {
        for n in 1..=b.fixed {
            let placeholder = format!("${n}");
            let whole = |(at, _): &(usize, &str)| {
                let after = b.head.as_bytes().get(at + placeholder.len());
                !after.is_some_and(u8::is_ascii_digit)
            };
            let count = b.head.match_indices(&placeholder).filter(whole).count();
            assert_eq!(count, 1, "{}:{} ${n}", b.file, b.line);
        }
        assert!(!b.tail.contains('$'), "{}:{}", b.file, b.line);
        for items in [1, 2, b.chunk(kind)] {
            if let Err(e) = db.store.prepare_raw(b.text(kind, items)).await {
                bad.push(format!("{}:{}: {e}", b.file, b.line));
            }
        }
    }
    for text in TABLES.iter().flat_map(|texts| texts()) {
        if let Err(e) = db.store.prepare_raw(text.into()).await {
            bad.push(format!("{e}\n{text}"));
        }
    }
    assert!(STATEMENTS.len() > 100 && !BULK.is_empty() && !TABLES.is_empty());
    assert!(bad.is_empty(), "{}", bad.join("\n\n"));
}

#[tokio::test]
async fn sqlite() {
    all_prepare(&TestDb::sqlite().await).await;
}

#[tokio::test]
async fn postgres() {
    if let Some(db) = TestDb::postgres().await {
        all_prepare(&db).await;
    }
}
