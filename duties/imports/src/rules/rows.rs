//! From a row's texts to what a register takes. Positions are turned into WGS-84 when the file's were drawn on Chinese
//! maps.

use std::borrow::Cow;

use deployments::register::LinkRow;
use domain::{Origin, Position, PostRole};
use places::register::{DivisionRow, SiteRow};
use responders::register::{TeamRow, VolunteerRow};
use sheets::Row;

use super::{
    register::Register,
    rejection::{Rejection, Voice},
};

pub fn division(row: &Row, origin: Origin, voice: &Voice) -> Result<DivisionRow, Rejection> {
    let has_none = row.get("latitude").is_empty() && row.get("longitude").is_empty();
    let position = if has_none { None } else { Some(position(row, origin, voice)?) };
    Ok(DivisionRow { code: row.get("code").to_owned(), name: row.get("name").to_owned(), position })
}

pub fn site(row: &Row, origin: Origin, voice: &Voice) -> Result<SiteRow, Rejection> {
    let mut needs = Vec::new();
    for role in PostRole::ALL {
        if let Some(people) = count(row, role.name(), voice)? {
            needs.push((role, people));
        }
    }
    Ok(SiteRow {
        code: row.get("code").to_owned(),
        name: row.get("name").to_owned(),
        division: row.get("division").to_owned(),
        address: row.get("address").to_owned(),
        position: position(row, origin, voice)?,
        origin,
        needs,
        expected_people: count(row, "expected_people", voice)?,
        priority: count(row, "priority", voice)?.unwrap_or(1),
    })
}

pub fn link(row: &Row) -> LinkRow {
    LinkRow { team: row.get("team").to_owned(), site: row.get("site").to_owned() }
}

pub fn team(row: &Row, origin: Origin) -> TeamRow {
    let (latitude, longitude) = degrees(row, origin);
    TeamRow {
        number: row.number(),
        code: row.get("code").to_owned(),
        name: row.get("name").to_owned(),
        organisation: row.get("organisation").to_owned(),
        latitude: latitude.into_owned(),
        longitude: longitude.into_owned(),
    }
}

pub fn volunteer(row: &Row, origin: Origin) -> VolunteerRow<'_> {
    let [code, name, phone, team] = row.get_all(["code", "name", "phone", "team"]);
    let (latitude, longitude) = degrees(row, origin);
    let [roles, languages, reserve, available_from, available_until, nights_in_a_row, email] =
        row.get_all(["roles", "languages", "reserve", "available_from", "available_until", "nights_in_a_row", "email"]);
    VolunteerRow {
        number: row.number(),
        code: code.into(),
        name: name.into(),
        phone: phone.into(),
        team: team.into(),
        latitude,
        longitude,
        roles: roles.into(),
        languages: languages.into(),
        reserve: reserve.into(),
        available_from: available_from.into(),
        available_until: available_until.into(),
        nights_in_a_row: nights_in_a_row.into(),
        email: email.into(),
    }
}

fn position(row: &Row, origin: Origin, voice: &Voice) -> Result<Position, Rejection> {
    read_position(row, origin).ok_or_else(|| {
        let cell = |key: &'static str| (key, brief(row.get(key)));
        voice.rejection("imports-row-position", &[cell("latitude"), cell("longitude")])
    })
}

fn read_position(row: &Row, origin: Origin) -> Option<Position> {
    let number = |key| row.get(key).parse::<f64>().ok();
    Position::from_origin(number("latitude")?, number("longitude")?, origin).ok()
}

/// The two texts of a position as the responders' registers read them; what cannot be read stays as it is, for them to
/// reject.
fn degrees(row: &Row, origin: Origin) -> (Cow<'_, str>, Cow<'_, str>) {
    let converted = (origin == Origin::Gcj02).then(|| read_position(row, origin)).flatten();
    match converted {
        // Seven decimals are a centimetre.
        Some(position) => (format!("{:.7}", position.latitude).into(), format!("{:.7}", position.longitude).into()),
        None => row.get_all(["latitude", "longitude"]).map(Cow::Borrowed).into(),
    }
}

fn count(row: &Row, key: &'static str, voice: &Voice) -> Result<Option<u32>, Rejection> {
    let text = row.get(key);
    if text.is_empty() {
        return Ok(None);
    }
    let wrong =
        || voice.of_column(Register::Sites, "imports-row-count", &[("column", key.to_owned()), ("value", brief(text))]);
    text.parse().map(Some).map_err(|_| wrong())
}

fn brief(text: &str) -> String {
    text.chars().take(40).collect()
}
