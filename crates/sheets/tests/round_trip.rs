//! What goes out comes back: any text, in both forms, and rejected rows mended and sent again.

use std::io::Cursor;

use calamine::Reader as _;
use proptest::prelude::*;
use sheets::{
    Cell, Columns, FOOTER_MARK, Fault, Format, Layout, Options, REASON_HEADING, RejectedOut, SheetOut, Table,
};

const HEADINGS: [&str; 3] = ["code", "name", "note"];

fn columns() -> Columns {
    Columns::new().required("code", &["编码"]).required("name", &["名称"]).optional("note", &["备注"])
}

fn written(format: Format, rows: &[[String; 3]]) -> Vec<u8> {
    let layout = Layout::new("名单", HEADINGS).with_footer("duty officer 张三, 2022-09-15 00:07");
    let mut out = SheetOut::new(format, Vec::new(), layout).unwrap();
    for row in rows {
        out.row(row.iter().map(Cell::from)).unwrap();
    }
    out.finish().unwrap()
}

fn read(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let table = Table::open(Cursor::new(bytes), &columns(), Options::default()).unwrap();
    let cells = |row: Result<sheets::Row, Fault>| {
        let mut cells: Vec<String> = row.unwrap().cells().map(str::to_owned).collect();
        cells.resize(HEADINGS.len(), String::new());
        cells
    };
    table.map(cells).collect()
}

