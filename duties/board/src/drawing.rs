//! The map and the trend lines, as numbers that a template draws into SVG: no tiles, no scripts, sharp in print.

use std::fmt::Write as _;

use domain::{Division, Moment};
use places::map::{Canvas, Shape, legible};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    rules::site::{Picture, State},
    store::Sample,
};

const WIDTH: f64 = 640.0;
/// The size of a name's letters.
const LETTER: f64 = 12.0;
/// More sites than this are a blot: then only those that are not as they should be are drawn.
const MOST_DOTS: usize = 2_000;

#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Map {
    pub width: f64,
    pub height: f64,
    pub lands: Vec<Land>,
    pub dots: Vec<Dot>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Land {
    pub path: String,
    pub name: String,
    pub code: String,
    pub x: f64,
    pub y: f64,
    /// Its name can be written without lying on another.
    pub is_named: bool,
}

/// A site: its shape says its state even without colour.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Dot {
    pub x: f64,
    pub y: f64,
    pub state: State,
    pub code: String,
    pub name: String,
    pub arrived: u32,
    pub need: u32,
}

impl Dot {
    pub fn state_word(&self) -> String {
        format!("board-state-{}", self.state.name())
    }

    /// The `d` of its shape: a circle for what goes well, a triangle for a risk, a cross for what was missed, a ring for silence.
    pub fn path(&self) -> String {
        let (x, y) = (self.x, self.y);
        match self.state {
            State::Late => format!("M{} {}l8 8m0 -8l-8 8", x - 4.0, y - 4.0),
            State::AtRisk | State::Short => format!("M{x} {}l5 9h-10z", y - 5.5),
            State::Silent | State::Underway | State::SetUp | State::Ready | State::Over => {
                format!("M{} {y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", x - 4.0)
            }
        }
    }
}

pub fn map(divisions: &[places::DivisionHead], shapes: &[(Division, Shape)], pictures: &[&Picture]) -> Map {
    let corners = shapes.iter().flat_map(|(_, shape)| shape.0.iter().flatten().flatten().copied());
    let sites = pictures.iter().map(|picture| picture.facts.position);
    let Some(canvas) = Canvas::fit(corners.chain(sites), WIDTH) else { return Map::default() };
    let head = |code: &Division| divisions.iter().find(|division| division.code == *code);
    let lands = shapes.iter().map(|(code, shape)| {
        let (x, y) = head(code).and_then(|d| d.position).map_or((0.0, 0.0), |at| canvas.place(at));
        Land {
            path: canvas.path(shape),
            name: head(code).map_or(String::new(), |d| d.name.clone()),
            code: code.to_string(),
            x,
            y,
            is_named: true,
        }
    });
    let mut lands: Vec<Land> = lands.collect();
    let names: Vec<_> = lands.iter().map(|land| ((land.x, land.y), land.name.as_str())).collect();
    let are_named = legible(&names, LETTER);
    lands.iter_mut().zip(are_named).for_each(|(land, is_named)| land.is_named = is_named);
    let drawn = pictures.iter().filter(|picture| pictures.len() <= MOST_DOTS || picture.state <= State::Short);
    let mut dots: Vec<Dot> = drawn.map(|picture| dot(&canvas, picture)).collect();
    // What is wrong lies on top.
    dots.sort_by_key(|dot| std::cmp::Reverse(dot.state));
    Map { width: canvas.width, height: canvas.height, lands, dots }
}

fn dot(canvas: &Canvas, picture: &Picture) -> Dot {
    let facts = &picture.facts;
    let (x, y) = canvas.place(facts.position);
    Dot {
        x,
        y,
        state: picture.state,
        code: facts.code.clone(),
        name: facts.name.clone(),
        arrived: facts.arrived,
        need: facts.need,
    }
}

/// A figure over time as a step line in a box of 320 × 80.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Trend {
    pub word: String,
    pub path: String,
    pub last: u32,
    pub most: u32,
    pub from: Moment,
    pub until: Moment,
}

pub fn trend(word: &str, samples: &[Sample], most: u32, figure: fn(&Sample) -> u32) -> Option<Trend> {
    let (first, last) = (samples.first()?, samples.last()?);
    let span_ms = (last.at.ms() - first.at.ms()).max(1) as f64;
    let top = samples.iter().map(figure).max().unwrap_or(0).max(most).max(1);
    let mut path = String::new();
    // More points than pixels are drawn as fewer.
    let stride = samples.len().div_ceil(320);
    for (nth, sample) in samples.iter().enumerate().filter(|(nth, _)| nth % stride == 0 || *nth + 1 == samples.len()) {
        let x = (sample.at.ms() - first.at.ms()) as f64 / span_ms * 320.0;
        let y = 78.0 - f64::from(figure(sample)) / f64::from(top) * 76.0;
        let _ = if nth == 0 { write!(path, "M{x:.1} {y:.1}") } else { write!(path, "H{x:.1}V{y:.1}") };
    }
    Some(Trend { word: word.to_owned(), path, last: figure(last), most: top, from: first.at, until: last.at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_climbs_by_steps() {
        let sample = |minute: i64, arrived| Sample {
            at: Moment::default().plus_min(minute),
            set_up: 0,
            arrived,
            acknowledged: 0,
            assigned: 0,
            short: 0,
            open_requests: 0,
        };
        let drawn =
            trend("board-arrived", &[sample(0, 0), sample(5, 50), sample(10, 100)], 100, |s| s.arrived).unwrap();
        assert_eq!(drawn.path, "M0.0 78.0H160.0V40.0H320.0V2.0");
        assert!(trend("board-arrived", &[], 1, |s| s.arrived).is_none());
    }
}
