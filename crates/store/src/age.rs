//! Age that no wrong clock can make. Whatever is thrown away because it is old must be old by this: a server counts the
//! hours in which it ran, by the machine's own ticking and not by its calendar. A clock that jumps a year ahead adds one
//! hour, so it ages nothing; time in which no server ran does not count, so things are kept rather longer than shorter.

use domain::Moment;

use crate::{Act, Result, Store, Tx, params, plant, replies};

/// Other servers of the same database tick too; the first of an hour counts.
const ALREADY_TICKED_S: i64 = 55 * 60;

/// No phone sends again after so long; until then the same key has the same answer.
const REPLIES_DAYS: u32 = 60;
/// What was asked is kept for laying two versions side by side; nobody stays signed in longer than a week.
const BODIES_DAYS: u32 = 7;

/// The planted fault of the test with a wrong clock.
const BY_CALENDAR: &str = "age-by-calendar";

/// Counts one hour, unless another server has just counted it.
pub fn tick(tx: &mut Tx) -> Result<()> {
    let now = tx.at();
    let last = tx.first("select hour, at from lived order by hour desc limit 1", params![], |row| {
        Ok((row.get::<i64>("hour")?, row.get::<Moment>("at")?))
    })?;
    let hour = last.map_or(0, |(hour, _)| hour + 1);
    if last.is_some_and(|(_, at)| (0..ALREADY_TICKED_S).contains(&now.since_s(at))) {
        return Ok(());
    }
    tx.execute("insert into lived (hour, at) values ($1, $2)", params![hour, now])?;
    Ok(())
}

/// What happened before this moment is at least so many days old; none while no server has run that long.
pub fn older_than(tx: &mut Tx, days: u32) -> Result<Option<Moment>> {
    let hours = i64::from(days) * 24;
    if plant::has(BY_CALENDAR) {
        return Ok(Some(tx.at().plus_h(-hours)));
    }
    let top: Option<i64> = tx.one("select max(hour) from lived", params![], |row| row.get(0))?;
    let Some(from) = top.map(|top| top - hours).filter(|from| *from >= 0) else { return Ok(None) };
    // The earliest of the last hours: a clock that was wrong for a while can only make this earlier.
    tx.one("select min(at) from lived where hour >= $1", params![from], |row| row.get(0))
}

impl Store {
    /// Ticks once an hour, for as long as it is waited for.
    pub async fn keep_time(&self) {
        let mut hours = tokio::time::interval(std::time::Duration::from_hours(1));
        loop {
            hours.tick().await;
            let hour = self.change(Act::system(self.clock().now()), |tx| {
                tick(tx)?;
                older_than(tx, REPLIES_DAYS)?.map_or(Ok(0), |before| replies::forget_before(tx, before))?;
                older_than(tx, BODIES_DAYS)?.map_or(Ok(0), |before| replies::forget_bodies(tx, before))
            });
            if let Err(cause) = hour.await {
                tracing::warn!(%cause, "an hour was not counted");
            }
        }
    }
}
