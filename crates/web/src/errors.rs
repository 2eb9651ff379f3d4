//! How a "no" and a fault look: one sentence that says what to do, a stable number, and the request's id to name when
//! asking for help.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    answer,
    frame::Frame,
    refusal::{Fault, Refusal, Refused},
};

/// The body of a refusal for programs.
#[derive(Debug, Serialize)]
struct Refusing {
    code: String,
    message: String,
    request: Uuid,
}

#[derive(askama::Template)]
#[template(path = "refused.html")]
struct RefusedPage<'a> {
    f: &'a Frame,
    code: &'a str,
    message: String,
    request: Uuid,
    sign_in: bool,
}

pub(crate) fn respond(fault: &Fault, is_program: bool, frame: &Frame, request: Uuid) -> Response {
    let refusal = refusal_of(fault, request);
    let message =
        refusal.args.iter().fold(frame.say(&refusal.word), |say, (name, value)| say.text(name, value)).to_string();
    let mut response = if is_program {
        let body = Refusing { code: refusal.code, message, request };
        answer::json(refusal.status, &body).unwrap_or_else(|_| refusal.status.into_response())
    } else if refusal.status == StatusCode::UNAUTHORIZED {
        let next: String = serde_html_form::to_string([("next", &frame.path)]).unwrap_or_default();
        (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/sign-in?{next}"))]).into_response()
    } else {
        page(frame, &refusal, message, request)
    };
    if refusal.status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

fn page(frame: &Frame, refusal: &Refusal, message: String, request: Uuid) -> Response {
    let sign_in = !frame.is_signed_in();
    let page = RefusedPage { f: frame, code: &refusal.code, message, request, sign_in };
    let html = askama::Template::render(&page).unwrap_or_else(|_| refusal.code.clone());
    (refusal.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// A fault becomes a refusal that tells nothing of our insides; the log gets the rest, once.
fn refusal_of(fault: &Fault, request: Uuid) -> Refusal {
    match fault {
        Fault::Refused(refusal) => refusal.clone(),
        Fault::Store(error @ store::Error::Full) => {
            tracing::error!(%request, %error, "nothing can be written");
            Refused::DiskFull.refusal()
        }
        Fault::Store(error) if error.is_passing() => {
            tracing::warn!(%request, %error, "the store is busy or away");
            Refused::Busy.refusal()
        }
        Fault::Store(_) | Fault::Bug(_) => {
            tracing::error!(%request, %fault, "a fault of ours");
            Refused::Broken.refusal()
        }
    }
}
