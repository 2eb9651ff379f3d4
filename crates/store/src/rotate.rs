//! Rotation of the sealing key, while everybody works.
//!
//! 1. [`Keyring::with_new_key`](crate::Keyring::with_new_key), save it, give it to every server
//!    ([`Store::use_keyring`]): what is sealed from now on uses the new key.
//! 2. [`rotate`]: every value under an older key is opened and sealed anew, a few hundred at a time.
//! 3. [`finish`] drops the old keys, and refuses to while anything is under one of them.

use crate::{Act, Error, Keyring, Result, Sealed, Store, Tx, Value, conflicts, replies};

const AT_ONCE: usize = 200;

/// A column that holds sealed text, and the label it is sealed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedColumn {
    pub table: &'static str,
    pub column: &'static str,
    /// The primary key: its column, or several with commas between.
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

/// The keyring without the keys that no longer seal; refused while anything is under one of them, for then it would
/// never open again.
pub async fn finish(store: &Store, columns: &[SealedColumn]) -> Result<Keyring> {
    for column in columns.iter().copied() {
        let old = store.look_long(move |tx| tx.under_old_keys(column)).await?;
        if old > 0 {
            let SealedColumn { table, column, .. } = column;
            return Err(Error::Key(format!("{old} values of {table}.{column} are under an old key: it is kept")));
        }
    }
    Ok(store.keyring().without_old_keys())
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

/// A value and the primary key of its row.
type Kept = (Vec<Value>, Sealed);

fn page(tx: &mut Tx, column: SealedColumn, after: Option<Vec<Value>>) -> Result<Vec<Kept>> {
    let (SealedColumn { table, column, id, .. }, width) = (column, column.key_width());
    let from = after.as_ref().map_or_else(String::new, |_| format!("and ({id}) > ({})", places(width, 1)));
    let limit = after.as_ref().map_or(1, |after| after.len() + 1);
    let mut asked = after.unwrap_or_default();
    asked.push(AT_ONCE.into());
    let sql =
        format!("select {id}, {column} from {table} where {column} is not null {from} order by {id} limit ${limit}");
    tx.rows(&sql, &asked, |row| {
        let key = (0..width).map(|nth| row.get(nth)).collect::<Result<_>>()?;
        Ok((key, row.get(width)?))
    })
}

/// Leaves alone what somebody changed meanwhile: that is under the new key already.
fn seal_anew(tx: &mut Tx, column: SealedColumn, rows: &[Kept]) -> Result<u64> {
    let (SealedColumn { table, column, id, label }, places) = (column, places(column.key_width(), 3));
    let update = format!("update {table} set {column} = $1 where ({id}) = ({places}) and {column} = $2");
    let mut count = 0;
    for (key, old) in rows {
        let text = tx.open(label, old)?;
        let mut asked = vec![tx.seal(label, &text).into(), old.into()];
        asked.extend(key.iter().cloned());
        count += tx.execute(&update, &asked)?;
    }
    Ok(count)
}

/// `$3, $4`
fn places(width: usize, first: usize) -> String {
    (first..first + width).map(|nth| format!("${nth}")).collect::<Vec<_>>().join(", ")
}

impl SealedColumn {
    fn key_width(self) -> usize {
        self.id.split(',').count()
    }
}

impl Tx {
    /// How many values of a column are still under an older key.
    pub fn under_old_keys(&mut self, column: SealedColumn) -> Result<u64> {
        let active = self.active_key();
        let SealedColumn { table, column, .. } = column;
        let mut old = 0;
        let sql = format!("select {column} from {table} where {column} is not null");
        self.each(&sql, &[], |row| {
            old += u64::from(row.get::<Sealed>(0)?.0.first() != Some(&active));
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
        Ok(old)
    }
}
