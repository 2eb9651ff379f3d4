//! What offices send, and what becomes of it.

mod made;

use std::io::Cursor;

use made::{book, one_sheet, row, sheet};
use sheets::{Columns, Fault, Limits, Mapping, Options, Reason, RowFault, Table, TableFault, fingerprint};

fn columns() -> Columns {
    Columns::new()
        .required("code", &["编码", "采样点编码"])
        .required("name", &["名称", "采样点名称"])
        .optional("expected_people", &["预计人数"])
}

fn open(bytes: impl Into<Vec<u8>>) -> Result<Table<Cursor<Vec<u8>>>, TableFault> {
    Table::open(Cursor::new(bytes.into()), &columns(), Options::default())
}

/// Rows as `number code|name|people`, rejections as `number! column reason`.
fn outcome(bytes: impl Into<Vec<u8>>) -> Vec<String> {
    let word = |row: Result<sheets::Row, Fault>| match row {
        Ok(row) => format!("{} {}|{}|{}", row.number(), row.get("code"), row.get("name"), row.get("expected_people")),
        Err(Fault::Row(fault)) => format!("{}! {} {}", fault.number, fault.column, fault.reason.name()),
        Err(Fault::Table(fault)) => fault.name().to_owned(),
    };
    match open(bytes) {
        Ok(table) => table.map(word).collect(),
        Err(fault) => vec![fault.name().to_owned()],
    }
}

#[test]
fn the_same_table_is_read_from_every_dress() {
    let expected = ["2 007|城南小学|1200", "3 440902190001011234|站前|"];
    let csv = "编码,名称,预计人数\n007,城南小学,1200\n440902190001011234, 站前 ,\n";
    let gb = encoding_rs::GB18030.encode(csv).0.into_owned();
    let utf16: Vec<u8> = csv.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let shared =
        "<sst><si><t>城南</t><rPh><t>chengnan</t></rPh></si><si><r><t>城南</t></r><r><t>小学</t></r></si></sst>";
    let cells = r#"<row r="1"><c r="A1" t="str"><v>编码</v></c><c r="B1" t="inlineStr"><is><t>名称</t></is></c><c r="C1" t="str"><v>预计人数</v></c></row>
        <row r="2"><c r="A2" s="1"><v>7</v></c><c r="B2" t="s"><v>1</v></c><c r="C2"><f>600*2</f><v>1.2E3</v></c></row>
        <row r="3"><c r="A3" t="str"><v>440902190001011234</v></c><c r="B3" t="str"><v> 站前 </v></c></row>"#;
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;
    let workbook = book(&[("一", "")])
        .part("xl/sharedStrings.xml", shared.as_bytes())
        .part("xl/styles.xml", styles.as_bytes())
        .part("xl/worksheets/sheet0.xml", sheet(cells).as_bytes());
    let dresses: [(&str, Vec<u8>); 9] = [
        ("UTF-8", csv.into()),
        ("byte order mark", format!("\u{FEFF}{csv}").into()),
        ("GB18030", gb),
        ("UTF-16, tabs", [b"\xFF\xFE".to_vec(), utf16].concat()),
        ("CRLF", csv.replace('\n', "\r\n").into()),
        ("semicolons", csv.replace(',', ";").into()),
        ("English headings", csv.replace("编码,名称,预计人数", "Code,NAME,expected people").into()),
        ("full-width headings", csv.replace("编码,名称", "ｃｏｄｅ，　＊,名 称：").replace('，', "").into()),
        ("XLSX", workbook.finish()),
    ];
    for (dress, bytes) in dresses {
        assert_eq!(outcome(bytes), expected, "{dress}");
    }
    let other_order = "预计人数,备注,名称,编码\n1200,x,城南小学,007\n,,站前,440902190001011234\n";
    assert_eq!(outcome(other_order), expected);
}

#[test]
fn the_heading_row_may_stand_below_a_title_and_blank_rows() {
    let csv = "茂南区采样点一览表,,\n\n填表:张三,2022年9月,\n编码,名称,备注\n1,甲,\n\n,,\n2,乙,x\n";
    assert_eq!(outcome(csv), ["5 1|甲|", "8 2|乙|"]);
    let table = open(csv).unwrap();
    assert_eq!(table.headings().row(), 4);
    assert_eq!(table.headings().unknown(), ["备注"]);
    assert_eq!(table.headings().known().collect::<Vec<_>>(), ["code", "name"]);
    let far = format!("{}编码,名称\n1,甲\n", "说明\n".repeat(10));
    assert_eq!(outcome(far), ["missing-headings"]);
}

