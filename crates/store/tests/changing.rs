//! What the gate promises: all or nothing per change, one commit per group, answers after commits.

use domain::{Event, Id, Jurisdiction, things::Site};
use store::{Act, Error, Migration, Result, Store, Tx, params, testing};

const TABLES: Migration = Migration {
    name: "test/0001_tables",
    sql: "create table visits (id uuid primary key, site text not null, at bigint not null, seen boolean not null default false);
          create index visits_site on visits (site);",
};

fn act() -> Act {
    Act::system(testing::MIDNIGHT)
}

fn visit(tx: &mut Tx, id: Id<Site>, site: &str) -> Result<()> {
    let at = tx.at();
    tx.execute("insert into visits (id, site, at) values ($1, $2, $3)", params![id, site, at])?;
    Ok(())
}

async fn count(store: &Store) -> u64 {
    store.look(|tx| tx.one("select count(*) from visits", params![], |row| row.get(0))).await.unwrap()
}

#[tokio::test]
async fn what_was_changed_is_seen() {
    testing::each_engine(vec![TABLES], |store| async move {
        let id = Id::fresh(testing::MIDNIGHT);
        store.change(act(), move |tx| visit(tx, id, "A")).await.unwrap();
        let found: Vec<(Id<Site>, String, bool)> = store
            .look(move |tx| {
                tx.rows("select id, site, seen from visits where id = $1", params![id], |row| {
                    Ok((row.get("id")?, row.get("site")?, row.get("seen")?))
                })
            })
            .await
            .unwrap();
        assert_eq!(found, [(id, "A".to_owned(), false)]);
    })
    .await;
}

#[tokio::test]
async fn only_the_change_that_failed_is_undone() {
    testing::each_engine(vec![TABLES], |store| async move {
        let twice = Id::fresh(testing::MIDNIGHT);
        let changes = (0..40).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let id = if number % 4 == 0 { twice } else { Id::fresh(testing::MIDNIGHT) };
                store.change(act(), move |tx| visit(tx, id, "A")).await
            })
        });
        let mut failed = 0;
        for change in changes.collect::<Vec<_>>() {
            match change.await.unwrap() {
                Ok(()) => {}
                Err(Error::Duplicate { .. }) => failed += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(failed, 9);
        assert_eq!(count(&store).await, 31);
    })
    .await;
}

#[tokio::test]
async fn the_journal_chains() {
    testing::each_engine(vec![TABLES], |store| async move {
        let site = Id::fresh(testing::MIDNIGHT);
        for _ in 0..3 {
            store
                .change(act(), move |tx| {
                    tx.record(
                        &Jurisdiction::district("440902".parse().unwrap()),
                        site.uuid(),
                        &Event::SiteChanged { site },
                    )
                })
                .await
                .unwrap();
        }
        assert_eq!(*store.tail().borrow(), 3);
        let report = store.look(|tx| store::journal::verify(tx, None)).await.unwrap();
        assert!(report.is_whole() && report.entries == 3, "{report:?}");
    })
    .await;
}
