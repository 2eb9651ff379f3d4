//! The doctor: what endangers the night, found before it does.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use domain::Moment;

use crate::{
    Address, Error, Keyring, Migration, Result, Tx, backup, engine,
    engine::{Purpose, apart},
    migrate, params,
    seal::SharedKeyring,
};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Fine,
    /// Should be mended soon.
    Care,
    /// Muster must not run like this.
    Danger,
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub weight: Weight,
    /// What was looked at: `journal`, `disk` …
    pub about: &'static str,
    /// What was found, and what to do about it.
    pub text: String,
}

impl Finding {
    fn fine(about: &'static str, text: impl Into<String>) -> Self {
        Self { weight: Weight::Fine, about, text: text.into() }
    }

    fn care(about: &'static str, text: impl Into<String>) -> Self {
        Self { weight: Weight::Care, about, text: text.into() }
    }

    fn danger(about: &'static str, text: impl Into<String>) -> Self {
        Self { weight: Weight::Danger, about, text: text.into() }
    }
}

/// A clock this much behind the journal is wrong.
const CLOCK_SLACK_S: i64 = 300;
/// A lease this long over belongs to nobody, and no server runs to take it.
const LEASE_SLACK_S: i64 = 600;
/// A backup is a matter of a minute, and what came after the last one is lost with the disk.
const STALE_BACKUP_MIN: i64 = 24 * 60;
/// With less room than this the alarm is given: what is written in a night fits ten times into it.
pub const LEAST_FREE_PERCENT: u64 = 10;

/// Looks at everything; changes nothing.
pub fn examine(address: &Address, migrations: &[Migration], keyring: Option<&Path>, now: Moment) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Address::Sqlite(file) = address {
        if !file.exists() {
            findings.push(Finding::danger(
                "database",
                format!("{} does not exist; muster migrate makes it", file.display()),
            ));
            return findings;
        }
        findings.push(disk(file.parent().unwrap_or(Path::new("."))));
    }
    findings.extend(keyring.map(key_file));
    findings.push(Finding::fine("backup", "the keyring is not in any backup: keep a copy of it in another safe place"));
    match apart(|| examine_database(address, migrations, now)) {
        Ok(found) => findings.extend(found),
        Err(cause) => findings.push(Finding::danger("database", cause.to_string())),
    }
    findings
}

fn examine_database(address: &Address, migrations: &[Migration], now: Moment) -> Result<Vec<Finding>> {
    // Connecting refuses old engines and unsafe settings by itself.
    let session = engine::connect(address, Purpose::Look)?;
    let mut tx = Tx::new(session, SharedKeyring::new(Keyring::random()));
    tx.begin(Purpose::Look)?;
    let version = tx.engine(|session| session.version())?;
    let mut findings = vec![Finding::fine("engine", format!("{version}, its settings keep what is acknowledged"))];
    findings.extend(engine::line(address).map(|kept| Finding::fine("line", kept)));
    let schema = schema(&mut tx, migrations);
    let usable = schema.weight < Weight::Danger;
    findings.push(schema);
    if usable {
        findings.extend([
            clock(&mut tx, now)?,
            last_backup(&mut tx, now)?,
            leases(&mut tx, now)?,
            given_up(&mut tx)?,
            conflicts(&mut tx)?,
        ]);
    }
    tx.rollback();
    Ok(findings)
}

fn schema(tx: &mut Tx, migrations: &[Migration]) -> Finding {
    let about = "migrations";
    match migrate::standing(tx, &migrate::whole(migrations)) {
        Ok(standing) if standing.pending.is_empty() => Finding::fine(about, "all applied"),
        Ok(standing) if standing.is_empty_database() => Finding::danger(about, "none applied: run muster migrate"),
        Ok(standing) => Finding::danger(about, format!("{} not applied: run muster migrate", standing.pending.len())),
        Err(cause) => Finding::danger(about, cause.to_string()),
    }
}

