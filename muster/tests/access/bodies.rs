//! Bodies made from the API's own description: the smallest that a route understands, with what is asked for filled in.

use serde_json::{Map, Value, json};
use web::routes::{Entry, Way};

use crate::{
    asking::parts,
    world::{Things, World},
};

/// Fields of bodies and queries that name a thing, and what they name; only of one route where it is given.
const NAMING: [(&str, &str, &str); 32] = [
    ("", "conflict", "conflict"),
    ("/divisions", "code", "division"),
    ("/zones", "after", "zone"),
    ("/notices", "before", "notice"),
    ("/imports", "before", "import"),
    ("/requests", "after_id", "request"),
    ("/orders/{order}/plans/{plan}", "after", "volunteer"),
    ("/sites/{site}/check-ins", "id", "entry"),
    ("/duty/check-in", "id", "entry"),
    ("/duty/check-out", "id", "entry"),
    ("/sites/{site}/requests", "id", "request"),
    ("/sites/{site}/outbox", "request", ""),
    ("", "volunteer", "volunteer"),
    ("", "person", "person"),
    ("", "badge", "code"),
    ("", "site", "site"),
    ("", "sites", "site"),
    ("", "cell", "site"),
    ("", "team", "team"),
    ("", "zone", "zone"),
    ("", "division", "division"),
    ("", "divisions", "division"),
    ("", "order", "order"),
    ("", "plan", "plan"),
    ("", "other", "plan"),
    ("", "one", "plan"),
    ("", "request", "request"),
    ("", "assignment", "assignment"),
    ("", "attendance", "attendance"),
    ("", "export", "export"),
    ("", "device", "device"),
    ("", "deed", "deed"),
];

/// The thing that a field of a route names; none for a field that names nothing.
pub fn named(entry: &Entry, field: &str) -> Option<&'static str> {
    let line = NAMING.iter().find(|(route, name, _)| *name == field && (route.is_empty() || *route == entry.path))?;
    Some(line.2).filter(|thing| !thing.is_empty())
}

/// A field filled with the thing it names.
pub fn naming(entry: &Entry, field: &str, things: &Things) -> Option<Value> {
    let id = things.get(named(entry, field)?)?;
    // The grid's form writes site and role into one field.
    Some(if field == "cell" { json!(format!("{id} gatekeeper")) } else { json!(id) })
}

/// What to write into a field of that name; none: whatever fits its type.
pub type Fill<'a> = dyn Fn(&str) -> Option<Value> + 'a;

pub struct Shapes(Value);

impl Shapes {
    pub fn of(world: &World) -> Self {
        Self(web::openapi::describe(&world.test.house.entries, ""))
    }

    /// The shape of what a route asks; none for a route that asks nothing but its path.
    fn asked(&self, entry: &Entry) -> Option<&Value> {
        let way = if entry.way == Way::Get { "get" } else { "post" };
        let content = self.0["paths"][entry.path][way]["requestBody"]["content"].as_object()?;
        content.values().next().map(|content| self.resolved(&content["schema"]))
    }

    /// The fields of a route's question that its path does not name, with their shapes.
    pub fn fields(&self, entry: &Entry) -> Vec<(String, Value)> {
        let in_path: Vec<&str> = parts(entry.path).collect();
        let way = if entry.way == Way::Get { "get" } else { "post" };
        let query = self.0["paths"][entry.path][way]["parameters"].as_array().into_iter().flatten();
        let query = query
            .filter(|it| it["in"] == "query")
            .map(|it| (it["name"].as_str().unwrap_or_default().to_owned(), it["schema"].clone()));
        let body = self.asked(entry).and_then(|shape| shape["properties"].as_object()).into_iter().flatten();
        let body = body.map(|(name, shape)| (name.clone(), shape.clone()));
        query.chain(body).filter(|(name, _)| !in_path.contains(&name.as_str())).collect()
    }

