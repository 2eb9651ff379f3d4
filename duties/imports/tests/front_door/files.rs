use sheets::{Cell, Format, Layout, SheetOut};

use crate::district::{Place, TEAMS, counts};

/// The same table in every form offices send.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let chinese = TEAMS.replace("code,name,organisation,latitude,longitude", "编码,名称,单位,纬度,经度");
    let (gb18030, _, _) = encoding_rs::GB18030.encode(&chinese);
    let lines: Vec<Vec<&str>> = chinese.lines().map(|line| line.split(',').collect()).collect();
    let mut book = SheetOut::new(Format::Xlsx, Vec::new(), Layout::new("队伍", lines[0].clone())).unwrap();
    for line in &lines[1..] {
        book.row(line.iter().map(|cell| Cell::from(*cell))).unwrap();
    }
    vec![
        ("utf-8", chinese.clone().into_bytes()),
        ("bom", format!("\u{FEFF}{chinese}").into_bytes()),
        ("gb18030", gb18030.into_owned()),
        ("tab", chinese.replace(',', "\t").into_bytes()),
        ("semicolon", chinese.replace(',', ";").into_bytes()),
        ("xlsx", book.finish().unwrap()),
    ]
}

#[tokio::test]
async fn the_same_table_in_another_form_is_the_same() {
    let place = Place::sqlite().await;
    place.take("teams", TEAMS).await;
    for (name, bytes) in forms() {
        let page = place.send("teams", name, &bytes).await;
        assert_eq!(counts(&page), [0, 0, 2, 0], "{name}: {page}");
    }
}

#[tokio::test]
async fn the_example_of_a_register_can_be_read_back() {
    let place = Place::sqlite().await;
    for register in ["divisions", "sites", "teams", "links", "volunteers"] {
        let example = place.officer.get(&format!("/imports/examples/{register}?format=csv")).await;
        let page = place.take(register, &example.text).await;
        assert_eq!(
            (page["state"].as_str(), page["counts"]["rejected"].as_u64()),
            (Some("done"), Some(0)),
            "{register}: {page}"
        );
    }
}
