//! One request's way: who asks, may they, what do they ask, what is the answer. This is the one place where rights are
//! checked.

use std::{
    future::Future,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, FromRequestParts as _, RawPathParams, Request},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use domain::{Actor, ActorKind, Jurisdiction, Moment, Right};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use store::{Act, Tx, doctor::LEAST_FREE_PERCENT};
use uuid::Uuid;

use crate::{
    access::{Standing, oidc, sessions},
    answer::Answer,
    ask, conflicts,
    desk::{Desk, RequestKey},
    errors, exports,
    frame::{Frame, NavItem},
    house::House,
    refusal::{Fault, Refused},
    routes::{Entry, In},
    server::LONGEST,
    undo::Undo,
    upload::{self, Upload},
    words::Locale,
};

/// Which life of the database answers: a phone that sees another one sends again whatever it still has.
const EPOCH: header::HeaderName = header::HeaderName::from_static("muster-epoch");
/// The largest body of a question. Files have a way of their own.
const MAX_BODY: usize = 2 << 20;

pub(crate) async fn serve<Q, A, F, W>(house: Arc<House>, entry: Arc<Entry>, asked: Request, action: F) -> Response
where
    Q: DeserializeOwned,
    A: Answer,
    F: Fn(Desk, Q) -> W,
    W: Future<Output = Result<A, Fault>>,
{
    let (mut parts, body) = asked.into_parts();
    let door = Door::of(&house, &mut parts).await;
    let outcome = async {
        let bytes = read_body(body).await?;
        let (desk, question) = door.pass::<Q>(&entry, &parts, &bytes).await?;
        door.answer(action(desk, question).await?)
    };
    door.finish(outcome.await)
}

pub(crate) async fn serve_file<Q, A, F, W>(house: Arc<House>, entry: Arc<Entry>, asked: Request, action: F) -> Response
where
    Q: DeserializeOwned,
    A: Answer,
    F: Fn(Desk, Q, Upload) -> W,
    W: Future<Output = Result<A, Fault>>,
{
    let (mut parts, body) = asked.into_parts();
    let door = Door::of(&house, &mut parts).await;
    let outcome = async {
        // The right is checked before a byte of the file is taken.
        let desk = door.admit(&entry, &parts, None).await?;
        let (fields, file) = upload::receive(&parts, body).await?;
        let question = door.read::<Q>(&parts, fields.as_bytes(), true)?;
        door.answer(action(desk, question, file).await?)
    };
    door.finish(outcome.await)
}

/// Bounded in time here, too: a question that calls itself a form with a file has no other limit.
async fn read_body(body: Body) -> Result<bytes::Bytes, Fault> {
    let read = tokio::time::timeout(LONGEST, axum::body::to_bytes(body, MAX_BODY)).await;
    let read = read.map_err(|_| Refused::NotUnderstood.with("reason", "it did not come to its end within a minute"))?;
    read.map_err(|_| Refused::TooLarge.with("most", "2 MiB").into())
}

/// What is known of a request before it is let in.
#[expect(clippy::struct_excessive_bools, reason = "each is one fact of a request, and they go together in every way")]
struct Door {
    house: Arc<House>,
    path_parts: Vec<(String, String)>,
    is_program: bool,
    is_signed_by_token: bool,
    token: Option<String>,
    locale: Locale,
    chosen_locale: bool,
    peer: Option<IpAddr>,
    request: Uuid,
    uri: String,
    flash: Option<String>,
    standing: Option<Arc<Standing>>,
    /// How many conflicts wait for a decision, when this is somebody who decides.
    undecided: u64,
    /// How many exports wait for this person's word, and how many of their own wait or can be taken.
    exports: (u64, u64),
    /// The session was prolonged by this request: the cookie is given anew.
    is_prolonged: bool,
    fault: Option<Fault>,
}

impl Door {
    async fn of(house: &Arc<House>, parts: &mut Parts) -> Self {
        let path_parts = RawPathParams::from_request_parts(parts, &()).await;
        let path_parts =
            path_parts.map(|p| p.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect()).unwrap_or_default();
        let (token, is_signed_by_token) = credential(&parts.headers);
        let mut door = Self {
            house: house.clone(),
            path_parts,
            is_program: parts.uri.path().starts_with("/api/"),
            is_signed_by_token,
            token,
            locale: locale(parts),
            chosen_locale: query_value(parts, "lang").is_some(),
            peer: peer(parts, &house.proxies),
            request: parts.extensions.get::<RequestId>().map_or_else(Uuid::new_v4, |id| id.0),
            uri: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            flash: cookie(&parts.headers, "flash"),
            standing: None,
            undecided: 0,
            exports: (0, 0),
            is_prolonged: false,
            fault: None,
        };
        if let Some(token) = door.token.clone()
            && let Err(fault) = door.recognise(token).await
        {
            door.fault = Some(fault);
        }
        door
    }

