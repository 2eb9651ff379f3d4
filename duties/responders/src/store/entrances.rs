//! Wrong digits at the entrance by badge.

use domain::{Id, Moment, things::Volunteer};
use store::{Result, Tx, params};

/// How many mistakes in a row, and when the last one was.
pub fn mistakes(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<(u32, Moment)> {
    let found = tx.first("select wrong, last_at from entrances where volunteer = $1", params![volunteer], |row| {
        Ok((row.get("wrong")?, row.get("last_at")?))
    });
    Ok(found?.unwrap_or_default())
}

/// One more mistake; gives how many there are now.
pub fn add_mistake(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<u32> {
    let wrong = mistakes(tx, volunteer)?.0 + 1;
    let at = tx.at();
    tx.execute(
        "insert into entrances (volunteer, wrong, last_at) values ($1, $2, $3)
         on conflict (volunteer) do update set wrong = excluded.wrong, last_at = excluded.last_at",
        params![volunteer, wrong, at],
    )?;
    Ok(wrong)
}

/// As if nobody had ever made one. Says whether anything was forgotten.
pub fn forget(tx: &mut Tx, volunteer: Id<Volunteer>) -> Result<bool> {
    Ok(tx.execute("delete from entrances where volunteer = $1", params![volunteer])? > 0)
}