fn clock(tx: &mut Tx, now: Moment) -> Result<Finding> {
    let last =
        tx.first("select at from journal order by number desc limit 1", params![], |row| row.get::<Moment>(0))?;
    let behind_s = last.map_or(0, |last| last.since_s(now));
    if behind_s > CLOCK_SLACK_S {
        let text = format!("this machine's clock is {behind_s} s behind the journal's last entry: set it right");
        return Ok(Finding::danger("clock", text));
    }
    Ok(Finding::fine("clock", "not behind the journal"))
}

fn last_backup(tx: &mut Tx, now: Moment) -> Result<Finding> {
    let about = "backup";
    let Some(last) = backup::last(tx)? else {
        return Ok(Finding::care(about, "none was ever made of this database: run muster backup FILE"));
    };
    let ago_min = now.since_s(last) / 60;
    if ago_min * 60 < -CLOCK_SLACK_S {
        return Ok(Finding::care(about, "the last one was made by a clock that was ahead: run muster backup FILE"));
    }
    if ago_min > STALE_BACKUP_MIN {
        return Ok(Finding::care(
            about,
            format!("the last one was made {} h ago: run muster backup FILE", ago_min / 60),
        ));
    }
    Ok(Finding::fine(about, format!("the last one was made {ago_min} min ago")))
}

fn leases(tx: &mut Tx, now: Moment) -> Result<Finding> {
    let over = now.plus_s(-LEASE_SLACK_S);
    let stuck: u64 = tx.one("select count(*) from jobs where lease_until < $1", params![over], |row| row.get(0))?;
    if stuck > 0 {
        return Ok(Finding::care("jobs", format!("{stuck} jobs were begun and never ended: is a server running?")));
    }
    Ok(Finding::fine("jobs", "none is stuck"))
}

fn given_up(tx: &mut Tx) -> Result<Finding> {
    let count: u64 = tx.one("select count(*) from jobs where given_up_at is not null", params![], |row| row.get(0))?;
    if count > 0 {
        return Ok(Finding::care("jobs", format!("{count} jobs were given up: see why in the list of jobs")));
    }
    Ok(Finding::fine("jobs", "none was given up"))
}

fn conflicts(tx: &mut Tx) -> Result<Finding> {
    let count: u64 = tx.one("select count(*) from conflicts where settled_at is null", params![], |row| row.get(0))?;
    if count > 0 {
        return Ok(Finding::care(
            "conflicts",
            format!("{count} requests reused a key with other content: decide each"),
        ));
    }
    Ok(Finding::fine("conflicts", "none is open"))
}

fn disk(folder: &Path) -> Finding {
    match free_percent(folder) {
        Ok(free) => disk_finding(free),
        Err(cause) => Finding::care("disk", format!("free space of {} is unknown: {cause}", folder.display())),
    }
}

/// How much of the disk of a folder is free, in percent.
pub(crate) fn free_percent(folder: &Path) -> Result<u64, rustix::io::Errno> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    rustix::fs::statvfs(folder).map(|about| about.f_bavail * 100 / about.f_blocks.max(1))
}

fn disk_finding(free_percent: u64) -> Finding {
    let text = format!("{free_percent} % free");
    if free_percent < LEAST_FREE_PERCENT {
        Finding::danger("disk", format!("{text}: make room before writing stops"))
    } else {
        Finding::fine("disk", text)
    }
}

fn key_file(path: &Path) -> Finding {
    let shown = path.display();
    match std::fs::metadata(path) {
        Err(cause) => Finding::danger("keyring", format!("{shown}: {cause}")),
        Ok(about) if about.permissions().mode() & 0o077 != 0 => {
            Finding::danger("keyring", format!("{shown} can be read by others: chmod 600 {shown}"))
        }
        Ok(_) => match Keyring::load(path) {
            Ok(_) => Finding::fine("keyring", format!("{shown} is private and readable")),
            Err(Error::Key(cause)) => Finding::danger("keyring", cause),
            Err(cause) => Finding::danger("keyring", cause.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nearly_full_disk_is_a_danger() {
        assert_eq!(disk_finding(9).weight, Weight::Danger);
        assert_eq!(disk_finding(10).weight, Weight::Fine);
    }
}