    /// Finds who asks, and prolongs the session of whoever is at work.
    async fn recognise(&mut self, token: String) -> Result<(), Fault> {
        let (now, asked) = (self.house.clock().now(), token.clone());
        let found = self.house.store.look(move |tx| {
            let (standing, undecided, exports) = known(tx, &asked, now)?;
            let is_due = standing.is_some() && sessions::is_due(tx, &asked, now)?;
            Ok::<_, Fault>((standing, undecided, exports, is_due))
        });
        let (standing, undecided, exports, is_due) = found.await?;
        self.standing = standing.map(Arc::new);
        self.undecided = undecided;
        self.exports = exports;
        if let Some(standing) = self.standing.as_ref().filter(|_| is_due) {
            let act = Act::new(standing.actor, now).of_request(self.request);
            // A store that cannot write now lets people read on; the next request tries again.
            let prolonged = self.house.store.change(act, move |tx| Ok::<_, Fault>(sessions::prolong(tx, &token)?));
            self.is_prolonged = prolonged.await.is_ok();
        }
        Ok(())
    }

    async fn pass<Q: DeserializeOwned>(&self, entry: &Entry, parts: &Parts, body: &[u8]) -> Result<(Desk, Q), Fault> {
        let desk = self.admit(entry, parts, Some(body)).await?;
        let question = self.read(parts, body, false)?;
        Ok((desk, question))
    }

    /// The one check: same origin, who speaks, right, jurisdiction.
    async fn admit(&self, entry: &Entry, parts: &Parts, body: Option<&[u8]>) -> Result<Desk, Fault> {
        if let Some(Fault::Store(error)) = &self.fault {
            return Err(error.clone().into());
        }
        if parts.method != Method::GET && parts.method != Method::HEAD && !self.is_signed_by_token {
            same_origin(&parts.headers, &self.house.settings.public_url)?;
        }
        let standing = match (&self.standing, entry.right) {
            (Some(standing), _) => standing.clone(),
            (None, Right::Anybody) => Arc::new(self.visitor()),
            (None, _) => return Err(Refused::SignInFirst.into()),
        };
        said_by(&parts.headers, &standing)?;
        let here = self.locate(entry, &standing).await?;
        let may = match (entry.right, entry.within) {
            (Right::Anybody | Right::SignedIn, _) => standing.district == here.district,
            (right, In::Anywhere) => standing.may_somewhere(right),
            (right, In::District | In::The(_)) => standing.may(right, &here),
        };
        if !may {
            return Err(Refused::NotThere.into());
        }
        // All visitors are one actor: with a key anybody would be told anybody's answer, past every guard, and a sign-in's
        // body would be kept with its password.
        let settles = parts.extensions.get::<conflicts::Settles>().map(|conflict| conflict.0);
        let key = if entry.right == Right::Anybody || settles.is_some() { None } else { key_of(parts, body)? };
        Ok(Desk {
            house: self.house.clone(),
            standing,
            right: entry.right,
            here,
            path: exports::address_of(parts.uri.path()),
            at: self.house.clock().now(),
            locale: self.locale,
            key,
            settles,
            changes: Arc::default(),
            request: self.request,
            peer: self.peer,
            token: self.token.clone(),
            device: cookie(&parts.headers, "device"),
            pending: cookie(&parts.headers, oidc::COOKIE),
        })
    }

    async fn locate(&self, entry: &Entry, standing: &Standing) -> Result<Jurisdiction, Fault> {
        let district = standing.district.clone();
        let In::The(name) = entry.within else { return Ok(Jurisdiction::district(district)) };
        let resolver = self.house.resolvers[name];
        let value = self.path_parts.iter().find(|(part, _)| part == name).map(|(_, v)| v.clone()).unwrap_or_default();
        if value.contains('\0') {
            return Err(Refused::NotThere.into());
        }
        let found = self.house.store.look(move |tx| resolver(tx, &district, &value).map_err(Fault::from)).await?;
        found.ok_or_else(|| Refused::NotThere.into())
    }

    fn visitor(&self) -> Standing {
        Standing { actor: Actor::visitor(), district: self.house.settings.district.clone(), grants: Vec::new() }
    }

