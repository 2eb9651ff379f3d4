//! Answers. An action answers once; whether a person or a program asked decides its form: the same page is HTML for a
//! browser and JSON under `/api/v1`.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::{frame::Frame, refusal::Fault, undo::Undo};

/// Something that can be shown as a page.
pub trait View: Serialize + JsonSchema + Send + 'static {
    fn html(&self, frame: &Frame) -> askama::Result<String>;
}

/// Ties a value to its template: `view!(SitePage, "site.html")`. The template sees the value as `v` and the frame as `f`.
#[macro_export]
macro_rules! view {
    ($view:ty, $path:tt) => {
        const _: () = {
            #[derive($crate::askama::Template)]
            #[template(path = $path, askama = $crate::askama)]
            struct Html<'a> {
                v: &'a $view,
                f: &'a $crate::Frame,
            }
            impl $crate::View for $view {
                fn html(&self, frame: &$crate::Frame) -> $crate::askama::Result<String> {
                    $crate::askama::Template::render(&Html { v: self, f: frame })
                }
            }
        };
    };
}

/// What an action may answer.
pub trait Answer: Send + 'static {
    /// The answer to a browser.
    fn to_browser(self, frame: &Frame) -> Result<Response, Fault>;
    /// The answer to a program.
    fn to_program(self) -> Result<Response, Fault>;
    /// The shape of the JSON, for the OpenAPI document; none when it is not JSON.
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema>;
}

/// A page.
pub struct Page<V>(pub V);

impl<V: View> Answer for Page<V> {
    fn to_browser(self, frame: &Frame) -> Result<Response, Fault> {
        let html = self.0.html(frame).map_err(|e| Fault::Bug(e.to_string()))?;
        Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
    }

    fn to_program(self) -> Result<Response, Fault> {
        json(StatusCode::OK, &self.0)
    }

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<V>())
    }
}

/// Something was done: a browser is sent on to a page and told so there, a program gets what came of it.
pub struct Done<T> {
    /// Where the browser goes next (an address within this server).
    pub to: String,
    /// The id of the word that says what was done, shown on that page.
    pub said: Option<&'static str>,
    /// The act that takes it back, offered beside the word.
    pub undo: Option<Undo>,
    pub body: T,
}

impl<T> Done<T> {
    pub fn at(to: impl Into<String>, body: T) -> Self {
        Self { to: to.into(), said: None, undo: None, body }
    }

    #[must_use]
    pub fn saying(mut self, word: &'static str) -> Self {
        self.said = Some(word);
        self
    }

    #[must_use]
    pub fn undone_by(mut self, undo: Undo) -> Self {
        self.undo = Some(undo);
        self
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Answer for Done<T> {
    fn to_browser(self, frame: &Frame) -> Result<Response, Fault> {
        let mut headers = HeaderMap::new();
        let place = HeaderValue::from_str(&self.to).map_err(|e| Fault::Bug(e.to_string()))?;
        headers.insert(header::LOCATION, place);
        if let Some(word) = self.said {
            headers.append(header::SET_COOKIE, frame.flash_cookie(word, self.undo.as_ref()));
        }
        Ok((StatusCode::SEE_OTHER, headers).into_response())
    }

    fn to_program(self) -> Result<Response, Fault> {
        json(StatusCode::OK, &self.body)
    }

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<T>())
    }
}

/// A file to keep: an export, a calendar entry, a badge sheet. The same for browsers and programs.
pub struct Attachment {
    pub name: String,
    pub mime: &'static str,
    pub body: Body,
    /// Shown in the browser instead of saved.
    pub inline: bool,
}

impl Answer for Attachment {
    fn to_browser(self, _: &Frame) -> Result<Response, Fault> {
        self.to_program()
    }

    fn to_program(self) -> Result<Response, Fault> {
        let way = if self.inline { "inline" } else { "attachment" };
        let ascii: String =
            self.name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
        let encoded: String = self.name.bytes().map(percent).collect();
        let disposition = format!("{way}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
        Ok(([(header::CONTENT_TYPE, self.mime.to_owned()), (header::CONTENT_DISPOSITION, disposition)], self.body)
            .into_response())
    }

    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// An answer that also gives the browser a cookie.
pub struct WithCookie<A> {
    pub answer: A,
    pub cookie: String,
}

impl<A: Answer> Answer for WithCookie<A> {
    fn to_browser(self, frame: &Frame) -> Result<Response, Fault> {
        Ok(with_cookie(self.answer.to_browser(frame)?, &self.cookie))
    }

    fn to_program(self) -> Result<Response, Fault> {
        Ok(with_cookie(self.answer.to_program()?, &self.cookie))
    }

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        A::schema(generator)
    }
}

/// A response with one cookie more.
pub(crate) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    response.headers_mut().extend(cookie.parse().map(|value| (header::SET_COOKIE, value)));
    response
}

/// A response that the action has built itself: streams, cookies.
impl Answer for Response {
    fn to_browser(self, _: &Frame) -> Result<Response, Fault> {
        Ok(self)
    }
    fn to_program(self) -> Result<Response, Fault> {
        Ok(self)
    }
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

/// One of two answers, as when a form is shown again or the work is done.
pub enum Either<A, B> {
    One(A),
    Other(B),
}

impl<A: Answer, B: Answer> Answer for Either<A, B> {
    fn to_browser(self, frame: &Frame) -> Result<Response, Fault> {
        match self {
            Self::One(answer) => answer.to_browser(frame),
            Self::Other(answer) => answer.to_browser(frame),
        }
    }
    fn to_program(self) -> Result<Response, Fault> {
        match self {
            Self::One(answer) => answer.to_program(),
            Self::Other(answer) => answer.to_program(),
        }
    }
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        A::schema(generator).or_else(|| B::schema(generator))
    }
}

pub(crate) fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Response, Fault> {
    let text = serde_json::to_vec(body).map_err(|e| Fault::Bug(e.to_string()))?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], text).into_response())
}