#[test]
fn missing_headings_are_named_with_what_was_found() {
    let fault = open("编码,地址,电话\n1,x,2\n").err().unwrap();
    let missing = vec!["名称 (name)".to_owned()];
    let found = ["编码", "地址", "电话"].map(str::to_owned).to_vec();
    assert_eq!(fault, TableFault::MissingHeadings { missing, found });
    assert_eq!(
        fault.to_string(),
        "Columns are missing: 名称 (name). Found: 编码, 地址, 电话. Name them in the heading row."
    );
    let twice = open("编码,名称,采样点名称\n1,甲,乙\n").err().unwrap();
    let (key, first, second) = ("name".into(), "B".into(), "C".into());
    assert_eq!(twice, TableFault::SameHeadingTwice { key, first, second });
}

#[test]
fn a_saved_mapping_is_found_by_its_fingerprint_and_used() {
    let csv = "点位号,点位,名称\n1,甲,不用\n";
    let TableFault::MissingHeadings { found, .. } = open(csv).err().unwrap() else { panic!("one heading is unknown") };
    let mapping = Mapping::new().means("点位号", "code").means("点位", "name").ignores("名称");
    let options = Options { mapping, ..Options::default() };
    let mut table = Table::open(Cursor::new(csv), &columns(), options).unwrap();
    assert_eq!(table.headings().fingerprint(), fingerprint(&found));
    assert_eq!(table.headings().unknown(), ["名称"]);
    assert_eq!(table.next().unwrap().unwrap().get("name"), "甲");
}

#[test]
fn a_bad_row_is_named_and_reading_goes_on() {
    let long = "长".repeat(10_001);
    let csv = format!("编码,名称\n1,{long}\n2,b\n3,a\0b\n4,x,stray\n4.40902E+17,e\n6,f,\n7\n,\n8,g\n");
    assert_eq!(
        outcome(csv),
        [
            "2! 名称 cell-too-long",
            "3 2|b|",
            "4! 名称 nul-character",
            "5! C beyond-headings",
            "6! 编码 digits-lost",
            "7 6|f|",
            "8 7||",
            "10 8|g|"
        ]
    );
    let mut gb = encoding_rs::GB18030.encode("编码,名称\n1,城南\n2,站前\n").0.into_owned();
    let damaged = gb.iter().position(|&byte| byte == b'2').unwrap() + 2;
    gb[damaged + 1] = b'\x01';
    assert_eq!(outcome(gb), ["2 1|城南|", "3! 名称 undecodable"]);
}

#[test]
fn a_fault_in_a_column_nobody_reads_harms_nobody() {
    let cells = r#"<row r="2"><c t="str"><v>1</v></c><c t="str"><v>甲</v></c><c><v>440902190001011234</v></c></row>"#;
    assert_eq!(outcome(one_sheet(&(row(1, &["编码", "名称", "备注"]) + cells))), ["2 1|甲|"]);
}

