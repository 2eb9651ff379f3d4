//! The phones of sites: what each entered, by its running number, so that nothing counts twice and a gap is seen.

use domain::{District, Id, Moment, things::Site};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Tx, params};

/// An entry that was received: what was asked, and what was answered.
#[derive(Debug, Clone)]
pub struct Kept {
    pub fingerprint: [u8; 32],
    pub verdict: serde_json::Value,
    pub received_at: Moment,
}

pub fn kept(tx: &mut Tx, device: &str, n: i64) -> Result<Option<Kept>, Error> {
    let sql = "select fingerprint, verdict, received_at from phone_entries where device = $1 and n = $2";
    tx.first(sql, params![device, n], |row| {
        Ok(Kept {
            fingerprint: row.get("fingerprint")?,
            verdict: row.get("verdict")?,
            received_at: row.get("received_at")?,
        })
    })
}

/// The name under which a district keeps a phone. Phones make their names themselves: one that another district has had is
/// another phone here.
pub fn own_name(tx: &mut Tx, district: &District, device: &str) -> Result<String, Error> {
    let sql = "select 1 as one from phones where device = $1 and district <> $2";
    let is_theirs = tx.first(sql, params![device, district], |row| row.get::<i64>("one"))?.is_some();
    Ok(if is_theirs { format!("{district}-{device}") } else { device.to_owned() })
}

/// Where an entry belongs, and its number on its phone.
#[derive(Debug, Clone, Copy)]
pub struct Slip<'a> {
    pub device: &'a str,
    pub n: i64,
    pub district: &'a District,
    pub site: Id<Site>,
    pub kind: &'a str,
}

pub fn keep(tx: &mut Tx, slip: Slip<'_>, kept: &Kept) -> Result<(), Error> {
    let Slip { device, n, district, site, kind } = slip;
    tx.execute(
        "insert into phone_entries (device, n, district, site, kind, fingerprint, verdict, received_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![device, n, district, site, kind, kept.fingerprint, &kept.verdict, kept.received_at],
    )?;
    Ok(())
}

/// Notes that a phone was heard of, how far its numbers go, and how many of them it still holds.
pub fn heard(
    tx: &mut Tx,
    device: &str,
    district: &District,
    site: Id<Site>,
    top: i64,
    holding: i64,
) -> Result<(), Error> {
    let (at, holder) = (tx.at(), tx.actor().id);
    tx.execute(
        "insert into phones (device, district, site, holder, top, holding, heard_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (device) do update set site = excluded.site, \
         holder = excluded.holder, holding = excluded.holding, heard_at = excluded.heard_at, \
         top = case when excluded.top > phones.top then excluded.top else phones.top end",
        params![device, district, site, holder, top, holding, at],
    )?;
    Ok(())
}

/// A phone of a site, and what is missing from its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Phone {
    pub device: String,
    /// How many entries of it were received.
    pub received: i64,
    /// How many it said it still holds.
    pub holding: i64,
    /// How many were entered and are nowhere: the phone lost them before they were sent.
    pub lost: i64,
    /// How many of those somebody has looked into.
    pub settled: i64,
    pub heard_at: Moment,
}

impl Phone {
    /// How many lost entries nobody has looked into.
    pub const fn unsettled(&self) -> i64 {
        self.lost - self.settled
    }

    /// What a person tells phones apart by.
    pub fn short_name(&self) -> &str {
        self.device.get(..4).unwrap_or(&self.device)
    }
}

const PHONES: &str = "select p.device, p.top, p.holding, p.settled, p.heard_at, \
     (select count(*) from phone_entries e where e.device = p.device) as received from phones p";

fn read(row: &store::Row<'_>) -> Result<Phone, Error> {
    let (top, received, holding): (i64, i64, i64) = (row.get("top")?, row.get("received")?, row.get("holding")?);
    Ok(Phone {
        device: row.get("device")?,
        received,
        holding,
        lost: (top - received - holding).max(0),
        settled: row.get("settled")?,
        heard_at: row.get("heard_at")?,
    })
}

pub fn of_site(tx: &mut Tx, site: Id<Site>) -> Result<Vec<Phone>, Error> {
    tx.rows(&format!("{PHONES} where p.site = $1 order by p.device"), params![site], read)
}

pub fn phone(tx: &mut Tx, device: &str) -> Result<Option<Phone>, Error> {
    tx.first(&format!("{PHONES} where p.device = $1"), params![device], read)
}

/// Somebody has looked into the entries that a phone lost.
pub fn settle(tx: &mut Tx, device: &str, lost: i64) -> Result<(), Error> {
    tx.execute("update phones set settled = $2 where device = $1", params![device, lost])?;
    Ok(())
}
