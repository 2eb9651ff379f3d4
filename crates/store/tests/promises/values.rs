//! The same values, the same statements, the same answers on both engines.

use std::ops::ControlFlow;

use domain::{District, Moment};
use store::{Cell, Error, FromValue, Migration, Mismatch, Result, Store, Value, params, testing};
use uuid::Uuid;

use crate::common::act;

const THINGS: Migration = Migration {
    name: "test/0001_things",
    sql: "create table things (id uuid primary key, n bigint, x double precision, yes boolean, note text, body bytea, \
          constraint few check (n < 1000)); \
          create table parts (id bigint primary key, thing uuid not null references things (id));",
};

async fn each(test: impl AsyncFn(Store)) {
    for store in [testing::sqlite(vec![THINGS]), testing::postgres(vec![THINGS])] {
        test(store).await;
    }
}

#[tokio::test]
async fn every_kind_of_value_comes_back() {
    type Whole = (Uuid, i64, f64, bool, String, Vec<u8>);
    each(async |store| {
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef);
        let whole: Whole = store
            .change(act(), move |tx| {
                tx.execute(
                    "insert into things (id, n, x, yes, note, body) values ($1, $2, $3, $4, $5, $6)",
                    params![id, -7_i64, 0.5, true, "茂南 '区' $1", vec![0_u8, 255]],
                )?;
                tx.one(
                    "select id, n, x, yes, note, body from things where id = $1 and note = $2 and yes = $3",
                    params![id, "茂南 '区' $1", true],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get("yes")?, row.get(4)?, row.get(5)?)),
                )
            })
            .await
            .map_err(|cause: Error| cause)
            .unwrap();
        assert_eq!(whole, (id, -7, 0.5, true, "茂南 '区' $1".to_owned(), vec![0, 255]));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_nothing() {
    type Nothing = (Option<i64>, Option<f64>, Option<bool>, Option<String>, Option<Vec<u8>>);
    each(async |store| {
        let none: Nothing = store
            .change(act(), |tx| {
                let nothing: Option<String> = None;
                tx.execute("insert into things (id, note) values ($1, $2)", params![Uuid::nil(), nothing])?;
                tx.one("select n, x, yes, note, body from things", params![], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
                })
            })
            .await
            .map_err(|cause: Error| cause)
            .unwrap();
        assert_eq!(none, (None, None, None, None, None));
    })
    .await;
}

#[tokio::test]
async fn sums_and_averages_are_numbers() {
    each(async |store| {
        let found: (i64, f64, u64, i64, i64) = store
            .change(act(), |tx| {
                let rows = (0..4_i64).map(|n| [Value::from(Uuid::from_u128(n.unsigned_abs().into())), Value::from(n)]);
                tx.insert_many("insert into things (id, n)", "", rows)?;
                tx.one(
                    "select sum(n) as total, avg(n) as mean, count(*), cast(max(n) as bigint), 5 / 2 from things \
                     having sum(n) >= $1",
                    params![6],
                    |row| Ok((row.get("total")?, row.get("mean")?, row.get(2)?, row.get(3)?, row.get(4)?)),
                )
            })
            .await
            .map_err(|cause: Error| cause)
            .unwrap();
        assert_eq!(found, (6, 1.5, 4, 3, 2));
    })
    .await;
}

#[tokio::test]
async fn many_rows_go_in_and_known_ones_are_left() {
    each(async |store| {
        let rows = |range: std::ops::Range<u32>| {
            range.map(|n| [Value::from(Uuid::from_u128(n.into())), Value::from(format!("row {n}")), Value::Null])
        };
        let (first, second, third) = store
            .change(act(), move |tx| {
                let head = "insert into things (id, note, x)";
                let first = tx.insert_many(head, "", rows(0..1_077))?;
                let second = tx.insert_many(head, "on conflict (id) do nothing", rows(1_000..2_500))?;
                let third = tx.insert_many(head, "on conflict (id) do update set note = 'new'", rows(0..3))?;
                Ok::<_, Error>((first, second, third))
            })
            .await
            .unwrap();
        assert_eq!((first, second, third), (1_077, 1_423, 3));
        let (count, new): (u64, u64) = store
            .look(|tx| {
                let sql = "select count(*), sum(case when note = 'new' then 1 else 0 end) from things";
                tx.one(sql, params![], |row| Ok((row.get(0)?, row.get(1)?)))
            })
            .await
            .map_err(|cause: Error| cause)
            .unwrap();
        assert_eq!((count, new), (2_500, 3));
    })
    .await;
}

