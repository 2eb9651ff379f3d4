//! The guide to the API says nothing that is not so: each of its lines is asked of a real house, in order.

use std::collections::HashMap;

use serde_json::Value;
use web::{
    House,
    testing::{Client, Reply},
};

use crate::district::{District, file};

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api/README.md");

#[tokio::test]
async fn every_line_of_the_guide_works_as_it_stands() {
    let guide = std::fs::read_to_string(GUIDE).unwrap();
    let district = District::new(store::testing::sqlite(House::migrations(&muster::duties::all()))).await;
    let mut shell = Shell { chief: None, values: HashMap::new() };
    let mut asked = 0;
    for line in lines(&guide) {
        asked += u32::from(shell.run(&district, line).await);
        district.work().await;
    }
    assert!(asked >= 29, "only {asked} lines were asked");
}

/// The lines between the fences.
fn lines(guide: &str) -> impl Iterator<Item = &str> {
    let blocks = guide.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter(|line| !line.is_empty())
}

struct Shell {
    chief: Option<Client>,
    values: HashMap<String, String>,
}

impl Shell {
    /// Does what a shell would; says whether something was asked.
    async fn run(&mut self, district: &District, line: &str) -> bool {
        if line.contains("muster token") {
            assert_eq!(line.contains("--role site_chief --site S1"), line.starts_with("CHIEF="), "{line}");
            if line.starts_with("CHIEF=") {
                self.chief = Some(district.chief(&district.site("S1").await).await);
            }
            return false;
        }
        let Some((before, command)) = line.split_once("curl ") else { return false };
        let (command, jq) = match command.split_once(" | jq -r ") {
            Some((command, path)) => (command, Some(path.trim_end_matches(')'))),
            None => (command, None),
        };
        let command = self.values.iter().fold(command.to_owned(), |text, (name, value)| {
            text.replace(&format!("'${name}'"), value).replace(&format!("${name}"), value)
        });
        let reply = self.ask(district, &command).await;
        assert!(reply.status.is_success(), "{line}\n{} {}", reply.status, reply.text);
        if let Some(path) = jq {
            let value = pointed(&serde_json::from_str(&reply.text).unwrap(), path);
            self.values.insert(before.split_once('=').unwrap().0.to_owned(), value);
        }
        true
    }

    async fn ask(&self, district: &District, command: &str) -> Reply {
        let chief = self.chief.as_ref();
        let client = if command.contains("$CHIEF") { chief.unwrap() } else { &district.officer };
        let path = command.split("$API").nth(1).unwrap_or_else(|| panic!("no address in {command}"));
        if let Some(register) = between(command, "-F register=", " ") {
            return client.send_file(path, &[("register", register)], "a.csv", file(register).as_bytes()).await;
        }
        let Some(body) = between(command, "--json '", "' $API") else { return client.get(path).await };
        let body: Value = serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {body}"));
        let key = between(command, "Idempotency-Key: ", "\"").map(|key| key.parse().unwrap());
        client.post_with_key(path, body, key).await
    }
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(from)?;
    rest.split(to).next()
}

/// `.lines[0].volunteer`, as jq reads it.
fn pointed(value: &Value, path: &str) -> String {
    let pointer = path.replace(['.', '['], "/").replace(']', "");
    value.pointer(&pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {path} in {value}")).to_owned()
}

#[tokio::test]
async fn a_line_that_does_not_work_would_be_found() {
    let district = District::new(store::testing::sqlite(House::migrations(&muster::duties::all()))).await;
    let shell = Shell { chief: None, values: HashMap::new() };
    let reply = shell.ask(&district, r#"-s -H "$AUTH" $API/ordres"#).await;
    assert!(!reply.status.is_success(), "{}", reply.text);
}