#[test]
fn cells_of_a_workbook_that_lost_their_value_are_rejected() {
    let cell = |cell: &str| format!(r#"<row r="2"><c t="str"><v>1</v></c><c t="str"><v>甲</v></c>{cell}</row>"#);
    let cases = [
        (r"<c><v>440902190001011234</v></c>", "2! 预计人数 digits-lost"),
        (r#"<c t="e"><v>#N/A</v></c>"#, "2! 预计人数 cell-error"),
        (r"<c><f>A1*2</f></c>", "2! 预计人数 no-value"),
        (r#"<c t="str"><f>A1</f><v></v></c>"#, "2 1|甲|"),
        (r#"<c t="b"><v>1</v></c>"#, "2 1|甲|TRUE"),
        (r"<c><v>12.50</v></c>", "2 1|甲|12.5"),
        (r#"<c t="str"><v>a&amp;b&#x91C7;_x000D_<![CDATA[<c>]]></v></c>"#, "2 1|甲|a&b采\r<c>"),
        (r#"<c t="d"><v>2022-09-15T08:00:00</v></c>"#, "2 1|甲|2022-09-15T08:00:00"),
    ];
    for (xml, expected) in cases {
        assert_eq!(outcome(one_sheet(&(row(1, &["编码", "名称", "预计人数"]) + &cell(xml)))), [expected], "{xml}");
    }
}

#[test]
fn the_digits_a_spreadsheet_lost_do_not_come_back_as_whole() {
    let cells = r#"<row r="2"><c><v>440902190001011234</v></c><c t="str"><v>甲</v></c></row>"#;
    let mut table = open(one_sheet(&(row(1, &["编码", "名称"]) + cells))).unwrap();
    let Some(Err(Fault::Row(RowFault { cells, reason, .. }))) = table.next() else { panic!("the row is rejected") };
    assert_eq!(reason, Reason::DigitsLost);
    assert_eq!(outcome(format!("编码,名称\n{}\n", cells.join(","))), ["2! 编码 digits-lost"]);
}

#[test]
fn sheets_are_read_on_or_named() {
    let headings = row(1, &["编码", "名称"]);
    let bytes = book(&[("说明", ""), ("一", ""), ("旧", r#"state="hidden""#), ("空", ""), ("二", ""), ("统计", "")])
        .part("xl/worksheets/sheet0.xml", sheet(&row(1, &["请勿修改"])).as_bytes())
        .part("xl/worksheets/sheet1.xml", sheet(&format!("{headings}{}", row(2, &["1", "甲"]))).as_bytes())
        .part("xl/worksheets/sheet2.xml", sheet(&format!("{headings}{}", row(2, &["9", "旧"]))).as_bytes())
        .part("xl/worksheets/sheet3.xml", sheet("").as_bytes())
        .part("xl/worksheets/sheet4.xml", sheet(&format!("{headings}{}", row(9, &["2", "乙"]))).as_bytes())
        .part("xl/worksheets/sheet5.xml", sheet(&row(1, &["合计", "139"])).as_bytes())
        .finish();
    let mut table = open(bytes).unwrap();
    let rows: Vec<_> = table.by_ref().map(Result::unwrap).collect();
    let places: Vec<_> = rows.iter().map(|row| (row.sheet().unwrap(), row.number(), row.get("code"))).collect();
    assert_eq!(places, [("一", 2, "1"), ("二", 9, "2")]);
    assert_eq!(table.sheets_not_read(), ["旧", "说明", "统计"]);
    assert_eq!(table.rows_read(), 2);
}

#[test]
fn limits_are_kept_and_said() {
    let csv = "编码,名称\n1,a\n2,b\n3,c\n";
    let options = |limits| Options { limits, ..Options::default() };
    let rows = |limit| {
        let limits = Limits { rows: limit, ..Limits::default() };
        Table::open(Cursor::new(csv), &columns(), options(limits)).unwrap().collect::<Vec<_>>()
    };
    assert!(rows(3).iter().all(Result::is_ok));
    let short = rows(2);
    assert_eq!(short.len(), 3);
    assert_eq!(short[2].as_ref().err(), Some(&Fault::Table(TableFault::TooManyRows { limit: 2 })));

    let wide = |count: usize| format!("编码,名称,{}\n", vec!["x"; count - 2].join(","));
    assert!(open(wide(200)).is_ok());
    assert_eq!(open(wide(201)).err(), Some(TableFault::TooManyColumns { limit: 200 }));
}

#[test]
fn progress_goes_from_the_beginning_to_the_end() {
    let csv = format!("编码,名称\n{}", "1,甲\n".repeat(50_000));
    let mut table = open(csv).unwrap();
    let beginning = table.progress();
    assert_eq!(table.by_ref().count(), 50_000);
    assert!(beginning < 0.5 && (table.progress() - 1.0).abs() < f64::EPSILON);
}

#[test]
fn real_lists_are_read_row_for_row() {
    let shared = std::env::var_os("MUSTER_SHARED_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let lists = [("lists/ebola_sim_clean_linelist.csv", "case_id"), ("lists/mers_korea_2015_linelist.csv", "id")];
    for (list, key) in lists {
        let Ok(file) = std::fs::File::open(shared.join(list)) else {
            println!("skipped: {list} is not here");
            continue;
        };
        let oracle = csv::Reader::from_path(shared.join(list)).unwrap().into_records().count();
        let mut table = Table::open(file, &Columns::new().required(key, &[]), Options::default()).unwrap();
        assert_eq!(table.by_ref().flatten().count(), oracle, "{list}");
    }
}

#[test]
fn a_table_can_be_read_on_another_thread() {
    let table = open("编码,名称\n1,甲\n").unwrap();
    assert_eq!(std::thread::spawn(move || table.flatten().count()).join().unwrap(), 1);
}
