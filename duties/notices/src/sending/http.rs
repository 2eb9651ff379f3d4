//! Asking gateways over HTTP. Addresses come from the settings file only and redirects are not followed, so nobody can
//! make the house call an address of theirs.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};

use crate::rules::retry::Verdict;

const TIMEOUT: Duration = Duration::from_secs(10);
/// More of a reply is not read.
const REPLY_BYTES: usize = 64 * 1024;

pub fn client() -> Result<Client, String> {
    Client::builder().redirect(Policy::none()).no_proxy().timeout(TIMEOUT).build().map_err(|e| e.to_string())
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
    use super::*;

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