    /// The fields of a route's question, however deep they lie.
    pub fn deep(&self, entry: &Entry) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        for (name, shape) in self.fields(entry) {
            self.gather(&name, &shape, &mut found);
        }
        found
    }

    fn gather(&self, name: &str, shape: &Value, found: &mut Vec<(String, Value)>) {
        let shape = self.resolved(shape);
        if found.iter().any(|(known, same)| known == name && same == shape) {
            return;
        }
        found.push((name.to_owned(), shape.clone()));
        for choice in choices(shape) {
            self.gather(name, choice, found);
        }
        if shape["items"].is_object() {
            self.gather(name, &shape["items"], found);
        }
        for (name, shape) in shape["properties"].as_object().into_iter().flatten() {
            self.gather(name, shape, found);
        }
    }

    /// A whole body: every field that is required or that `fill` knows.
    pub fn body(&self, entry: &Entry, fill: &Fill<'_>) -> Value {
        let Some(shape) = self.asked(entry) else { return json!({}) };
        let in_path: Vec<&str> = parts(entry.path).collect();
        let Value::Object(mut body) = self.made(shape, "", fill) else { return json!({}) };
        body.retain(|name, _| !in_path.contains(&name.as_str()));
        Value::Object(body)
    }

    fn resolved<'a>(&'a self, shape: &'a Value) -> &'a Value {
        let Some(name) = shape["$ref"].as_str().and_then(|text| text.rsplit('/').next()) else { return shape };
        self.resolved(&self.0["components"]["schemas"][name])
    }

    /// Something of that shape.
    pub fn made(&self, shape: &Value, name: &str, fill: &Fill<'_>) -> Value {
        let shape = self.resolved(shape);
        let may_be: Vec<&Value> = choices(shape).filter(|one| one["type"] != "null").collect();
        if let Some(first) = may_be.first() {
            let choice = may_be.iter().find(|one| self.reaches(one, fill)).unwrap_or(first);
            let mut made = self.made(choice, name, fill);
            if let (Value::Object(own), Some(made)) = (self.object(shape, fill), made.as_object_mut()) {
                made.extend(own);
            }
            return made;
        }
        if let Some(fixed) = shape.get("const").or_else(|| shape["enum"].get(0)) {
            return fill(name).unwrap_or_else(|| fixed.clone());
        }
        let kind = shape["type"].as_str().or_else(|| shape["type"][0].as_str()).unwrap_or("string");
        match kind {
            "object" => self.object(shape, fill),
            "array" => json!([self.made(&shape["items"], name, fill)]),
            _ => fill(name).unwrap_or_else(|| match kind {
                "integer" | "number" => json!(shape["minimum"].as_i64().unwrap_or(1).max(1)),
                "boolean" => json!(true),
                _ if shape["format"] == "uuid" => json!(uuid::Uuid::new_v4()),
                _ => json!("2022-09-15T06:00"),
            }),
        }
    }

    /// Whether something within is to be filled.
    fn reaches(&self, shape: &Value, fill: &Fill<'_>) -> bool {
        let shape = self.resolved(shape);
        let own = shape["properties"].as_object().into_iter().flatten();
        own.into_iter().any(|(name, shape)| fill(name).is_some() || self.reaches(shape, fill))
            || shape["items"].is_object() && self.reaches(&shape["items"], fill)
            || choices(shape).any(|choice| self.reaches(choice, fill))
    }

    fn object(&self, shape: &Value, fill: &Fill<'_>) -> Value {
        let required = |name: &str| shape["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
        let fields = shape["properties"].as_object().into_iter().flatten();
        let wanted = fields.filter(|(name, shape)| required(name) || fill(name).is_some() || self.reaches(shape, fill));
        let made: Map<String, Value> =
            wanted.map(|(name, shape)| (name.clone(), self.made(shape, name, fill))).collect();
        Value::Object(made)
    }
}

/// The shapes that something may have.
fn choices(shape: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf"].into_iter().filter_map(|key| shape[key].as_array()).flatten()
}
