//! Migrations: old or new, never half; nothing unknown is touched.

use store::{Address, Error, Migration, Options, Store, params, testing};

use crate::common::{TABLES, act, visit};

const MORE: Migration = Migration { name: "test/0002_more", sql: "alter table visits add column note text" };
const BROKEN: Migration = Migration {
    name: "test/0003_broken",
    sql: "create table half (id uuid primary key); insert into nowhere (id) values (1);",
};

fn refusal(address: &Address, migrations: Vec<Migration>, options: Options) -> String {
    match Store::open(address, migrations, options) {
        Err(Error::Migration(why)) => why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it opened"),
    }
}

fn stores() -> [Store; 2] {
    [testing::sqlite(vec![TABLES]), testing::postgres(vec![TABLES])]
}

#[test]
fn what_is_pending_is_applied_when_asked_for() {
    for store in stores() {
        let address = store.address().clone();
        store.change_blocking(act(), |tx| visit(tx, uuid::Uuid::nil(), "A")).unwrap();
        assert!(refusal(&address, vec![TABLES, MORE], testing::options()).contains("test/0002_more"));
        let asked = Options { migrate: true, ..testing::options() };
        let newer = Store::open(&address, vec![TABLES, MORE], asked).unwrap();
        let note: Option<String> =
            newer.look_blocking(|tx| tx.one("select note from visits", params![], |row| row.get(0))).unwrap();
        assert_eq!(note, None);
        assert!(Store::migrate(&address, &[TABLES, MORE], &testing::options()).unwrap().is_empty());
        // The older program now refuses.
        assert!(refusal(&address, vec![TABLES], testing::options()).contains("newer"));
    }
}

#[test]
fn an_edited_migration_is_refused() {
    for store in stores() {
        let edited = Migration { sql: "create table visits (id uuid primary key)", ..TABLES };
        assert!(refusal(store.address(), vec![edited], testing::options()).contains("edited"));
    }
}

#[test]
fn a_migration_that_fails_changes_nothing_at_all() {
    for store in stores() {
        let address = store.address();
        let failed = Store::migrate(address, &[TABLES, MORE, BROKEN], &testing::options());
        assert!(matches!(&failed, Err(Error::Migration(why)) if why.contains("test/0003_broken")), "{failed:?}");
        let same = Store::open(address, vec![TABLES], testing::options()).unwrap();
        for gone in ["select note from visits", "select id from half"] {
            let look = same.look_blocking(move |tx| tx.rows(gone, params![], |_| Ok(())));
            assert!(matches!(look, Err(Error::Statement { .. })), "{gone}");
        }
    }
}

#[test]
fn an_empty_database_is_filled_at_once() {
    let folder = testing::Folder::new();
    for address in [Address::Sqlite(folder.path().join("new.db")), testing::empty_postgres()] {
        let store = Store::open(&address, vec![TABLES, MORE], testing::options()).unwrap();
        store.change_blocking(act(), |tx| visit(tx, uuid::Uuid::nil(), "A")).unwrap();
    }
}
