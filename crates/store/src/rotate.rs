//! Rotation of the sealing key, while everybody works.
//!
//! 1. [`Keyring::with_new_key`](crate::Keyring::with_new_key), save it, give it to every server
//!    ([`Store::use_keyring`]): what is sealed from now on uses the new key.
//! 2. [`rotate`]: every value under an older key is opened and sealed anew, a few hundred at a time.
//! 3. When it counts nothing left, [`Keyring::without_old_keys`](crate::Keyring::without_old_keys).

use crate::{Act, Result, Sealed, Store, Tx, Value, conflicts, params, replies};

const AT_ONCE: usize = 200;

/// A column that holds sealed text, and the label it is sealed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedColumn {
    pub table: &'static str,
    pub column: &'static str,
    /// The column of the primary key.
    pub id: &'static str,
    pub label: &'static str,
}

/// The store's own sealed columns; duties add theirs.
pub const STORE: &[SealedColumn] = &[
    SealedColumn { table: "replies", column: "body", id: "key", label: replies::SAID },
    SealedColumn { table: "conflicts", column: "body", id: "id", label: conflicts::BODY },
    SealedColumn { table: "conflicts", column: "first_body", id: "id", label: conflicts::BODY },
];

/// Seals anew whatever is not under the active key, and counts it.
pub async fn rotate(store: &Store, columns: &[SealedColumn]) -> Result<u64> {
    let mut count = 0;
    for column in columns {
        count += rotate_column(store, *column).await?;
    }
    Ok(count)
}

async fn rotate_column(store: &Store, column: SealedColumn) -> Result<u64> {
    let (mut after, mut count) = (None, 0);
    loop {
        let from = after.take();
        let rows = store.look(move |tx| page(tx, column, from)).await?;
        let Some((last, _)) = rows.last() else { return Ok(count) };
        after = Some(last.clone());
        let active = store.keyring().active();
        let old: Vec<_> = rows.into_iter().filter(|(_, sealed)| sealed.0.first() != Some(&active)).collect();
        if !old.is_empty() {
            let act = Act::system(store.clock().now());
            count += store.change(act, move |tx| seal_anew(tx, column, &old)).await?;
        }
    }
}

fn page(tx: &mut Tx, column: SealedColumn, after: Option<Value>) -> Result<Vec<(Value, Sealed)>> {
    let SealedColumn { table, column, id, .. } = column;
    let select = format!("select {id}, {column} from {table} where {column} is not null");
    let order = format!("order by {id} limit");
    match after {
        None => tx.rows(&format!("{select} {order} $1"), params![AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?))),
        Some(after) => tx.rows(&format!("{select} and {id} > $1 {order} $2"), params![after, AT_ONCE], |row| {
            Ok((row.get(0)?, row.get(1)?))
        }),
    }
}

/// Leaves alone what somebody changed meanwhile: that is under the new key already.
fn seal_anew(tx: &mut Tx, column: SealedColumn, rows: &[(Value, Sealed)]) -> Result<u64> {
    let SealedColumn { table, column, id, label } = column;
    let update = format!("update {table} set {column} = $1 where {id} = $2 and {column} = $3");
    let mut count = 0;
    for (key, old) in rows {
        let text = tx.open(label, old)?;
        let new = tx.seal(label, &text);
        count += tx.execute(&update, params![new, key, old])?;
    }
    Ok(count)
}

impl Tx {
    /// How many values of a column are still under an older key.
    pub fn under_old_keys(&mut self, column: SealedColumn) -> Result<u64> {
        let active = self.active_key();
        let SealedColumn { table, column, .. } = column;
        let mut old = 0;
        let sql = format!("select {column} from {table} where {column} is not null");
        self.each(&sql, params![], |row| {
            old += u64::from(row.get::<Sealed>(0)?.0.first() != Some(&active));
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
        Ok(old)
    }
}
