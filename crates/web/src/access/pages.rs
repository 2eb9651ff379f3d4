//! Coming in and going out, and the administrator's page of accounts.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{
    Actor, ActorKind, District, Event, Id, Jurisdiction, Moment, PhoneNumber, Right, Role, Scope,
    things::{Account, Volunteer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Act, Error, Tx, params};

use super::{
    accounts, devices, doors,
    guard::{self, Counted},
    looks, oidc, passwords, sessions, standing, tokens,
};
use crate::{
    Desk, Done, Fault, NavItem, Page, Undo,
    answer::{WithCookie, with_cookie},
    exports, qr,
    refusal::Refused,
    view,
};

pub const NAV: &[NavItem] = &[
    crate::exports::pages::NAV[0],
    crate::exports::pages::NAV[1],
    NavItem { href: "/accounts", word: "web-accounts", right: Right::ManageAccounts, place: 90 },
    // Shown only while something waits for a decision.
    NavItem { href: crate::conflicts::ADDRESS, word: "web-conflicts", right: Right::SettleConflicts, place: 15 },
];

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

/// Where somebody starts: the first page of the navigation that is theirs.
pub async fn home(desk: Desk, _: Nothing) -> Result<Response, Fault> {
    let standing = desk.standing();
    let to = if standing.actor.kind == ActorKind::Visitor {
        "/sign-in".to_owned()
    } else if standing.actor.kind == ActorKind::Volunteer {
        "/duty".to_owned()
    } else if let Some(site) = own_site(standing) {
        format!("/sites/{site}/post")
    } else if let Some(zone) = own_zone(standing) {
        format!("/zones/{zone}")
    } else {
        let first = desk.house().nav.iter().find(|item| standing.may_somewhere(item.right));
        first.map_or("/password", |item| item.href).to_owned()
    };
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

fn own_site(standing: &super::Standing) -> Option<Id<domain::things::Site>> {
    standing.grants.iter().find_map(|grant| match (grant.role, &grant.scope) {
        (Role::SiteChief, Scope::Site(site)) => Some(*site),
        _ => None,
    })
}

fn own_zone(standing: &super::Standing) -> Option<Id<domain::things::Zone>> {
    standing.grants.iter().find_map(|grant| match (grant.role, &grant.scope) {
        (Role::ZoneLead, Scope::Zone(zone)) => Some(*zone),
        _ => None,
    })
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct SignInAsk {
    /// The page to go on to.
    next: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct SignInPage {
    next: Option<String>,
    /// The way by the identity provider, where there is one.
    oidc: Option<oidc::pages::Button>,
}
view!(SignInPage, "sign_in.html");

pub async fn sign_in_form(desk: Desk, ask: SignInAsk) -> Result<Page<SignInPage>, Fault> {
    Ok(Page(SignInPage { oidc: oidc::pages::button(&desk, ask.next.as_deref()), next: ask.next }))
}

#[derive(Deserialize, JsonSchema)]
pub struct SignIn {
    login: String,
    password: String,
    next: Option<String>,
}

pub async fn sign_in(desk: Desk, ask: SignIn) -> Result<Response, Fault> {
    let (login, mark) = (ask.login.clone(), desk.device.clone());
    let (known, device) = desk
        .look(move |tx| {
            let device = mark.and_then(|mark| devices::recognise(tx, &login, &mark));
            Ok((accounts::by_login(tx, &login)?, device))
        })
        .await?;
    let taken = guard::take(&desk, counted(&desk, &ask.login, device)).await?;
    let stored = known.as_ref().and_then(|known| known.password.clone());
    let fits = passwords::fits(ask.password, stored).await?;
    let Some(accounts::SigningIn { account, district, .. }) = known.filter(|_| fits) else {
        note_failure(&desk).await?;
        return Err(Refused::NotRecognised.into());
    };
    let (actor, login) = (Actor::new(ActorKind::Account, account.uuid()), ask.login);
    let (token, mark) = begin(&desk, actor, move |tx| {
        guard::give_back(tx, taken)?;
        Ok((sessions::begin(tx, actor, &district, Some(sessions::SESSION_H), None)?, devices::mark(tx, &login)))
    })
    .await?;
    let come = come_in(&desk, &token, &local(ask.next.as_deref()));
    Ok(with_cookie(come, &cookie(&desk, "device", &mark, devices::MARK_S)))
}

/// A known device has tries of its own; everybody else shares those of the account and of the address.
fn counted(desk: &Desk, login: &str, device: Option<String>) -> Vec<Counted> {
    match device {
        Some(device) => vec![Counted::of(format!("device {device}"))],
        None => vec![Counted::of(format!("account {}", login.trim().to_lowercase())), Counted::address(desk)],
    }
}

pub(super) async fn note_failure(desk: &Desk) -> Result<(), Fault> {
    let place = desk.here().clone();
    desk.change(move |tx| Ok(tx.record(&place, uuid::Uuid::nil(), &Event::SignInFailed {})?)).await
}

/// Begins a session in the name of whoever comes in.
pub(super) async fn begin<T: Send + 'static>(
    desk: &Desk,
    actor: Actor,
    work: impl Fn(&mut Tx) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let (place, before) = (desk.here().clone(), desk.token.clone());
    let act = Act::new(actor, desk.at()).of_request(desk.request);
    let changed = desk.store().change(act, move |tx| {
        // Whatever session the browser came with ends: nobody can plant one that another then signs in to.
        before.as_deref().map_or(Ok(()), |before| sessions::leave(tx, before))?;
        let begun = work(tx)?;
        tx.record(&place, actor.id, &Event::SignedIn {})?;
        Ok::<_, Fault>(begun)
    });
    changed.await
}

/// Lets a volunteer in whom a duty has recognised by other means than a link, and sends them on to a page of this server.
pub async fn admit_volunteer(desk: &Desk, volunteer: Id<Volunteer>, to: &str) -> Result<Response, Fault> {
    let (actor, district) = (Actor::new(ActorKind::Volunteer, volunteer.uuid()), desk.district().clone());
    let token =
        begin(desk, actor, move |tx| Ok(sessions::begin(tx, actor, &district, Some(sessions::SESSION_H), None)?));
    Ok(come_in(desk, &token.await?, &local(Some(to))))
}

/// Only addresses of this server may follow a sign-in.
pub(super) fn local(next: Option<&str>) -> String {
    // Browsers drop tabs and line breaks from an address: `/⇥/elsewhere` leads elsewhere.
    let is_local = |to: &&str| to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\t', '\r', '\n']);
    next.filter(is_local).unwrap_or("/").to_owned()
}

pub(super) fn come_in(desk: &Desk, token: &str, to: &str) -> Response {
    let mut headers = HeaderMap::new();
    let cookie = sessions::cookie(token, desk.house().settings.is_secure());
    headers.extend(cookie.parse().map(|value| (header::SET_COOKIE, value)));
    headers.insert(header::LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/")));
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn cookie(desk: &Desk, name: &str, value: &str, age_s: i64) -> String {
    let secure = if desk.house().settings.is_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}")
}

pub async fn sign_out(desk: Desk, _: Nothing) -> Result<Response, Fault> {
    if let Some(token) = desk.token.clone() {
        let (place, actor) = (desk.here().clone(), desk.actor());
        desk.change(move |tx| {
            sessions::end(tx, &token)?;
            Ok(tx.record(&place, actor.id, &Event::SignedOut {})?)
        })
        .await?;
    }
    let gone = "muster=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
    Ok((StatusCode::SEE_OTHER, [(header::SET_COOKIE, gone), (header::LOCATION, "/sign-in")]).into_response())
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DoorAsk {
    code: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DoorPage {
    code: String,
}
view!(DoorPage, "door.html");

/// The page behind a link. Programs that look at links before people do must not use them up, so it takes a tap.
pub async fn door(_: Desk, ask: DoorAsk) -> Result<Page<DoorPage>, Fault> {
    Ok(Page(DoorPage { code: ask.code }))
}

pub async fn enter(desk: Desk, ask: DoorAsk) -> Result<Response, Fault> {
    let act = Act::new(Actor::visitor(), desk.at()).of_request(desk.request);
    let code = ask.code;
    let place = desk.here().clone();
    let before = desk.token.clone();
    let entered = desk.store().change(act, move |tx| {
        before.as_deref().map_or(Ok(()), |before| sessions::leave(tx, before))?;
        let (actor, token) = doors::enter(tx, &code)?;
        tx.record(&place, actor.id, &Event::SignedIn {})?;
        Ok::<_, Fault>((actor, token))
    });
    let (actor, token) = match entered.await {
        Ok(entered) => entered,
        // Only failures are counted: a whole town may come in through one proxy or one mobile address.
        Err(fault) => {
            guard::take(&desk, vec![Counted::address_with_codes(&desk)]).await?;
            return Err(fault);
        }
    };
    let to = if actor.kind == ActorKind::Account && lacks_password(&desk, actor).await? { "/password" } else { "/" };
    Ok(come_in(&desk, &token, to))
}

/// An administrator who came in by the printed code must choose a password, or the next start locks them out.
async fn lacks_password(desk: &Desk, actor: Actor) -> Result<bool, Fault> {
    desk.look(move |tx| {
        let sql = "select 1 as one from accounts a join grants g on g.holder = a.id
                   where a.id = $1 and a.password is null and g.role = 'administrator' and g.withdrawn_at is null";
        Ok(tx.first(sql, params![actor.id], |row| row.get::<i64>("one"))?.is_some())
    })
    .await
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PasswordPage {
    min_chars: usize,
}
view!(PasswordPage, "password.html");

pub async fn password_form(_: Desk, _: Nothing) -> Result<Page<PasswordPage>, Fault> {
    Ok(Page(PasswordPage { min_chars: passwords::MIN_CHARS }))
}

#[derive(Deserialize, JsonSchema)]
pub struct NewPassword {
    password: String,
}

/// A new password ends every session of the account and begins one with a new id here.
pub async fn set_password(desk: Desk, ask: NewPassword) -> Result<WithCookie<Done<()>>, Fault> {
    let actor = desk.actor();
    let Actor { kind: ActorKind::Account, id } = actor else { return Err(Refused::NotThere.into()) };
    let hash = passwords::hash(ask.password).await?;
    let (place, act) = (desk.here().clone(), Act::new(actor, desk.at()).of_request(desk.request));
    let begun = desk.store().change(act, move |tx| {
        accounts::set_password(tx, Id::from_uuid(id), &hash)?;
        sessions::end_all(tx, id)?;
        tx.record(&place, id, &Event::PasswordSet {})?;
        Ok::<_, Fault>(sessions::begin(tx, actor, &place.district, Some(sessions::SESSION_H), None)?)
    });
    let cookie = sessions::cookie(&begun.await?, desk.house().settings.is_secure());
    Ok(WithCookie { answer: Done::at("/", ()).saying("web-password-set"), cookie })
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountLine {
    id: Id<Account>,
    login: String,
    name: String,
    roles: Vec<Role>,
    suspended: bool,
    created_at: Moment,
    /// So many people within an hour of the last day, when that is unusually many.
    looked_at: Option<u64>,
    /// Lists taken by the emergency way within the last day.
    exports_forced: u64,
    /// How the holder is called at the identity provider, and whether they have come in by it.
    identity: Option<String>,
    is_joined: bool,
}

impl AccountLine {
    const fn alarm(&self) -> Option<u64> {
        self.looked_at
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountsPage {
    accounts: Vec<AccountLine>,
    tokens: Vec<tokens::TokenLine>,
    roles: Vec<Role>,
    /// The claim that names people at the identity provider, where there is one.
    claim: Option<String>,
}
view!(AccountsPage, "accounts.html");

pub async fn accounts(desk: Desk, _: Nothing) -> Result<Page<AccountsPage>, Fault> {
    let district = desk.district().clone();
    let found = desk.look(move |tx| Ok((list_accounts(tx, &district)?, tokens::list(tx, &district)?)));
    let (accounts, tokens) = found.await?;
    let roles =
        Role::ALL.into_iter().filter(|role| !matches!(role, Role::Volunteer | Role::SiteChief | Role::ZoneLead));
    let claim = oidc::pages::claim(&desk);
    Ok(Page(AccountsPage { accounts, tokens, roles: roles.collect(), claim }))
}

/// People of the headquarters; chiefs and leads are on the pages of their sites and zones.
fn list_accounts(tx: &mut Tx, district: &District) -> Result<Vec<AccountLine>, Fault> {
    let rows = tx.rows(
        "select id, login, name, suspended_at, created_at from accounts a where district = $1
           and (exists (select 1 from grants g where g.holder = a.id and g.role not in ('site_chief', 'zone_lead'))
                or not exists (select 1 from grants g where g.holder = a.id))
         order by login limit 1000",
        params![district],
        |row| {
            let suspended = row.get::<Option<i64>>("suspended_at")?.is_some();
            let line = AccountLine {
                id: row.get("id")?,
                login: row.get("login")?,
                name: String::new(),
                roles: Vec::new(),
                suspended,
                created_at: row.get("created_at")?,
                looked_at: None,
                exports_forced: 0,
                identity: None,
                is_joined: false,
            };
            Ok((line, row.get::<Vec<u8>>("name")?))
        },
    )?;
    let mut lines = Vec::with_capacity(rows.len());
    for (mut line, sealed) in rows {
        line.name = tx.open(accounts::NAME, &sealed)?;
        let grants = standing::grants_of(tx, ActorKind::Account, line.id.uuid())?;
        line.looked_at = looks::alarm(tx, Actor::new(ActorKind::Account, line.id.uuid()))?;
        line.exports_forced = exports::forced(tx, Actor::new(ActorKind::Account, line.id.uuid()))?;
        (line.identity, line.is_joined) = (oidc::written(tx, line.id)?, oidc::is_joined(tx, line.id)?);
        line.roles = grants.into_iter().map(|grant| grant.role).collect();
        lines.push(line);
    }
    Ok(lines)
}

#[derive(Deserialize, JsonSchema)]
pub struct NewAccount {
    login: String,
    name: String,
    phone: Option<PhoneNumber>,
    role: Role,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Created {
    account: Id<Account>,
}

pub async fn create_account(desk: Desk, ask: NewAccount) -> Result<Done<Created>, Fault> {
    let district = desk.district().clone();
    let account = desk.change(move |tx| {
        let newcomer =
            accounts::Newcomer { district: &district, login: &ask.login, name: &ask.name, phone: ask.phone.as_ref() };
        let account = accounts::create(tx, &newcomer)?;
        accounts::grant(tx, &district, account, ask.role, &Scope::District)?;
        Ok(account)
    });
    let account = account.await?;
    let undo = Undo::by(format!("/accounts/{account}/suspension"), &[]);
    Ok(Done::at("/accounts", Created { account }).saying("web-account-created").undone_by(undo))
}

#[derive(Deserialize, JsonSchema)]
pub struct GrantRole {
    account: Id<Account>,
    role: Role,
    #[serde(default)]
    withdraw: bool,
}

pub async fn grant_role(desk: Desk, ask: GrantRole) -> Result<Done<()>, Fault> {
    let district = desk.district().clone();
    desk.change(move |tx| {
        // Whoever has other rights comes in anew: the sessions of before end.
        sessions::end_all(tx, ask.account.uuid())?;
        if ask.withdraw {
            accounts::withdraw(tx, &district, ask.account, ask.role)
        } else {
            Ok(accounts::grant(tx, &district, ask.account, ask.role, &Scope::District)?)
        }
    })
    .await?;
    let back = if ask.withdraw { "false" } else { "true" };
    let undo = Undo::by(format!("/accounts/{}/grants", ask.account), &[("role", ask.role.name()), ("withdraw", back)]);
    Ok(Done::at("/accounts", ()).saying("web-role-changed").undone_by(undo))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct AccountAsk {
    account: Id<Account>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct LinkPage {
    /// The address to hand over, once: it is not kept in readable form.
    address: String,
    qr: String,
}
view!(LinkPage, "link.html");

/// A one-time link for somebody to come in by. The older ones of this person stop working.
pub async fn make_link(desk: Desk, ask: AccountAsk) -> Result<Page<LinkPage>, Fault> {
    let district = desk.district().clone();
    let actor = Actor::new(ActorKind::Account, ask.account.uuid());
    let act = Act::new(desk.actor(), desk.at()).of_request(desk.request);
    let code = desk.store().change(act, move |tx| {
        doors::close_all(tx, actor.id)?;
        Ok::<_, Fault>(doors::open(tx, actor, &district, doors::Kind::Once, Some(24))?)
    });
    let address = desk.public_url(&format!("/enter/{}", code.await?));
    Ok(Page(LinkPage { qr: qr::svg(&address), address }))
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct SuspendAsk {
    account: Id<Account>,
    /// Takes a suspension back.
    #[serde(default)]
    back: bool,
}

pub async fn suspend(desk: Desk, ask: SuspendAsk) -> Result<Done<()>, Fault> {
    let district = desk.district().clone();
    desk.change(move |tx| {
        if ask.back {
            accounts::reinstate(tx, &district, ask.account)
        } else {
            accounts::suspend(tx, &district, ask.account)
        }
    })
    .await?;
    let (word, back) = if ask.back { ("web-account-reinstated", "false") } else { ("web-account-suspended", "true") };
    let undo = Undo::by(format!("/accounts/{}/suspension", ask.account), &[("back", back)]);
    Ok(Done::at("/accounts", ()).saying(word).undone_by(undo))
}

/// An account belongs to its district.
pub fn resolve_account(tx: &mut Tx, district: &District, text: &str) -> Result<Option<Jurisdiction>, Error> {
    let Ok(id) = text.parse::<Id<Account>>() else { return Ok(None) };
    tx.first("select district from accounts where id = $1 and district = $2", params![id, district], |row| {
        Ok(Jurisdiction { person: Some(id.uuid()), ..Jurisdiction::district(row.get("district")?) })
    })
}

#[derive(Deserialize, JsonSchema)]
pub struct MoveClock {
    /// How many times faster than real time; 0 pauses.
    speed: f64,
}

/// Pauses or speeds up the clock of a drill.
pub async fn move_clock(desk: Desk, ask: MoveClock) -> Result<Done<()>, Fault> {
    let clock = desk.house().clock();
    if !clock.is_movable() {
        return Err(Refused::ClockIsFixed.into());
    }
    if !(0.0..=3600.0).contains(&ask.speed) {
        return Err(Refused::NotUnderstood.with("reason", "speed lies between 0 and 3600").into());
    }
    clock.run_at(ask.speed);
    // An administrator may, and has no board.
    let sees_board = desk.standing().reaches(Right::SeeBoard).next().is_some();
    Ok(Done::at(if sees_board { "/board" } else { "/" }, ()).saying("web-saved"))
}
