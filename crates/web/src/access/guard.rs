//! The guard at everything that takes a secret: at most ten wrong tries in fifteen minutes for one account and for one
//! address. Tries stand in the store, so they count on every server together and a restart forgives nothing.

use std::net::{IpAddr, Ipv6Addr};

use domain::Moment;
use store::{Act, Error, Tx, params};
use uuid::Uuid;

use crate::{
    Desk,
    refusal::{Fault, Refused},
};

const WITHIN_MIN: i64 = 15;
const TRIES: i64 = 10;
/// For long codes, which nobody can guess: a whole street of phones may sit behind one address.
const TRIES_AT_CODES: i64 = 100;

/// Something whose tries are counted.
#[derive(Debug, Clone)]
pub struct Counted {
    name: String,
    most: i64,
}

impl Counted {
    /// An account, a device, a person: whatever bears this name.
    pub fn of(name: impl Into<String>) -> Self {
        Self { name: name.into(), most: TRIES }
    }

    /// Where the request came from.
    pub fn address(desk: &Desk) -> Self {
        Self::of(format!("address {}", network(desk.peer)))
    }

    /// Where a request with a long code came from.
    pub fn address_with_codes(desk: &Desk) -> Self {
        Self { name: format!("codes {}", network(desk.peer)), most: TRIES_AT_CODES }
    }

    /// Where somebody comes back from the identity provider to. Counted apart: what goes wrong there keeps nobody from
    /// showing a badge.
    pub fn address_with_identities(desk: &Desk) -> Self {
        Self { name: format!("identities {}", network(desk.peer)), most: TRIES_AT_CODES }
    }

    fn is_used_up(&self, tx: &mut Tx, at: Moment) -> Result<bool, Error> {
        let sql = "select count(*) as n from tries where counted = $1 and at > $2 and at < $3";
        let counted = tx.blind("tries.counted", &self.name);
        let (from, to) = that_count(at);
        let used: i64 = tx.one(sql, params![counted, from, to], |row| row.get("n"))?;
        Ok(used >= self.most)
    }
}

/// One try that was taken. It counts unless it is given back.
#[derive(Debug, Clone, Copy)]
pub struct Try(Uuid);

/// Refuses when no try is left. Takes none.
pub async fn look(desk: &Desk, all: Vec<Counted>) -> Result<(), Fault> {
    let at = desk.at();
    desk.look(move |tx| refuse_used_up(tx, &all, at)).await
}

/// Takes one of the tries that are left, before the secret is looked at: however many come at once, no more than that
/// many secrets are ever looked at.
pub async fn take(desk: &Desk, all: Vec<Counted>) -> Result<Try, Fault> {
    // Whoever has none left does not reach the gate, where honest work waits.
    look(desk, all.clone()).await?;
    let id = Uuid::new_v4();
    let act = Act::new(desk.actor(), desk.at()).of_request(desk.request);
    let taken = desk.store().change(act, move |tx| {
        let at = tx.at();
        let (from, to) = that_count(at);
        tx.execute("delete from tries where at <= $1 or at >= $2", params![from, to])?;
        refuse_used_up(tx, &all, at)?;
        for one in &all {
            let counted = tx.blind("tries.counted", &one.name);
            tx.execute("insert into tries (id, counted, at) values ($1, $2, $3)", params![id, counted, at])?;
        }
        Ok::<_, Fault>(Try(id))
    });
    taken.await
}

/// Tries between these two count. Those from later than now were taken while the clock ran ahead: they would lock for as
/// long as it did.
const fn that_count(at: Moment) -> (Moment, Moment) {
    (at.plus_min(-WITHIN_MIN), at.plus_min(WITHIN_MIN))
}

/// The secret was right: the try does not count.
pub fn give_back(tx: &mut Tx, taken: Try) -> Result<(), Error> {
    tx.execute("delete from tries where id = $1", params![taken.0])?;
    Ok(())
}

fn refuse_used_up(tx: &mut Tx, all: &[Counted], at: Moment) -> Result<(), Fault> {
    for one in all {
        if one.is_used_up(tx, at)? {
            return Err(Refused::TooManyTries.into());
        }
    }
    Ok(())
}

/// Who has one IPv6 address has a whole /64 of them.
fn network(address: Option<IpAddr>) -> IpAddr {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Some(v4) => v4,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_is_counted_together() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