/// Any text but what the reader refuses on purpose: NUL, U+FFFD, and numbers whose digits were lost.
fn text() -> impl Strategy<Value = String> {
    let starts = prop_oneof![
        Just(String::new()),
        "[=+@＝＋－＠\t\r\n'\" -]{1,3}",
        Just(FOOTER_MARK.to_owned()),
        Just("_x000D_".to_owned()),
        Just("440902190001011234".to_owned()),
        Just("00".to_owned()),
    ];
    let rest = prop_oneof!["[ -~]{0,12}", "[采样点姓名，；、\r\n\t,;\"]{0,8}", "\\PC{0,10}", any::<String>()];
    (starts, rest).prop_map(|(start, rest)| format!("{start}{rest}").replace(['\0', '\u{FFFD}', 'E'], ""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_comes_back(texts in prop::collection::vec((text(), text()), 1..8)) {
        let rows: Vec<[String; 3]> =
            texts.into_iter().enumerate().map(|(code, (name, note))| [format!("{code:05}"), name, note]).collect();
        for format in [Format::Csv, Format::Xlsx] {
            prop_assert_eq!(&read(written(format, &rows)), &rows, "{:?}", format);
        }
    }
}

#[test]
fn no_cell_of_an_export_is_taken_for_a_formula() {
    let names = ["=HYPERLINK(\"http://x\",\"y\")", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1", " =1"];
    let rows: Vec<[String; 3]> = names.iter().map(|name| [(*name).into(), (*name).into(), String::new()]).collect();
    let csv = written(Format::Csv, &rows);
    for record in csv::Reader::from_reader(&csv[3..]).records() {
        for cell in &record.unwrap() {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{cell:?}");
            assert!(!cell.starts_with(['\t', '\r', '\n']), "{cell:?}");
        }
    }
    let mut workbook: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(written(Format::Xlsx, &rows))).unwrap();
    let mut cells = workbook.worksheet_cells_reader("名单").unwrap();
    let mut texts = 0;
    while let Some(cell) = cells.next_cell().unwrap() {
        assert!(matches!(cell.get_value(), calamine::DataRef::String(_)), "{cell:?}");
        texts += 1;
    }
    drop(cells);
    assert_eq!(texts, HEADINGS.len() + 2 * names.len() + 1);
    assert!(workbook.worksheet_formula("名单").unwrap().is_empty());
}

#[test]
fn numbers_stay_numbers_and_codes_stay_texts() {
    let row = [Cell::Text("007"), Cell::Number(-110.925), Cell::Whole(440_902_190_001_011_234)];
    for format in [Format::Csv, Format::Xlsx] {
        let mut out = SheetOut::new(format, Vec::new(), Layout::new("x", HEADINGS)).unwrap();
        out.row(row).unwrap();
        out.row([Cell::Text("1"), Cell::Number(f64::NAN), Cell::Empty]).unwrap();
        let rows = read(out.finish().unwrap());
        assert_eq!(rows, [["007", "-110.925", "440902190001011234"], ["1", "", ""]], "{format:?}");
    }
}

/// A spreadsheet that takes whatever looks like a number for one: seventeen digits of it, and no zero before it.
fn as_numbers(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let number = |cell: String| match cell.parse::<f64>() {
        Ok(number) => number.to_string(),
        Err(_) => cell,
    };
    rows.into_iter().map(|row| row.into_iter().map(number).collect()).collect()
}

#[test]
fn zeros_in_front_and_eighteen_digits_come_back_and_a_reader_that_takes_them_for_numbers_is_seen() {
    let rows =
        [["007", "440902190001011234", "0668"], ["12", "甲", "440902190001011235"]].map(|row| row.map(String::from));
    for format in [Format::Csv, Format::Xlsx] {
        let file = written(format, &rows);
        assert_eq!(read(file.clone()), rows, "{format:?}");
        let lost = as_numbers(read(file));
        let differs = |at: (usize, usize)| lost[at.0][at.1] != rows[at.0][at.1];
        assert!(differs((0, 0)) && differs((0, 2)), "control: zeros in front that are lost are seen: {lost:?}");
        assert!(differs((0, 1)) && differs((1, 2)), "control: digits that are lost are seen: {lost:?}");
    }
}

#[test]
fn a_csv_begins_with_the_mark_excel_needs_and_ends_its_lines_as_it_does() {
    let csv = written(Format::Csv, &[["1".into(), "a\"b".into(), "采,样".into()]]);
    let expected =
        "\u{FEFF}code,name,note\r\n1,\"a\"\"b\",\"采,样\"\r\n\"※※ duty officer 张三, 2022-09-15 00:07\",,\r\n";
    assert_eq!(String::from_utf8(csv).unwrap(), expected);
}

#[test]
fn rejected_rows_are_mended_and_sent_again() {
    let sent = "编码,备注,名称\n1,=x,\n2,ok,乙\n3,,,stray\n";
    for format in [Format::Csv, Format::Xlsx] {
        let once = rejected(format, sent.as_bytes().to_vec());
        let table = Table::open(Cursor::new(once.clone()), &columns(), Options::default()).unwrap();
        assert_eq!(table.headings().cells(), ["编码", "备注", "名称", REASON_HEADING]);
        assert_eq!(table.headings().unknown(), Vec::<String>::new());
        let rows: Vec<_> = table.map(|row| row.unwrap().cells().map(str::to_owned).collect::<Vec<_>>()).collect();
        assert_eq!(rows[0], ["1", "=x", "", "name is empty"]);
        assert_eq!(rows[1][..3], ["3", "", ""]);
        assert!(rows[1][3].ends_with("[stray]"), "{rows:?}");

        let twice = rejected(format, once);
        let table = Table::open(Cursor::new(twice), &columns(), Options::default()).unwrap();
        assert_eq!(table.headings().cells().len(), 4, "the reason of an earlier round is not kept");
        assert_eq!(table.count(), 2);
    }
}

/// The import of a duty that takes no row without a name.
fn rejected(format: Format, file: Vec<u8>) -> Vec<u8> {
    let table = Table::open(Cursor::new(file), &columns(), Options::default()).unwrap();
    let mut out = RejectedOut::new(format, Vec::new(), table.headings()).unwrap();
    for row in table {
        match row {
            Ok(row) if row.get("name").is_empty() => out.row(row.cells(), "name is empty").unwrap(),
            Ok(_) => {}
            Err(Fault::Row(fault)) => {
                out.row(fault.cells.iter().map(String::as_str), &fault.reason.to_string()).unwrap();
            }
            Err(Fault::Table(fault)) => panic!("{fault}"),
        }
    }
    assert_eq!(out.rows(), 2);
    out.finish().unwrap()
}