    fn read<Q: DeserializeOwned>(&self, parts: &Parts, body: &[u8], as_form: bool) -> Result<Q, Fault> {
        let no_headers = HeaderMap::new();
        ask::read(&ask::Parts {
            path: &self.path_parts,
            query: parts.uri.query(),
            headers: if as_form { &no_headers } else { &parts.headers },
            method: &parts.method,
            body,
        })
    }

    fn answer<A: Answer>(&self, answer: A) -> Result<Response, Fault> {
        if self.is_program { answer.to_program() } else { answer.to_browser(&self.frame()) }
    }

    fn finish(&self, outcome: Result<Response, Fault>) -> Response {
        let mut response = match outcome {
            Ok(response) => response,
            Err(fault) => errors::respond(&fault, self.is_program, &self.frame(), self.request),
        };
        let secure = if self.house.settings.is_secure() { "; Secure" } else { "" };
        let headers = response.headers_mut();
        if self.chosen_locale {
            let kept = format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", self.locale.tag());
            add_cookie(headers, &kept);
        }
        let is_other = headers.get_all(header::SET_COOKIE).iter().any(|value| value.as_bytes().starts_with(b"muster="));
        if let Some(token) = self.token.as_ref().filter(|_| self.is_prolonged && !self.is_signed_by_token && !is_other)
        {
            add_cookie(headers, &sessions::cookie(token, self.house.settings.is_secure()));
        }
        if self.flash.is_some() && !headers.contains_key(header::LOCATION) {
            add_cookie(headers, "flash=; Path=/; Max-Age=0");
        }
        headers.extend(self.house.store.epoch().id.to_string().parse().map(|value| (EPOCH, value)));
        headers.entry(header::CACHE_CONTROL).or_insert(header::HeaderValue::from_static("no-store"));
        response
    }

    fn frame(&self) -> Frame {
        let flash = self.flash.as_deref().unwrap_or_default();
        let (word, undo) = flash.split_once('|').map_or((flash, None), |(word, undo)| (word, Undo::read(undo)));
        let may = |right| match right {
            Right::Anybody => true,
            Right::SignedIn => self.standing.is_some(),
            right => self.standing.as_ref().is_some_and(|s| s.may_somewhere(right)),
        };
        let has_work = |item: &NavItem| match item.href {
            conflicts::ADDRESS => self.undecided > 0,
            exports::pages::WAITING => self.exports.0 > 0,
            exports::pages::OWN => self.exports.1 > 0,
            _ => true,
        };
        Frame {
            words: self.house.words.clone(),
            locale: self.locale,
            zone: self.house.settings.zone.clone(),
            now: self.house.clock().now(),
            standing: self.standing.clone(),
            path: self.uri.clone(),
            public_url: self.house.settings.public_url.clone(),
            flash: Some(word.to_owned()).filter(|word| !word.is_empty()),
            undo,
            nav: self.house.nav.iter().filter(|item| may(item.right) && has_work(item)).copied().collect(),
            disk_free_percent: self.house.store.free_percent().filter(|free| *free < LEAST_FREE_PERCENT),
            is_drill: self.house.clock().is_movable(),
            secure: self.house.settings.is_secure(),
        }
    }
}

/// Who this is, how many conflicts wait for them, and how many exports.
fn known(tx: &mut Tx, token: &str, now: Moment) -> Result<(Option<Standing>, u64, (u64, u64)), Fault> {
    let standing = sessions::recognise(tx, token, now)?;
    let decides = standing.as_ref().filter(|standing| standing.may_somewhere(Right::SettleConflicts));
    let undecided = decides.map_or(Ok(0), |standing| store::conflicts::count(tx, &standing.district))?;
    let takes_lists = |standing: &&Standing| standing.actor.kind != ActorKind::Volunteer;
    let exports = standing.as_ref().filter(takes_lists);
    let exports = exports.map_or(Ok((0, 0)), |it| exports::counts(tx, &it.district, it.actor, now))?;
    Ok((standing, undecided, exports))
}

/// The id of a request, set by the outermost layer and named in logs and error pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestId(pub Uuid);

/// Writes from another site are refused: browsers say where a request comes from.
fn same_origin(headers: &HeaderMap, public_url: &str) -> Result<(), Fault> {
    let text = |name| headers.get(name).and_then(|v: &header::HeaderValue| v.to_str().ok());
    let host = text("host").unwrap_or_default();
    let fits = match (text("origin"), text("sec-fetch-site")) {
        (Some(origin), _) => origin == public_url || origin.split_once("://").is_some_and(|(_, from)| from == host),
        (None, Some(site)) => site == "same-origin",
        (None, None) => false,
    };
    if fits { Ok(()) } else { Err(Refused::ForeignOrigin.into()) }
}

