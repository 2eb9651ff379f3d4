//! Which account an identity belongs to. An administrator writes the claim (usually an e-mail address) that names a person
//! at the provider; the first sign-in that bears it joins issuer and subject to the account, and from then on only those
//! count: an address that is later given to somebody else opens nothing.

use domain::{District, Event, Id, Jurisdiction, things::Account};
use store::{Blind, Error, Sealed, Tx, params};

use super::provider::Vouched;
use crate::{
    access::sessions,
    refusal::{Fault, Refused},
};

/// The label under which the claim is sealed.
pub const CLAIMED: &str = "identities.claimed";

/// Whom an identity lets in.
#[derive(Clone)]
pub struct Known {
    pub account: Id<Account>,
    pub district: District,
    /// The account bears the claim, and is joined by this sign-in.
    is_first: bool,
}

/// The account of somebody the provider vouches for. Suspended ones are not found, as with a password.
pub fn account_of(tx: &mut Tx, vouched: &Vouched) -> Result<Option<Known>, Fault> {
    let sql = "select i.account, a.district, a.suspended_at from identities i join accounts a on a.id = i.account
               where i.joined = $1";
    let joined = tx.first(sql, params![subject(tx, vouched)], |row| {
        let known = Known { account: row.get("account")?, district: row.get("district")?, is_first: false };
        Ok((known, row.get::<Option<i64>>("suspended_at")?.is_some()))
    })?;
    // Whoever is joined to a suspended account does not come in by the claim of another.
    if let Some((known, is_suspended)) = joined {
        return Ok(Some(known).filter(|_| !is_suspended));
    }
    let Ok(Some(claim)) = &vouched.claim else { return Ok(None) };
    // Whether or not an account waits for that address: who merely types it in learns nothing.
    if !claim.is_confirmed {
        return Err(Refused::IdentityUnconfirmed.into());
    }
    let sql = "select i.account, a.district from identities i join accounts a on a.id = i.account
               where i.claimed_blind = $1 and i.joined is null and a.suspended_at is null";
    let found = tx.first(sql, params![claimed(tx, &claim.text)], |row| {
        Ok(Known { account: row.get("account")?, district: row.get("district")?, is_first: true })
    });
    Ok(found?)
}

/// Looks again within the change that lets somebody in, and joins whoever comes for the first time.
pub fn let_in(tx: &mut Tx, vouched: &Vouched, known: &Known) -> Result<(), Fault> {
    let again = account_of(tx, vouched)?.filter(|again| again.account == known.account);
    let Some(again) = again else { return Err(Refused::IdentityOver.into()) };
    if again.is_first {
        let account = again.account;
        let joined = tx.execute(
            "update identities set joined = $2, joined_at = $3 where account = $1 and joined is null",
            params![account, subject(tx, vouched), tx.at()],
        )?;
        if joined != 1 {
            return Err(Refused::IdentityOver.into());
        }
        tx.record(&Jurisdiction::district(again.district), account.uuid(), &Event::IdentityJoined { account })?;
    }
    Ok(())
}

/// Writes how somebody is called at the provider; with nothing written, the provider lets this account in no more. What was
/// joined before is parted, and whoever came in by it goes.
pub fn write(tx: &mut Tx, place: &Jurisdiction, account: Id<Account>, text: &str) -> Result<(), Fault> {
    let text = text.trim();
    if written(tx, account)?.as_deref() == Some(text) {
        return Ok(());
    }
    if is_joined(tx, account)? {
        sessions::end_all(tx, account.uuid())?;
    }
    tx.execute("delete from identities where account = $1", params![account])?;
    if !text.is_empty() {
        let (sealed, blind) = (tx.seal(CLAIMED, text), claimed(tx, text));
        let sql = "insert into identities (account, claimed, claimed_blind) values ($1, $2, $3)
                   on conflict (claimed_blind) do nothing";
        if tx.execute(sql, params![account, sealed, blind])? == 0 {
            return Err(Refused::IdentityTaken.into());
        }
    }
    Ok(tx.record(place, account.uuid(), &Event::IdentityWritten { account })?)
}

/// How an account's holder is called at the provider.
pub fn written(tx: &mut Tx, account: Id<Account>) -> Result<Option<String>, Error> {
    let sql = "select claimed from identities where account = $1";
    let sealed = tx.first(sql, params![account], |row| row.get::<Sealed>("claimed"))?;
    sealed.map(|sealed| tx.open(CLAIMED, sealed)).transpose()
}

pub fn is_joined(tx: &mut Tx, account: Id<Account>) -> Result<bool, Error> {
    let sql = "select 1 as one from identities where account = $1 and joined is not null";
    Ok(tx.first(sql, params![account], |row| row.get::<i64>("one"))?.is_some())
}

fn subject(tx: &Tx, vouched: &Vouched) -> Blind {
    // A subject is one only together with its issuer, and neither holds a line break.
    tx.blind("identities.joined", &format!("{}\n{}", vouched.issuer, vouched.subject))
}

