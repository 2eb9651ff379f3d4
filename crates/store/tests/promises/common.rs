//! What the tests share: a table, an act, an entry, a gate held shut.

use std::sync::mpsc;

use domain::{Event, Id, Jurisdiction, things::Site};
use store::{Act, Migration, Result, Store, Tx, params, testing};
use tokio::{sync::oneshot, task::JoinHandle};
use uuid::Uuid;

pub const TABLES: Migration = Migration {
    name: "test/0001_tables",
    sql: "create table visits (id uuid primary key, site text not null, at bigint not null, \
          seen boolean not null default false); \
          create index visits_site on visits (site);",
};

pub fn act() -> Act {
    Act::system(testing::MIDNIGHT)
}

pub fn here() -> Jurisdiction {
    Jurisdiction::district("440902".parse().unwrap())
}

pub fn visit(tx: &mut Tx, id: Uuid, site: &str) -> Result<()> {
    let at = tx.at();
    tx.execute("insert into visits (id, site, at) values ($1, $2, $3)", params![id, site, at])?;
    Ok(())
}

pub fn record(tx: &mut Tx) -> Result<()> {
    let site: Id<Site> = Id::from_uuid(Uuid::from_u128(7));
    tx.record(&here(), site.uuid(), &Event::SiteChanged { site })
}

pub async fn visits(store: &Store) -> u64 {
    store.look(|tx| tx.one("select count(*) from visits", params![], |row| row.get(0))).await.unwrap()
}

/// The gate, busy with a change that waits to be let go.
pub struct Held {
    open: mpsc::Sender<()>,
    holding: JoinHandle<Result<()>>,
}

impl Held {
    /// Returns once the change is inside, so that whatever comes next must queue.
    pub async fn gate(store: &Store) -> Self {
        let (open, held) = mpsc::channel();
        let (entered, inside) = oneshot::channel();
        let (store, mut entered) = (store.clone(), Some(entered));
        let work = move |_: &mut Tx| -> Result<()> {
            if let Some(entered) = entered.take() {
                entered.send(()).unwrap();
            }
            held.recv().unwrap();
            Ok(())
        };
        let holding = tokio::spawn(async move { store.change(act(), work).await });
        inside.await.unwrap();
        Self { open, holding }
    }

    pub async fn let_go(self) {
        self.open.send(()).unwrap();
        self.holding.await.unwrap().unwrap();
    }
}

/// Waits until so many changes are queued.
pub async fn queued(store: &Store, count: usize) {
    while store.queued() < count {
        tokio::task::yield_now().await;
    }
}
