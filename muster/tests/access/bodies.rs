//! Bodies made from the API's own description: the smallest that a route understands, with what is asked for filled in.

use serde_json::{Map, Value, json};
use web::routes::{Entry, Way};

use crate::{asking::parts, world::World};

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
        let choices = ["oneOf", "anyOf"].iter().find_map(|key| shape[*key].as_array());
        if let Some(choice) = choices.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            return self.made(choice, name, fill);
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

    fn object(&self, shape: &Value, fill: &Fill<'_>) -> Value {
        let required = |name: &str| shape["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
        let fields = shape["properties"].as_object().into_iter().flatten();
        let wanted = fields.filter(|(name, _)| required(name) || fill(name).is_some());
        let made: Map<String, Value> =
            wanted.map(|(name, shape)| (name.clone(), self.made(shape, name, fill))).collect();
        Value::Object(made)
    }
}