/// Addresses are written in capitals or without, by people and by providers. Nothing else is taken for the same: letters
/// of other alphabets that look alike, or staff numbers that differ in a capital, may be two people's.
fn claimed(tx: &Tx, text: &str) -> Blind {
    let text = text.trim_ascii();
    let same = if text.contains('@') { text.to_ascii_lowercase() } else { text.to_owned() };
    tx.blind("identities.claimed_blind", &same)
}

#[cfg(test)]
mod tests {
    use store::{Act, Store, testing};

    use super::*;
    use crate::{
        House,
        access::{accounts, oidc::provider::Claim},
        house::own_duty,
    };

    async fn change<T: Send + 'static>(
        store: &Store,
        work: impl Fn(&mut Tx) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        store.change(Act::system(testing::MIDNIGHT), work).await
    }

    fn here() -> Jurisdiction {
        Jurisdiction::district("440902".parse().unwrap())
    }

    async fn account(store: &Store, login: &'static str, identity: &'static str) -> Result<Id<Account>, Fault> {
        change(store, move |tx| {
            accounts::first_administrator(tx, &here().district, "茂南区")?;
            let district = here().district;
            let account =
                accounts::create(tx, &accounts::Newcomer { district: &district, login, name: login, phone: None })?;
            write(tx, &here(), account, identity)?;
            Ok(account)
        })
        .await
    }

    fn vouched(issuer: &str, subject: &str, email: &str, is_confirmed: bool) -> Vouched {
        let claim = Ok(Some(Claim { text: email.to_owned(), is_confirmed }));
        Vouched { issuer: issuer.to_owned(), subject: subject.to_owned(), claim }
    }

    /// Whom an identity lets in; the number of the "no".
    async fn comes_in(store: &Store, vouched: Vouched) -> Result<Option<Id<Account>>, String> {
        let came = change(store, move |tx| {
            let Some(known) = account_of(tx, &vouched)? else { return Ok(None) };
            let_in(tx, &vouched, &known)?;
            Ok(Some(known.account))
        });
        came.await.map_err(|fault| fault.to_string())
    }

    #[tokio::test]
    async fn an_identity_is_joined_once_and_by_issuer_and_subject() {
        testing::each_engine(House::migrations(&[own_duty()]), async |store| {
            let chief = account(&store, "chief", " Chief@muster.test ").await.unwrap();
            let no = account(&store, "other", "chief@MUSTER.test").await.unwrap_err();
            assert_eq!(no.to_string(), "refused: web.31");
            let other = account(&store, "other", "other@muster.test").await.unwrap();
            let (issuer, email) = ("https://id.test", "CHIEF@muster.test");
            for unconfirmed in [email, "nobody@muster.test"] {
                let no = comes_in(&store, vouched(issuer, "1", unconfirmed, false)).await;
                assert_eq!(no, Err("refused: web.27".to_owned()));
            }
            // A Kelvin sign is no K.
            account(&store, "kim", "kim@muster.test").await.unwrap();
            assert_eq!(comes_in(&store, vouched(issuer, "9", "\u{212a}im@muster.test", true)).await, Ok(None));
            assert_eq!(comes_in(&store, vouched(issuer, "1", "nobody@muster.test", true)).await, Ok(None));
            assert_eq!(comes_in(&store, vouched(issuer, "1", email, true)).await, Ok(Some(chief)));
            // The claim has done its work.
            assert_eq!(comes_in(&store, vouched(issuer, "1", "gone@muster.test", false)).await, Ok(Some(chief)));
            assert_eq!(comes_in(&store, vouched(issuer, "2", email, true)).await, Ok(None));
            assert_eq!(comes_in(&store, vouched("https://other.test", "1", email, true)).await, Ok(None));
            // Somebody who is joined comes to no other account, not even while theirs is suspended.
            let suspend = |tx: &mut Tx, account| accounts::suspend(tx, &here().district, account);
            change(&store, move |tx| {
                accounts::grant(tx, &here().district, other, domain::Role::Administrator, &domain::Scope::District)?;
                suspend(tx, chief)
            })
            .await
            .unwrap();
            assert_eq!(comes_in(&store, vouched(issuer, "1", "other@muster.test", true)).await, Ok(None));
            assert_eq!(comes_in(&store, vouched(issuer, "3", "other@muster.test", true)).await, Ok(Some(other)));
            // Written anew, it is open to whoever bears the claim.
            change(&store, move |tx| write(tx, &here(), other, "heir@muster.test")).await.unwrap();
            assert_eq!(comes_in(&store, vouched(issuer, "3", "gone@muster.test", true)).await, Ok(None));
            assert_eq!(comes_in(&store, vouched(issuer, "4", "heir@muster.test", true)).await, Ok(Some(other)));
        })
        .await;
    }
}
