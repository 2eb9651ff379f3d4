//! Asking gateways over HTTP. Addresses come from the settings file only and redirects are not followed, so nobody can
//! make the house call an address of theirs.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Client, ClientBuilder, RequestBuilder, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

use crate::rules::retry::Verdict;

const TIMEOUT: Duration = Duration::from_secs(10);
/// More of a reply is not read.
const REPLY_BYTES: usize = 64 * 1024;

pub fn client() -> Result<Client, String> {
    careful(Arc::new(|host| Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })))
        .build()
        .map_err(|e| e.to_string())
}

fn careful(look_up: Arc<LookUp>) -> ClientBuilder {
    Client::builder().redirect(Policy::none()).no_proxy().dns_resolver(Arc::new(Outward(look_up))).timeout(TIMEOUT)
}

type LookUp = dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync;

/// Looks names up for each connection, and lets none lead to this machine itself: whoever has a name in hand may give
/// another address each time (rebinding), so what is looked at is what is connected to. A gateway that does stand on this
/// machine is written as an address or as `localhost`; the owner of the settings has then said so.
struct Outward(Arc<LookUp>);

impl Resolve for Outward {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let found = (self.0)(host.clone());
        Box::pin(async move {
            let mut found = found.await?;
            found.retain(|at| host == "localhost" || !is_here(at.ip()));
            if found.is_empty() {
                let why = "the name leads to this machine itself: write localhost or the address if that is meant";
                return Err(why.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// This machine, what hangs on its own cable (where clouds keep their keys), or nobody in particular.
const fn is_here(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_unspecified() || v4.is_link_local() || v4.is_multicast(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unicast_link_local() || v6.is_multicast(),
    }
}

/// Asks, and gives the body of a reply that says yes by its status.
pub async fn ask(request: RequestBuilder) -> Result<Vec<u8>, Verdict> {
    let mut reply = request.send().await.map_err(|e| Verdict::ChannelDown(brief(&e)))?;
    let mut body = Vec::new();
    while let Some(part) = reply.chunk().await.map_err(|e| Verdict::NotNow(brief(&e)))? {
        body.extend_from_slice(&part);
        if body.len() > REPLY_BYTES {
            break;
        }
    }
    judge(reply.status(), &body).map_or(Ok(body), Err)
}

/// What a status other than a yes means.
fn judge(status: StatusCode, body: &[u8]) -> Option<Verdict> {
    let why = || {
        let said: String = String::from_utf8_lossy(body).chars().take(200).collect();
        format!("{status} {said}").trim().to_owned()
    };
    match status.as_u16() {
        200..300 => None,
        300..400 => Some(Verdict::ChannelDown(format!("{status}: redirects are not followed, give the final address"))),
        401 | 403 | 404 | 405 | 407 => Some(Verdict::ChannelDown(why())),
        408 | 425 | 429 => Some(Verdict::NotNow(why())),
        400..500 => Some(Verdict::Refused(why())),
        _ => Some(Verdict::NotNow(why())),
    }
}

/// The error without the address, which may hold a key.
fn brief(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    format!("{kind}: {cause}")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use domain::{Id, Moment};
    use serde_json::json;

    use super::{
        super::{robot, sms},
        *,
    };
    use crate::outbox::Waiting;

    /// A name that is somewhere outside at first, and this machine at every later look.
    fn rebinding(listener: SocketAddr) -> Arc<LookUp> {
        let looks = Arc::new(AtomicUsize::new(0));
        Arc::new(move |_| {
            let at =
                if looks.fetch_add(1, Ordering::SeqCst) == 0 { "203.0.113.1:9".parse().unwrap() } else { listener };
            Box::pin(async move { Ok(vec![SocketAddr::new(at.ip(), 0)]) })
        })
    }

    /// Plain, for the control.
    struct Trusting(Arc<LookUp>);

    impl Resolve for Trusting {
        fn resolve(&self, name: Name) -> Resolving {
            let found = (self.0)(name.as_str().to_owned());
            Box::pin(async move { Ok(Box::new(found.await?.into_iter()) as Addrs) })
        }
    }

    const MIDNIGHT: Moment = Moment::from_ms(1_663_171_200_000);

    /// Asks the name by one of the ways out; gives what became of it.
    async fn asked(way: &str, client: Client, port: u16) -> Verdict {
        let url = format!("http://gateway.example:{port}/send");
        let notice = Waiting {
            id: Id::fresh(MIDNIGHT),
            district: "440902".parse().unwrap(),
            about: uuid::Uuid::nil(),
            locale: web::Locale::default(),
            address: "the group".to_owned(),
            text: "请看岗位".to_owned(),
            tries: 0,
            made_at: MIDNIGHT,
        };
        if way == "sms" {
            let sms = serde_json::from_value(json!({"url": url})).unwrap();
            return sms::Gateway::new(sms, client).unwrap().send(&notice).await;
        }
        let robot = serde_json::from_value(json!({"kind": way, "name": "the group", "url": url})).unwrap();
        robot::Robots::new(vec![robot], client).send(&notice, MIDNIGHT).await
    }

    async fn hits(way: &str, listen: &str, building: impl Fn(Arc<LookUp>) -> ClientBuilder) -> (usize, String) {
        let canary = tokio::net::TcpListener::bind(listen).await.unwrap();
        let at = canary.local_addr().unwrap();
        let client = building(rebinding(at)).timeout(Duration::from_millis(400)).build().unwrap();
        let counted = Arc::new(AtomicUsize::new(0));
        let count = counted.clone();
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = canary.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                drop(connection);
            }
        });
        let mut said = String::new();
        for _ in 0..3 {
            said = format!("{:?}", asked(way, client.clone(), at.port()).await);
        }
        serving.abort();
        (counted.load(Ordering::SeqCst), said)
    }

    /// S6: the name was looked up once and led outside; what counts is where it leads when the connection is made.
    #[tokio::test]
    async fn a_name_that_comes_to_lead_here_is_not_followed() {
        let ways = ["sms", "wecom", "dingtalk"];
        let listens = ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"];
        for (way, listen) in ways.iter().flat_map(|way| listens.map(|listen| (*way, listen))) {
            let (heard, said) = hits(way, listen, careful).await;
            assert_eq!(heard, 0, "{way}: {listen} was asked");
            assert!(said.contains("this machine itself"), "{said}");
            let trusting = |names| careful(Arc::clone(&names)).dns_resolver(Arc::new(Trusting(names)));
            let (heard, _) = hits(way, listen, trusting).await;
            assert!(heard >= 2, "the control: without the guard the canary is asked");
        }
    }

    #[test]
    fn what_is_here() {
        for here in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "169.254.169.254", "fe80::1"] {
            assert!(is_here(here.parse().unwrap()), "{here}");
        }
        for elsewhere in ["203.0.113.1", "10.0.0.8", "2001:db8::1"] {
            assert!(
                !is_here(elsewhere.parse().unwrap()),
                "{elsewhere}: a gateway of the office's own network is usual"
            );
        }
    }

    #[test]
    fn a_wrong_key_is_the_channels_fault_and_a_wrong_number_the_notices() {
        let said = |status: u16| judge(StatusCode::from_u16(status).unwrap(), b"no");
        assert_eq!(said(204), None);
        assert!(matches!(said(302), Some(Verdict::ChannelDown(_))));
        assert!(matches!(said(401), Some(Verdict::ChannelDown(_))));
        assert!(matches!(said(422), Some(Verdict::Refused(_))));
        assert!(matches!(said(429), Some(Verdict::NotNow(_))));
        assert!(matches!(said(503), Some(Verdict::NotNow(_))));
    }
}
