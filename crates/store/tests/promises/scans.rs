//! A statement that reads a big table from end to end is found, whichever engine.

use store::{Error, params, testing};
use uuid::Uuid;

use crate::common::{TABLES, act, visit};

#[tokio::test]
async fn a_full_scan_of_a_big_table_is_named() {
    testing::each_engine(vec![TABLES], |store| async move {
        store.change(act(), |tx| visit(tx, Uuid::nil(), "A")).await.unwrap();
        let indexed = [
            "select at from visits where id = $1 and 1 = 1",
            "select v.at from visits v where v.site = 'A' and v.id > $1",
            "select id from visits where id > $1 order by id limit 10",
            "update visits set seen = true where id = $1",
        ];
        let scanning =
            ["select id from visits v where v.at = 3 and v.id <> $1", "delete from visits where seen and id <> $1"];
        let elsewhere = "select number from journal where at = 3 and subject <> $1";
        for sql in indexed.into_iter().chain(scanning).chain([elsewhere]) {
            let run = move |tx: &mut store::Tx| tx.execute(sql, params![Uuid::nil()]);
            store.change(act(), run).await.map_err(|cause: Error| cause).unwrap();
        }
        let found = testing::full_scans(&store, &["visits"]);
        assert_eq!(found.len(), scanning.len(), "{found:#?}");
        for sql in scanning {
            assert!(found.iter().any(|line| line.ends_with(sql)), "{sql} in {found:#?}");
        }
    })
    .await;
}
