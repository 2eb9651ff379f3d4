//! Accounts of the headquarters' people.

use std::collections::HashMap;

use domain::{Actor, ActorKind, District, Event, Id, Jurisdiction, PhoneNumber, Role, Scope, things::Account};
use store::{Error, Sealed, Tx, params};

use super::{doors, sessions, standing};
use crate::refusal::{Fault, Refused};

/// The labels under which personal fields are sealed.
pub const NAME: &str = "accounts.name";
pub const PHONE: &str = "accounts.phone";

/// Somebody new.
pub struct Newcomer<'a> {
    pub district: &'a District,
    pub login: &'a str,
    pub name: &'a str,
    pub phone: Option<&'a PhoneNumber>,
}

/// Creates an account without a password: its holder comes in by a link first.
pub fn create(tx: &mut Tx, newcomer: &Newcomer<'_>) -> Result<Id<Account>, Fault> {
    let login = newcomer.login.trim().to_lowercase();
    let taken =
        tx.first("select 1 as one from accounts where login = $1", params![&login], |row| row.get::<i64>("one"))?;
    if taken.is_some() {
        return Err(Refused::LoginTaken.with("login", login).into());
    }
    let id = Id::fresh(tx.at());
    let name = tx.seal(NAME, newcomer.name.trim());
    let phone = newcomer.phone.map(|phone| tx.seal(PHONE, phone.as_str()));
    tx.execute(
        "insert into accounts (id, district, login, name, phone, created_at) values ($1, $2, $3, $4, $5, $6)",
        params![id, newcomer.district, login, name, phone, tx.at()],
    )?;
    let place = Jurisdiction::district(newcomer.district.clone());
    tx.record(&place, id.uuid(), &Event::AccountCreated { account: id })?;
    Ok(id)
}

pub fn grant(tx: &mut Tx, district: &District, account: Id<Account>, role: Role, scope: &Scope) -> Result<(), Error> {
    standing::grant(tx, account.uuid(), role, scope)?;
    let place = Jurisdiction::district(district.clone());
    tx.record(&place, account.uuid(), &Event::RoleGranted { account, role })
}

pub fn set_password(tx: &mut Tx, account: Id<Account>, hash: &str) -> Result<(), Error> {
    tx.execute("update accounts set password = $2 where id = $1", params![account, hash])?;
    Ok(())
}

/// How somebody is called and reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub phone: Option<String>,
}

/// For those who must reach these people.
pub fn contacts(tx: &mut Tx, accounts: &[Id<Account>]) -> Result<HashMap<Id<Account>, Contact>, Error> {
    let sql = "select id, name, phone from accounts where id in (:these)";
    let sealed = tx.rows_among(sql, &[], accounts.iter().copied(), |row| {
        Ok((row.get("id")?, row.get::<Sealed>("name")?, row.get::<Option<Sealed>>("phone")?))
    })?;
    let open = |(id, name, phone): (_, _, Option<Sealed>)| {
        let phone = phone.map(|phone| tx.open(PHONE, phone)).transpose()?;
        Ok((id, Contact { name: tx.open(NAME, name)?, phone }))
    };
    sealed.into_iter().map(open).collect()
}

/// What signing in needs to know of an account.
pub struct SigningIn {
    pub account: Id<Account>,
    pub district: District,
    /// The stored hash; none while the account has no password.
    pub password: Option<String>,
}

/// The account of a login; suspended accounts are not found.
pub fn by_login(tx: &mut Tx, login: &str) -> Result<Option<SigningIn>, Error> {
    tx.first(
        "select id, district, password from accounts where login = $1 and suspended_at is null",
        params![login.trim().to_lowercase()],
        |row| Ok(SigningIn { account: row.get("id")?, district: row.get("district")?, password: row.get("password")? }),
    )
}

/// Takes a role away from an account.
pub fn withdraw(tx: &mut Tx, district: &District, account: Id<Account>, role: Role) -> Result<(), Fault> {
    if role == Role::Administrator {
        leave_an_administrator(tx, account)?;
    }
    if standing::withdraw(tx, account.uuid(), role, &Scope::District)? {
        let event = Event::RoleWithdrawn { account, role };
        tx.record(&Jurisdiction::district(district.clone()), account.uuid(), &event)?;
    }
    Ok(())
}

/// Somebody else can still make accounts.
fn leave_an_administrator(tx: &mut Tx, account: Id<Account>) -> Result<(), Fault> {
    let is_admin = "select count(distinct g.holder) as n from grants g join accounts a on a.id = g.holder
                    where g.role = 'administrator' and g.withdrawn_at is null and a.suspended_at is null and a.id <> $1";
    let others: i64 = tx.one(is_admin, params![account], |row| row.get("n"))?;
    if others == 0 { Err(Refused::LastAdministrator.into()) } else { Ok(()) }
}

/// Suspends an account: its sessions and links end at once.
pub fn suspend(tx: &mut Tx, district: &District, account: Id<Account>) -> Result<(), Fault> {
    leave_an_administrator(tx, account)?;
    let rows = tx.execute(
        "update accounts set suspended_at = $3 where id = $1 and district = $2 and suspended_at is null",
        params![account, district, tx.at()],
    )?;
    if rows == 0 {
        return Err(Refused::NotThere.into());
    }
    sessions::end_all(tx, account.uuid())?;
    doors::close_all(tx, account.uuid())?;
    tx.record(&Jurisdiction::district(district.clone()), account.uuid(), &Event::AccountSuspended { account })?;
    Ok(())
}

/// Takes a suspension back. What ended with it stays ended: the person signs in anew.
pub fn reinstate(tx: &mut Tx, district: &District, account: Id<Account>) -> Result<(), Fault> {
    let rows = tx.execute(
        "update accounts set suspended_at = null where id = $1 and district = $2 and suspended_at is not null",
        params![account, district],
    )?;
    if rows == 0 {
        return Err(Refused::NotThere.into());
    }
    tx.record(&Jurisdiction::district(district.clone()), account.uuid(), &Event::AccountReinstated { account })?;
    Ok(())
}

/// Makes the district and, when there is none yet, the first administrator; gives the one-time code to come in by.
pub fn first_administrator(tx: &mut Tx, district: &District, district_name: &str) -> Result<Option<String>, Fault> {
    tx.execute(
        "insert into districts (code, name, created_at) values ($1, $2, $3) on conflict (code) do nothing",
        params![district, district_name, tx.at()],
    )?;
    let any: i64 = tx.one("select count(*) as n from accounts", params![], |row| row.get("n"))?;
    if any > 0 {
        return Ok(None);
    }
    let newcomer = Newcomer { district, login: "administrator", name: "Administrator", phone: None };
    let account = create(tx, &newcomer)?;
    grant(tx, district, account, Role::Administrator, &Scope::District)?;
    let actor = Actor::new(ActorKind::Account, account.uuid());
    Ok(Some(doors::open(tx, actor, district, doors::Kind::Once, Some(72))?))
}
