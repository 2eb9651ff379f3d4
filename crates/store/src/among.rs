//! Lists are asked for by the handful, so that one statement text serves all lengths: `where id in (:these)`.

use crate::{Result, Row, Tx, Value};

const HANDFUL: usize = 32;
const THESE: &str = ":these";

/// The statement with its places, and what it is asked with, handful by handful: the last value is repeated until the
/// places are filled.
fn handfuls(
    sql: &str,
    named: &[Value],
    these: impl IntoIterator<Item = impl Into<Value>>,
) -> (String, impl Iterator<Item = Vec<Value>>) {
    let first = named.len() + 1;
    let places = (first..first + HANDFUL).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let (named, mut these) = (named.to_vec(), these.into_iter().map(Into::into).peekable());
    let asked = std::iter::from_fn(move || {
        these.peek()?;
        let mut asked = named.clone();
        asked.extend(these.by_ref().take(HANDFUL));
        let last = asked.last()?.clone();
        asked.resize(named.len() + HANDFUL, last);
        Some(asked)
    });
    (sql.replace(THESE, &places), asked)
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
        let (sql, handfuls) = handfuls(sql, named, these);
        let mut found = Vec::new();
        for asked in handfuls {
            found.extend(self.rows(&sql, &asked, &mut map)?);
        }
        Ok(found)
    }

    /// [`Tx::execute`] on many things.
    pub fn execute_among(
        &mut self,
        sql: &str,
        named: &[Value],
        these: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Result<u64> {
        let (sql, mut handfuls) = handfuls(sql, named, these);
        handfuls.try_fold(0, |changed, asked| Ok(changed + self.execute(&sql, &asked)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handful_fills_the_same_places() {
        let named = [Value::from(7_i64)];
        let (sql, asked) = handfuls("select x where a = $1 and b in (:these)", &named, 0..33_i64);
        assert!(
            sql.ends_with(
                "a = $1 and b in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
            $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)"
            ),
            "{sql}"
        );
        let asked: Vec<_> = asked.collect();
        assert_eq!(asked.iter().map(Vec::len).collect::<Vec<_>>(), [33, 33]);
        assert_eq!(asked[1][1..], vec![Value::from(32_i64); 32]);
        assert_eq!(handfuls("", &[], Vec::<i64>::new()).1.count(), 0);
    }
}