#[tokio::test]
async fn streaming_stops_when_told_and_statements_go_on() {
    each(async |store| {
        let seen = store
            .change(act(), |tx| {
                let rows = (0..5_000_u32).map(|n| [Value::from(Uuid::from_u128(n.into()))]);
                tx.insert_many("insert into things (id)", "", rows)?;
                let mut seen = 0;
                tx.each("select id from things order by id", params![], |_| {
                    seen += 1;
                    Ok(if seen == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
                })?;
                let none =
                    tx.first("select n from things where id = $1", params![Uuid::max()], |row| row.get::<i64>(0))?;
                assert_eq!(none, None);
                Ok::<_, Error>(seen)
            })
            .await
            .unwrap();
        assert_eq!(seen, 10);
    })
    .await;
}

#[tokio::test]
async fn the_schemas_refusals_have_their_names() {
    each(async |store| {
        let run = |sql: &'static str, id: Uuid| {
            let store = store.clone();
            async move { store.change(act(), move |tx| tx.execute(sql, params![id])).await.unwrap_err() }
        };
        let insert = "insert into things (id) values ($1)";
        store.change(act(), move |tx| tx.execute(insert, params![Uuid::nil()])).await.map_err(|it: Error| it).unwrap();
        assert!(matches!(run(insert, Uuid::nil()).await, Error::Duplicate { .. }));
        let part = "insert into parts (id, thing) values (1, $1)";
        assert!(matches!(run(part, Uuid::max()).await, Error::Forbidden { .. }));
        assert!(matches!(
            run("insert into things (id, n) values ($1, 1000)", Uuid::max()).await,
            Error::Forbidden { .. }
        ));
        assert!(matches!(run("insert into nowhere (id) values ($1)", Uuid::nil()).await, Error::Statement { .. }));
        assert!(matches!(
            run("delete from things where id = $1 and n = $2", Uuid::nil()).await,
            Error::Statement { .. }
        ));
        assert!(matches!(run("select \"x\" from parts where thing = $1", Uuid::nil()).await, Error::Statement { .. }));
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_not_what_it_should_be_is_named() {
    each(async |store| {
        store
            .change(act(), |tx| tx.execute("insert into things (id, note, n) values ($1, 'late', 300)", params![Uuid::nil()]))
            .await
            .map_err(|it: Error| it)
            .unwrap();
        let broken = |read: fn(&store::Row<'_>) -> Result<()>| {
            let store = store.clone();
            async move { store.look(move |tx| tx.one("select note, n, x from things", params![], read)).await.unwrap_err() }
        };
        let wrong_kind = broken(|row| row.get::<i64>("note").map(drop)).await;
        assert!(
            matches!(&wrong_kind, Error::Invariant { column, statement, .. } if column == "note" && statement.contains("things")),
            "{wrong_kind}"
        );
        for read in [
            (|row| row.get::<u8>("n").map(drop)) as fn(&store::Row<'_>) -> Result<()>,
            |row| row.get::<f64>("x").map(drop),
            |row| row.get::<String>("nowhere").map(drop),
            |row| row.get::<String>(3).map(drop),
            |row| row.parse::<District>("note").map(drop),
            |row| row.get::<Punctuality>("note").map(drop),
        ] {
            let error = broken(read).await;
            assert!(matches!(error, Error::Invariant { .. }), "{error}");
        }
        let missing = store.look(|tx| tx.one("select n from things where n is null", params![], |row| row.get::<i64>(0)));
        assert!(matches!(missing.await, Err(Error::Missing { .. })));
    })
    .await;
}

/// A duty's own word.
#[derive(Debug)]
struct Punctuality;

impl FromValue for Punctuality {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Text("on time") => Ok(Self),
            other => Err(Mismatch::new("“on time”", other)),
        }
    }
}

#[tokio::test]
async fn the_act_is_known_inside() {
    each(async |store| {
        let (at, kind) = store.change(act(), |tx| Ok::<_, Error>((tx.at(), tx.actor().kind))).await.unwrap();
        assert_eq!((at, kind), (testing::MIDNIGHT, domain::ActorKind::System));
        store.clock().set(Moment::from_ms(5));
        assert_eq!(store.look(|tx| Ok::<_, Error>(tx.at())).await.unwrap(), Moment::from_ms(5));
    })
    .await;
}

/// How rows come in.
#[derive(Clone, Copy)]
enum Way {
    AtOnce,
    OneByOne,
}

/// What PostgreSQL believes of a table right after so many rows came, once the next change has begun.
async fn believed(rows: u32, way: Way) -> i64 {
    let store = testing::postgres(vec![THINGS]);
    let fill = move |tx: &mut store::Tx| {
        let mut fresh = (0..rows).map(|_| [Value::from(Uuid::now_v7()), 1_i64.into()]);
        match way {
            Way::AtOnce => tx.insert_many("insert into things (id, n)", "", fresh),
            Way::OneByOne => {
                fresh.try_fold(0, |n, row| Ok(n + tx.execute("insert into things (id, n) values ($1, $2)", &row)?))
            }
        }
    };
    store.change(act(), fill).await.map_err(|cause: Error| cause).unwrap();
    store
        .change(act(), |tx| {
            tx.one("select reltuples::bigint from pg_class where relname = 'things'", params![], |row| row.get(0))
        })
        .await
        .map_err(|cause: Error| cause)
        .unwrap()
}

#[tokio::test]
async fn a_table_that_leaps_is_counted_before_the_next_change() {
    assert_eq!(believed(2_000, Way::AtOnce).await, 2_000);
    assert_eq!(believed(2_000, Way::OneByOne).await, 2_000);
    assert_eq!(believed(500, Way::AtOnce).await, -1, "control: PostgreSQL by itself has not counted yet");
}
