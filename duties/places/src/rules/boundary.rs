//! Boundaries of divisions from GeoJSON (RFC 7946): a FeatureCollection whose features carry `code` or `name` and a Polygon
//! or MultiPolygon. Positions are turned into WGS-84 when the map was drawn in GCJ-02, as Chinese web maps are.
//!
//! The file comes from outside, so it is read with limits: size, features, points, rings. What is kept is a geometry with
//! six decimals (a tenth of a metre), nothing else of the file.

use std::{fmt, marker::PhantomData};

use domain::{Origin, Position};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use web::{Locale, Words};

/// The largest file, and the most features and points in it.
pub const MAX_BYTES: u64 = 6 << 20;
const MAX_FEATURES: usize = 2_000;
const MAX_POINTS: usize = 200_000;
/// The longest code or name, as it stands in the file.
const MAX_NAME: usize = 400;

/// A boundary as the file names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    pub code: Option<String>,
    pub name: Option<String>,
    pub shape: Shape,
}

/// Polygons, each a ring and its holes, each a list of positions in WGS-84.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shape(pub Vec<Vec<Vec<Position>>>);

/// Why a file of boundaries cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotBoundaries {
    #[error("larger than {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    #[error("not GeoJSON: {0}")]
    NotGeoJson(String),
    #[error("more than {MAX_FEATURES} features")]
    TooManyFeatures,
    #[error("more than {MAX_POINTS} points")]
    TooManyPoints,
    #[error("feature {0} has neither code nor name")]
    Nameless(usize),
    #[error("feature {0} is no Polygon or MultiPolygon")]
    NoPolygon(usize),
    #[error("feature {0} has a ring that is no ring of positions")]
    BadRing(usize),
}

impl NotBoundaries {
    /// The sentence in a language.
    pub fn say(&self, words: &Words, locale: Locale) -> String {
        let say = |id: &'static str| words.say(locale, id);
        let said = match self {
            Self::TooLarge => say("places-boundaries-too-large").num("most", &(MAX_BYTES >> 20)),
            Self::NotGeoJson(_) => say("places-boundaries-not-geojson"),
            Self::TooManyFeatures => say("places-boundaries-too-many-features").num("most", &MAX_FEATURES),
            Self::TooManyPoints => say("places-boundaries-too-many-points").num("most", &MAX_POINTS),
            Self::Nameless(number) => say("places-boundaries-nameless").num("number", number),
            Self::NoPolygon(number) => say("places-boundaries-no-polygon").num("number", number),
            Self::BadRing(number) => say("places-boundaries-bad-ring").num("number", number),
        };
        said.to_string()
    }
}

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow, default)]
    features: Features<'a>,
}

/// No more of them than are allowed, and one: what a file holds beyond costs no memory.
#[derive(Default)]
struct Features<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Features<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bounded<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Bounded<'a> {
            type Value = Features<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of features")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut features = Vec::new();
                while features.len() <= MAX_FEATURES
                    && let Some(feature) = seq.next_element()?
                {
                    features.push(feature);
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Features(features))
            }
        }
        from.deserialize_seq(Bounded(PhantomData))
    }
}

#[derive(Deserialize)]
struct Feature<'a> {
    #[serde(borrow, default)]
    properties: Option<Properties<'a>>,
    #[serde(borrow, default)]
    geometry: Option<Geometry<'a>>,
}

#[derive(Deserialize, Default)]
struct Properties<'a> {
    #[serde(borrow, default, alias = "adcode")]
    code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Geometry<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    coordinates: Option<&'a RawValue>,
}

type Rings = Vec<Vec<Point>>;

/// Longitude and latitude; what follows them (a height) is left out.
struct Point(f64, f64);

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Point;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("longitude and latitude")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Point, A::Error> {
                let mut number = || seq.next_element()?.ok_or_else(|| A::Error::custom("a number is missing"));
                let point = Point(number()?, number()?);
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(point)
            }
        }
        from.deserialize_seq(Pair)
    }
}