/// What a phone kept while it had no network says whose act it is: whoever has signed in there since does not do it.
fn said_by(headers: &HeaderMap, standing: &Standing) -> Result<(), Fault> {
    let Some(who) = headers.get("muster-who") else { return Ok(()) };
    let is_the_same = who.to_str().is_ok_and(|who| who == standing.actor.id.to_string());
    if is_the_same { Ok(()) } else { Err(Refused::SaidBySomebodyElse.into()) }
}

/// Beside those that the answer sets itself.
fn add_cookie(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(value) = cookie.parse() {
        headers.append(header::SET_COOKIE, value);
    }
}

fn credential(headers: &HeaderMap) -> (Option<String>, bool) {
    let bearer =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    match bearer {
        Some(token) => (Some(token.trim().to_owned()), true),
        None => (cookie(headers, "muster"), false),
    }
}

pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    all.filter_map(|pair| pair.trim().split_once('=')).find(|(n, _)| *n == name).map(|(_, v)| v.to_owned())
}

fn query_value(parts: &Parts, name: &str) -> Option<String> {
    field(parts.uri.query().unwrap_or_default().as_bytes(), name)
}

/// One field of a form, without keeping the others: nobody has said yet that there are not too many.
fn field(form: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn locale(parts: &Parts) -> Locale {
    let chosen = query_value(parts, "lang").and_then(|tag| Locale::of_tag(&tag));
    let kept = || cookie(&parts.headers, "lang").and_then(|tag| Locale::of_tag(&tag));
    let accepted = || parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Locale::accepted);
    chosen.or_else(kept).or_else(accepted).unwrap_or_default()
}

/// Where a request comes from. Behind a proxy every connection is the proxy's own: its word is taken for the one before
/// it, and so on while that is a proxy too. What stands before the first stranger the stranger may have written.
fn peer(parts: &Parts, proxies: &[IpAddr]) -> Option<IpAddr> {
    let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    let is_proxy = |address: &IpAddr| address.is_loopback() || proxies.contains(address);
    let lines = parts.headers.get_all("x-forwarded-for").iter().rev();
    let mut named = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut from = direct;
    while is_proxy(&from) {
        let Some(before) = named.next().and_then(|text| text.trim().parse::<IpAddr>().ok()) else { break };
        from = before.to_canonical();
    }
    Some(from)
}

/// The idempotency key: the header `Idempotency-Key`, or the field `_key` of a form.
fn key_of(parts: &Parts, body: Option<&[u8]>) -> Result<Option<RequestKey>, Fault> {
    let Some(body) = body.filter(|_| parts.method == Method::POST) else { return Ok(None) };
    let header = parts.headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let Some(text) = header.or_else(|| field(body, "_key")) else { return Ok(None) };
    let key =
        Uuid::parse_str(&text).map_err(|_| Refused::NotUnderstood.with("reason", "Idempotency-Key is not a UUID"))?;
    let mut digest = Sha256::new();
    digest.update(parts.uri.path().as_bytes());
    digest.update([0]);
    digest.update(body);
    let body = String::from_utf8_lossy(body).into();
    Ok(Some(RequestKey { key, fingerprint: digest.finalize().into(), path: parts.uri.path().into(), body }))
}

/// Answers an address that nobody serves.
pub(crate) async fn nowhere(axum::extract::State(house): axum::extract::State<Arc<House>>, asked: Request) -> Response {
    let (mut parts, _) = asked.into_parts();
    let door = Door::of(&house, &mut parts).await;
    door.finish(Err(Refused::NotThere.into()))
}

pub(crate) fn wrong_method() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(direct: &str, passed_on: &[&str]) -> String {
        let mut request = Request::new(());
        for line in passed_on {
            request.headers_mut().append("x-forwarded-for", line.parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(direct.parse().unwrap(), 1)));
        let proxies = ["10.0.0.1", "10.0.0.2"].map(|proxy| proxy.parse().unwrap());
        peer(&request.into_parts().0, &proxies).unwrap().to_string()
    }

    #[test]
    fn only_proxies_are_believed_and_each_only_about_the_one_before_it() {
        assert_eq!(from("203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "a stranger says anything");
        assert_eq!(from("127.0.0.1", &["198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(from("10.0.0.1", &["198.51.100.1, 203.0.113.9, 10.0.0.2"]), "203.0.113.9", "two proxies");
        assert_eq!(from("10.0.0.1", &["198.51.100.1", "203.0.113.9", "::ffff:10.0.0.2"]), "203.0.113.9", "in lines");
        assert_eq!(from("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(from("10.0.0.1", &["203.0.113.9, nonsense"]), "10.0.0.1");
    }
}
