//! The API's description, made from the address book itself: it cannot fall behind the code.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use domain::Right;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    house::House,
    routes::{Entry, Way},
};

pub(crate) async fn document(State(house): State<Arc<House>>) -> Response {
    let text = describe(&house.entries, &house.settings.public_url).to_string();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// The OpenAPI 3.1 document of these routes.
pub fn describe(entries: &[Entry], server: &str) -> Value {
    let mut generator =
        SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into()).into_generator();
    let mut paths = Map::new();
    for entry in entries {
        let operation = operation(entry, &mut generator);
        let path = paths.entry(entry.path.to_owned()).or_insert_with(|| json!({}));
        path[if entry.way == Way::Get { "get" } else { "post" }] = operation;
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Muster", "version": env!("CARGO_PKG_VERSION"),
                 "description": "Everything the pages do. Send `Authorization: Bearer TOKEN`; repeat a POST safely with `Idempotency-Key: UUID`."},
        "servers": [{"url": format!("{server}/api/v1")}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    })
}

fn operation(entry: &Entry, generator: &mut SchemaGenerator) -> Value {
    let asks = (entry.asks)(generator).map_or(json!({}), |schema| json!(schema));
    let answers = (entry.answers)(generator);
    let in_path: Vec<&str> = entry.path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')).collect();
    let mut parameters: Vec<Value> = in_path
        .iter()
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    let content = answers.map_or_else(
        || json!({"application/octet-stream": {}}),
        |schema| json!({"application/json": {"schema": schema}}),
    );
    let refusal = json!({"description": "Refused: a sentence says what to do", "content": {"application/json": {"schema": {
        "type": "object", "required": ["code", "message", "request"],
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "request": {"type": "string"}}}}}});
    let mut operation = json!({
        "operationId": operation_id(entry),
        "tags": [entry.duty],
        "description": format!("Needs the right `{:?}` in {:?}.", entry.right, entry.within),
        "responses": {"200": {"description": "Done", "content": content}, "4XX": refusal, "5XX": refusal},
    });
    if entry.way == Way::Post {
        let kind = if entry.takes_file { "multipart/form-data" } else { "application/json" };
        operation["requestBody"] = json!({"content": {kind: {"schema": body_of(&asks, generator, &in_path, entry)}}});
        parameters
            .push(json!({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "format": "uuid"}}));
    } else {
        parameters.extend(query_of(&asks, generator, &in_path));
    }
    if entry.right == Right::Anybody {
        operation["security"] = json!([]);
    }
    operation["parameters"] = Value::Array(parameters);
    operation
}

/// What a body holds: the fields of a question that the path does not give, and the file where one is taken.
fn body_of(asks: &Value, generator: &SchemaGenerator, in_path: &[&str], entry: &Entry) -> Value {
    let mut body = shape_of(asks, generator).clone();
    if let Some(fields) = body.get_mut("properties").and_then(Value::as_object_mut) {
        fields.retain(|field, _| !in_path.contains(&field.as_str()));
    }
    if let Some(required) = body.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|field| field.as_str().is_some_and(|field| !in_path.contains(&field)));
    }
    if entry.takes_file {
        body["properties"]["file"] = json!({"type": "string", "contentMediaType": "application/octet-stream"});
    }
    body
}

fn shape_of<'s>(asks: &'s Value, generator: &'s SchemaGenerator) -> &'s Value {
    let name = asks["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap_or_default();
    generator.definitions().get(name).unwrap_or(asks)
}

/// The fields of a question that are not in the path are the query's.
fn query_of(asks: &Value, generator: &SchemaGenerator, in_path: &[&str]) -> Vec<Value> {
    let shape = shape_of(asks, generator);
    let required = |field: &str| shape["required"].as_array().is_some_and(|all| all.iter().any(|f| f == field));
    let fields = shape["properties"].as_object().into_iter().flatten();
    fields
        .filter(|(field, _)| !in_path.contains(&field.as_str()))
        .map(|(field, schema)| json!({"name": field, "in": "query", "required": required(field), "schema": schema}))
        .collect()
}

fn operation_id(entry: &Entry) -> String {
    let way = if entry.way == Way::Get { "get" } else { "post" };
    let path: String = entry.path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{way}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Desk, Done, Fault,
        routes::{In, Routes},
    };

    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Ask {
        #[expect(dead_code, reason = "only its shape is looked at")]
        site: String,
        #[expect(dead_code, reason = "only its shape is looked at")]
        count: u32,
    }

    async fn act(_: Desk, _: Ask) -> Result<Done<()>, Fault> {
        Ok(Done::at("/", ()))
    }

    #[test]
    fn what_the_path_gives_is_not_asked_for_again_in_the_body() {
        let mut routes = Routes::default();
        routes.post("/sites/{site}/calls", Right::RunSite, In::Anywhere, act);
        routes.get("/sites/{site}/calls", Right::Anybody, In::Anywhere, act);
        let (entries, ..) = routes.take();
        let paths = describe(&entries, "http://muster.test")["paths"].clone();
        let (post, get) = (&paths["/sites/{site}/calls"]["post"], &paths["/sites/{site}/calls"]["get"]);
        let body = &post["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!((&body["required"], body["properties"].get("site")), (&json!(["count"]), None), "{body}");
        let names: Vec<_> = get["parameters"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
        assert_eq!((names, &get["security"]), (vec![&json!("site"), &json!("count")], &json!([])));
    }
}