/// Reads a file of boundaries.
pub fn read(bytes: &[u8], origin: Origin) -> Result<Vec<Outline>, NotBoundaries> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(NotBoundaries::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(not_geo_json)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let collection: Collection<'_> = serde_json::from_str(text).map_err(not_geo_json)?;
    if collection.kind != "FeatureCollection" {
        return Err(NotBoundaries::NotGeoJson(format!("{}, not FeatureCollection", collection.kind)));
    }
    let Features(features) = collection.features;
    if features.len() > MAX_FEATURES {
        return Err(NotBoundaries::TooManyFeatures);
    }
    let mut points_left = MAX_POINTS;
    let numbered = (1..).zip(features);
    numbered.map(|(number, raw)| outline(number, raw, origin, &mut points_left)).collect()
}

fn outline(number: usize, raw: &RawValue, origin: Origin, points_left: &mut usize) -> Result<Outline, NotBoundaries> {
    let feature: Feature<'_> = serde_json::from_str(raw.get()).map_err(not_geo_json)?;
    let properties = feature.properties.unwrap_or_default();
    let (code, name) = (properties.code.and_then(text), properties.name.and_then(text));
    if code.is_none() && name.is_none() {
        return Err(NotBoundaries::Nameless(number));
    }
    let geometry = feature.geometry.ok_or(NotBoundaries::NoPolygon(number))?;
    let coordinates = geometry.coordinates.map_or("null", RawValue::get);
    // Every point opens a bracket: too many are refused before they take memory.
    if coordinates.bytes().filter(|byte| *byte == b'[').count() > MAX_POINTS * 2 {
        return Err(NotBoundaries::TooManyPoints);
    }
    let polygons: Vec<Rings> = match geometry.kind.as_str() {
        "Polygon" => serde_json::from_str(coordinates).map(|rings| vec![rings]),
        "MultiPolygon" => serde_json::from_str(coordinates),
        _ => return Err(NotBoundaries::NoPolygon(number)),
    }
    .map_err(|_| NotBoundaries::BadRing(number))?;
    let count: usize = polygons.iter().flatten().map(Vec::len).sum();
    *points_left = points_left.checked_sub(count).ok_or(NotBoundaries::TooManyPoints)?;
    let shape = shape(&polygons, origin).ok_or(NotBoundaries::BadRing(number))?;
    Ok(Outline { code, name, shape })
}

/// A code may be written as a number.
fn text(value: &RawValue) -> Option<String> {
    let written = value.get();
    if written.len() > MAX_NAME {
        return None;
    }
    match written.as_bytes().first()? {
        b'"' => {
            serde_json::from_str(written).ok().map(|text: String| text.trim().to_owned()).filter(|it| !it.is_empty())
        }
        b'-' | b'0'..=b'9' => Some(written.to_owned()),
        _ => None,
    }
}

fn shape(polygons: &[Rings], origin: Origin) -> Option<Shape> {
    let point = |Point(longitude, latitude): &Point| Position::from_origin(*latitude, *longitude, origin).ok();
    let ring = |points: &Vec<Point>| -> Option<Vec<Position>> {
        // A ring ends where it began, so a triangle has four points.
        (points.len() >= 4).then(|| points.iter().map(point).collect()).flatten()
    };
    let polygon = |rings: &Rings| -> Option<Vec<Vec<Position>>> {
        (!rings.is_empty()).then(|| rings.iter().map(ring).collect()).flatten()
    };
    let shape: Option<Vec<_>> = polygons.iter().map(polygon).collect();
    shape.filter(|polygons| !polygons.is_empty()).map(Shape)
}

impl Shape {
    /// As a GeoJSON MultiPolygon in WGS-84.
    pub fn geo_json(&self) -> serde_json::Value {
        let pair = |p: &Position| vec![round(p.longitude), round(p.latitude)];
        let ring = |points: &Vec<Position>| points.iter().map(pair).collect::<Vec<_>>();
        let polygon = |rings: &Vec<Vec<Position>>| rings.iter().map(ring).collect::<Vec<_>>();
        let coordinates: Vec<_> = self.0.iter().map(polygon).collect();
        serde_json::json!({ "type": "MultiPolygon", "coordinates": coordinates })
    }

