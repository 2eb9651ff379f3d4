//! The epoch: one id per life of the database. A restore begins another, because the database may then lack what it
//! had already acknowledged; phones that notice send again whatever they still have.

use domain::Moment;
use uuid::Uuid;

use crate::{Result, Tx, params};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    pub id: Uuid,
    pub since: Moment,
}

/// The epoch the database is in.
pub fn current(tx: &mut Tx) -> Result<Epoch> {
    tx.one("select id, since from epoch", params![], |row| Ok(Epoch { id: row.get("id")?, since: row.get("since")? }))
}

pub(crate) fn begin(tx: &mut Tx) -> Result<()> {
    let since = tx.at();
    tx.execute(
        "insert into epoch (one, id, since) values (1, $1, $2) \
         on conflict (one) do update set id = excluded.id, since = excluded.since",
        params![Uuid::new_v4(), since],
    )?;
    Ok(())
}
