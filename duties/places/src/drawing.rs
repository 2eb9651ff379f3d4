//! The map preview: divisions, sites and zones as one small SVG.

use domain::Position;

use crate::{
    rules::{
        boundary::Shape,
        map::{Canvas, legible},
    },
    store::{divisions::DivisionHead, sites::SiteHead},
};

/// The width of the drawing in its own units.
const WIDTH: f64 = 640.0;

/// The size of a label's letters.
const LETTER: f64 = 13.0;
/// More sites than this are a blot: they are left to the table beside the drawing.
const MOST_DOTS: usize = 2_000;

/// What a template draws.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    pub lands: Vec<Line>,
    pub areas: Vec<Line>,
    pub dots: Vec<Dot>,
    pub labels: Vec<Dot>,
}

/// A closed line and what it is called.
#[derive(Debug, Clone)]
pub struct Line {
    pub path: String,
    pub title: String,
}

/// A place and what it is called.
#[derive(Debug, Clone)]
pub struct Dot {
    pub x: f64,
    pub y: f64,
    pub title: String,
}

/// Divisions with their boundaries and names, and the sites on them.
pub fn of_divisions(divisions: &[DivisionHead], shapes: &[(domain::Division, Shape)], sites: &[SiteHead]) -> Drawing {
    let corners = shapes.iter().flat_map(|(_, shape)| shape.0.iter().flatten().flatten().copied());
    let centres = divisions.iter().filter_map(|division| division.position);
    let all = corners.chain(centres).chain(sites.iter().map(|site| site.position));
    let Some(canvas) = Canvas::fit(all, WIDTH) else { return Drawing::default() };
    let name = |code: &domain::Division| {
        divisions.iter().find(|division| division.code == *code).map_or("", |division| &division.name)
    };
    let lands = shapes.iter().map(|(code, shape)| Line { path: canvas.path(shape), title: name(code).to_owned() });
    let labels = divisions.iter().filter_map(|division| {
        let middle = division.position.or_else(|| middle_of(division, shapes, sites))?;
        Some(dot(&canvas, middle, division.name.clone()))
    });
    let (width, height) = (canvas.width, canvas.height);
    let dots =
        sites.iter().filter(|_| sites.len() <= MOST_DOTS).map(|site| dot(&canvas, site.position, site.name.clone()));
    let labels = apart(labels.collect());
    Drawing { width, height, lands: lands.collect(), labels, dots: dots.collect(), areas: Vec::new() }
}

/// Without the labels that would lie on another.
fn apart(labels: Vec<Dot>) -> Vec<Dot> {
    let places: Vec<_> = labels.iter().map(|label| ((label.x, label.y), label.title.as_str())).collect();
    let shown = legible(&places, LETTER);
    labels.into_iter().zip(shown).filter_map(|(label, is_shown)| is_shown.then_some(label)).collect()
}

/// Zones as the lines around their sites, each with its number.
pub fn of_zones(zones: &[(String, Vec<Position>)]) -> Drawing {
    let Some(canvas) = Canvas::fit(zones.iter().flat_map(|(_, places)| places.iter().copied()), WIDTH) else {
        return Drawing::default();
    };
    let mut drawing = Drawing { width: canvas.width, height: canvas.height, ..Drawing::default() };
    for (name, places) in zones.iter().filter(|(_, places)| !places.is_empty()) {
        drawing.areas.push(Line { path: canvas.hull(places), title: name.clone() });
        drawing.labels.push(dot(&canvas, mean(places.iter().copied()), name.clone()));
        drawing.dots.extend(places.iter().map(|at| dot(&canvas, *at, name.clone())));
    }
    drawing.labels = apart(drawing.labels);
    drawing
}

fn middle_of(division: &DivisionHead, shapes: &[(domain::Division, Shape)], sites: &[SiteHead]) -> Option<Position> {
    let shape = shapes.iter().find(|(code, _)| *code == division.code);
    let corners = shape.and_then(|(_, shape)| shape.0.first()).and_then(|polygon| polygon.first());
    if let Some(corners) = corners {
        return Some(mean(corners.iter().copied()));
    }
    let mut own = sites.iter().filter(|site| site.division == division.code).map(|site| site.position).peekable();
    own.peek().is_some().then(|| mean(own))
}

fn mean(places: impl Iterator<Item = Position>) -> Position {
    let (mut latitude, mut longitude, mut count) = (0.0, 0.0, 0.0_f64);
    for place in places {
        (latitude, longitude, count) = (latitude + place.latitude, longitude + place.longitude, count + 1.0);
    }
    Position { latitude: latitude / count.max(1.0), longitude: longitude / count.max(1.0) }
}

fn dot(canvas: &Canvas, at: Position, title: String) -> Dot {
    let (x, y) = canvas.place(at);
    Dot { x, y, title }
}