    /// Back from what [`Shape::geo_json`] gave.
    pub fn from_geo_json(geometry: &serde_json::Value) -> Option<Self> {
        let polygons: Vec<Rings> = serde_json::from_value(geometry["coordinates"].clone()).ok()?;
        shape(&polygons, Origin::Wgs84)
    }
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

fn not_geo_json(cause: impl ToString) -> NotBoundaries {
    NotBoundaries::NotGeoJson(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(features: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
    }

    fn feature(properties: &str, kind: &str, coordinates: &str) -> String {
        format!(
            r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        )
    }

    const SQUARE: &str = "[[[110,21],[111,21],[111,22],[110,22],[110,21]]]";

    fn why(text: &str) -> NotBoundaries {
        read(text.as_bytes(), Origin::Wgs84).unwrap_err()
    }

    #[test]
    fn polygons_are_read_with_their_code_or_name() {
        let two = [
            feature(r#"{"code":440902001}"#, "Polygon", "[[[110,21,5],[111,21],[111,22],[110,21]]]"),
            feature(r#"{"name":" 红旗街道 "}"#, "MultiPolygon", &format!("[{SQUARE}]")),
        ];
        let outlines = read(collection(&two.join(",")).as_bytes(), Origin::Wgs84).unwrap();
        assert_eq!(outlines[0].code.as_deref(), Some("440902001"));
        assert_eq!(outlines[1].name.as_deref(), Some("红旗街道"));
        assert_eq!(outlines[1].shape.0[0][0].len(), 5);
        assert_eq!(Shape::from_geo_json(&outlines[1].shape.geo_json()).as_ref(), Some(&outlines[1].shape));
    }

    #[test]
    fn a_gcj02_map_is_shifted_back() {
        let file = collection(&feature(r#"{"name":"a"}"#, "Polygon", SQUARE));
        let at = |origin| read(file.as_bytes(), origin).unwrap()[0].shape.0[0][0][0];
        let moved_m = at(Origin::Gcj02).distance_m(at(Origin::Wgs84));
        assert!((300.0..900.0).contains(&moved_m), "{moved_m} m");
    }

    #[test]
    fn what_is_no_boundary_is_refused_with_its_feature() {
        assert!(matches!(why("{"), NotBoundaries::NotGeoJson(_)));
        assert!(matches!(why(r#"{"type":"Topology"}"#), NotBoundaries::NotGeoJson(_)));
        assert_eq!(why(&collection(&feature("null", "Polygon", SQUARE))), NotBoundaries::Nameless(1));
        let named = r#"{"name":"a"}"#;
        assert_eq!(why(&collection(&feature(named, "Point", "[110,21]"))), NotBoundaries::NoPolygon(1));
        for ring in
            ["[[[110,21],[111,21],[110,21]]]", "[]", "[[[210,21],[1,1],[2,2],[210,21]]]", "[[[1],[1],[1],[1]]]", "7"]
        {
            assert_eq!(why(&collection(&feature(named, "Polygon", ring))), NotBoundaries::BadRing(1), "{ring}");
        }
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(read(collection(&feature(named, "Polygon", &deep)).as_bytes(), Origin::Wgs84).is_err());
    }

    #[test]
    fn a_file_beyond_the_limits_is_refused() {
        let many = vec!["{}"; MAX_FEATURES + 1].join(",");
        assert_eq!(why(&collection(&many)), NotBoundaries::TooManyFeatures);
        let ring = vec!["[1,1]"; MAX_POINTS + 1].join(",");
        let file = collection(&feature(r#"{"name":"a"}"#, "Polygon", &format!("[[{ring}]]")));
        assert_eq!(why(&file), NotBoundaries::TooManyPoints);
        let large = " ".repeat(usize::try_from(MAX_BYTES).unwrap() + 1);
        assert_eq!(why(&large), NotBoundaries::TooLarge);
    }
}
