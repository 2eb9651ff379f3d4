//! The API's description, made from the address book itself: it cannot fall behind the code.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
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
        operation["requestBody"] = json!({"content": {kind: {"schema": asks}}});
        parameters
            .push(json!({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "format": "uuid"}}));
    } else {
        parameters.extend(query_of(&asks, generator, &in_path));
    }
    operation["parameters"] = Value::Array(parameters);
    operation
}

/// The fields of a question that are not in the path are the query's.
fn query_of(asks: &Value, generator: &SchemaGenerator, in_path: &[&str]) -> Vec<Value> {
    let name = asks["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap_or_default();
    let shape = generator.definitions().get(name).unwrap_or(asks);
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
