//! What is over: sessions and doors that let nobody in any more are kept for a month, and then go.

use store::{Act, Error, Store, age, params};

use crate::exports;

const KEPT_DAYS: u32 = 30;
/// So many at a time, that nobody waits long at the gate.
const LOT: u64 = 2_000;

pub async fn forget(store: Store) -> Result<(), String> {
    for sql in [
        // Tokens never expire, and their labels say who sent what: they stay.
        "delete from sessions where token_hash in (select token_hash from sessions where expires_at < $1 limit $2)",
        "delete from doors where code_hash in (select code_hash from doors where expires_at < $1 limit $2)",
        "delete from looks where hour in (select hour from looks where hour * 3600000 < $1 limit $2)",
        "delete from doors where code_hash in (select code_hash from doors where withdrawn_at < $1 limit $2)",
    ] {
        while forget_some(&store, sql).await.map_err(|cause| cause.to_string())? == LOT {}
    }
    let act = Act::system(store.clock().now());
    store.change(act, |tx| exports::forget_some(tx, LOT)).await.map(drop).map_err(|cause: Error| cause.to_string())
}

async fn forget_some(store: &Store, sql: &'static str) -> Result<u64, Error> {
    let act = Act::system(store.clock().now());
    let forgotten = store.change(act, move |tx| {
        let Some(before) = age::older_than(tx, KEPT_DAYS)? else { return Ok(0) };
        tx.execute(sql, params![before, LOT])
    });
    forgotten.await
}
