//! Questions. Whatever a request carries – the path's parts, the address's query, a form or JSON – becomes one value of
//! the action's own question type, read at the door and right by its type from then on.

use axum::http::{HeaderMap, Method, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::refusal::{Fault, Refused};

/// The parts of a request that a question is made of.
pub(crate) struct Parts<'a> {
    pub path: &'a [(String, String)],
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
    pub method: &'a Method,
    pub body: &'a [u8],
}

/// Values of one question. A value costs some hundred bytes when it is read, so that a body of little else would cost a
/// hundred times its own length; two thousand entries of a phone's outbox have a third of this.
const MOST_VALUES: usize = 50_000;
/// Fields of an address or a form.
const MOST_FIELDS: usize = 5_000;

/// Reads a question. Parts of the path win over the query, and both over the body.
pub(crate) fn read<Q: DeserializeOwned>(parts: &Parts<'_>) -> Result<Q, Fault> {
    let is_text = |(_, value): &(String, String)| !value.contains('\0');
    if !parts.path.iter().all(is_text) {
        return Err(Refused::NotThere.into());
    }
    at_most(MOST_FIELDS, parts.query.unwrap_or_default().bytes().filter(|byte| *byte == b'&'))?;
    let is_json =
        parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json { read_json(parts) } else { read_form(parts) }
}

/// Refuses before anything is made of the values, by the marks between them.
fn at_most(most: usize, marks: impl Iterator<Item = u8>) -> Result<(), Fault> {
    if marks.take(most + 1).count() > most { Err(Refused::TooManyValues.with("most", most).into()) } else { Ok(()) }
}

fn read_json<Q: DeserializeOwned>(parts: &Parts<'_>) -> Result<Q, Fault> {
    at_most(MOST_VALUES, parts.body.iter().copied().filter(|byte| matches!(byte, b',' | b'[' | b'{')))?;
    let mut question = if parts.body.is_empty() {
        Map::new()
    } else {
        match serde_json::from_slice(parts.body) {
            Ok(Value::Object(map)) => map,
            Ok(_) => return Err(not_understood("the body is not an object")),
            Err(e) => return Err(not_understood(e)),
        }
    };
    let query: Vec<(String, String)> =
        serde_html_form::from_str(parts.query.unwrap_or_default()).map_err(not_understood)?;
    for (name, value) in query.into_iter().chain(parts.path.iter().cloned()) {
        question.insert(name, Value::String(value));
    }
    if question.values().any(holds_nul) {
        return Err(not_understood(NUL));
    }
    serde_json::from_value(Value::Object(question)).map_err(not_understood)
}

fn read_form<Q: DeserializeOwned>(parts: &Parts<'_>) -> Result<Q, Fault> {
    let pairs = |text: &str| serde_html_form::from_str::<Vec<(String, String)>>(text).map_err(not_understood);
    at_most(MOST_FIELDS, parts.body.iter().copied().filter(|byte| *byte == b'&'))?;
    let body = std::str::from_utf8(parts.body).map_err(not_understood)?;
    let carries_form = parts.method != Method::GET && parts.method != Method::HEAD;
    let mut all = parts.path.to_vec();
    let named = |name: &str, all: &[(String, String)]| all.iter().any(|(n, _)| n == name);
    // An empty field of a form is a field left out: `<input type=number>` has no other way to say "nothing".
    let query: Vec<_> = pairs(parts.query.unwrap_or_default())?;
    all.extend(query.into_iter().filter(|(n, v)| !v.is_empty() && !named(n, parts.path)));
    if carries_form {
        let before = all.clone();
        all.extend(pairs(body)?.into_iter().filter(|(n, v)| !v.is_empty() && !named(n, &before)));
    }
    if all.iter().any(|(_, value)| value.contains('\0')) {
        return Err(not_understood(NUL));
    }
    let encoded = serde_html_form::to_string(&all).map_err(not_understood)?;
    serde_html_form::from_str(&encoded).map_err(not_understood)
}

/// No text of ours holds one, and PostgreSQL stores none.
const NUL: &str = "a text holds the character NUL";

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(holds_nul),
        Value::Object(all) => all.values().any(holds_nul),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn not_understood(reason: impl ToString) -> Fault {
    Refused::NotUnderstood.with("reason", reason).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Ask {
        site: String,
        count: u32,
        #[serde(default)]
        roles: Vec<String>,
        note: Option<String>,
    }

    fn ask(kind: &'static str, query: Option<&str>, body: &str) -> Result<Ask, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        let path = [("site".to_owned(), "S1".to_owned())];
        read(&Parts { path: &path, query, headers: &headers, method: &Method::POST, body: body.as_bytes() })
    }

    #[test]
    fn forms_and_json_ask_the_same_question() {
        let want = Ask { site: "S1".into(), count: 3, roles: vec!["runner".into(), "driver".into()], note: None };
        let form = "count=3&roles=runner&roles=driver&note=&site=S9";
        assert_eq!(ask("application/x-www-form-urlencoded", None, form).unwrap(), want);
        let json = r#"{"count":3,"roles":["runner","driver"],"site":"S9"}"#;
        assert_eq!(ask("application/json", None, json).unwrap(), want);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_reason() {
        for (kind, body) in
            [("application/json", "{\"count\":"), ("application/json", "[]"), ("text/plain", "count=many")]
        {
            let Err(Fault::Refused(refusal)) = ask(kind, None, body) else { panic!("{body} was understood") };
            assert_eq!(refusal.code, "web.3");
        }
    }
}
