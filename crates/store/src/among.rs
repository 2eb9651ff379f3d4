//! Questions about many things: `where id in (:these)`. One statement text serves all lengths, so that it is prepared once.
//! PostgreSQL takes a list as one parameter; SQLite, which waits for no round trip, is asked by the handful.

use std::ops::ControlFlow;

use crate::{Result, Row, Tx, Value};

const HANDFUL: usize = 32;
const IN_THESE: &str = "in (:these)";

/// The statement with a list as the parameter after the named ones.
pub(crate) fn with_list(sql: &str, named: usize) -> String {
    sql.replace(IN_THESE, &format!("= any(${})", named + 1))
}

/// The statement with as many places as a handful has.
pub(crate) fn with_places(sql: &str, named: usize) -> String {
    let places = (named + 1..=named + HANDFUL).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    sql.replace(IN_THESE, &format!("in ({places})"))
}

/// What a statement with places is asked with, handful by handful: the last value is repeated until the places are filled.
pub(crate) fn handfuls(named: &[Value], these: &[Value]) -> impl Iterator<Item = Vec<Value>> {
    these.chunks(HANDFUL).map(move |some| {
        let mut asked = [named, some].concat();
        asked.resize(named.len() + HANDFUL, some[some.len() - 1].clone());
        asked
    })
}

impl Tx {
    /// All rows of an answer about many things. `named` are the parameters before them.
    pub fn rows_among<T>(
        &mut self,
        sql: &str,
        named: &[Value],
        these: impl IntoIterator<Item = impl Into<Value>>,
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let these: Vec<Value> = these.into_iter().map(Into::into).collect();
        let mut found = Vec::new();
        if these.is_empty() {
            return Ok(found);
        }
        let sql = self.among(sql, named.len());
        self.run(|session| {
            session.each_among(&sql, named, &these, &mut |row| {
                found.push(map(row)?);
                Ok(ControlFlow::Continue(()))
            })
        })?;
        Ok(found)
    }

    /// [`Tx::execute`] on many things.
    pub fn execute_among(
        &mut self,
        sql: &str,
        named: &[Value],
        these: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Result<u64> {
        let these: Vec<Value> = these.into_iter().map(Into::into).collect();
        if these.is_empty() {
            return Ok(0);
        }
        let sql = self.among(sql, named.len());
        self.run(|session| session.execute_among(&sql, named, &these))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handful_fills_the_same_places() {
        let named = [Value::from(7_i64)];
        let sql = with_places("select x where a = $1 and b in (:these)", named.len());
        assert!(
            sql.ends_with(
                "a = $1 and b in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
            $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)"
            ),
            "{sql}"
        );
        let these: Vec<Value> = (0..33_i64).map(Value::from).collect();
        let asked: Vec<_> = handfuls(&named, &these).collect();
        assert_eq!(asked.iter().map(Vec::len).collect::<Vec<_>>(), [33, 33]);
        assert_eq!(asked[1][1..], vec![Value::from(32_i64); 32]);
        assert_eq!(handfuls(&[], &[]).count(), 0);
    }

    #[test]
    fn a_list_is_one_parameter() {
        assert_eq!(with_list("select x where a = $1 and b in (:these)", 1), "select x where a = $1 and b = any($2)");
    }
}
