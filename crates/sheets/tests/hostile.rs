//! Files made to bring a server down: refused with a sentence, in bounded memory, without a crash.
//!
//! Each file is read in a child process (this test binary again), whose peak memory the kernel reports. The
//! controls show that the measure sees what it should: the library most programs use fails on the same files.

mod made;

use std::fs::File;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Output};

use flate2::{Compression, write::DeflateEncoder};
use made::{Archive, book, one_sheet, row, sheet};
use proptest::prelude::*;
use sheets::{Columns, Options, Table};
use tempfile::NamedTempFile;

/// What reading any file may take, the test program itself included.
const PEAK_LIMIT_KB: u64 = 24 * 1024;

const FILE_VARIABLE: &str = "SHEETS_TEST_FILE";
const READER_VARIABLE: &str = "SHEETS_TEST_READER";

const MIB: usize = 1 << 20;

/// Set by long runs, in which the shared strings are a whole GiB.
const SOAK_VARIABLE: &str = "MUSTER_SOAK";

/// Not a test by itself: what the child process does.
#[test]
fn child() {
    let Some(path) = std::env::var_os(FILE_VARIABLE) else { return };
    let outcome = match std::env::var(READER_VARIABLE).as_deref() {
        Ok("worksheet_range") => whole_range(Path::new(&path)),
        _ => outcome(File::open(path).unwrap()),
    };
    println!("outcome: {outcome}");
    println!("peak: {}", peak_kb());
}

fn outcome<R: std::io::Read + std::io::Seek>(file: R) -> String {
    let columns = Columns::new().required("code", &[]).optional("name", &[]);
    match Table::open(file, &columns, Options::default()) {
        Err(fault) => fault.to_string(),
        Ok(mut table) => {
            let rejected = table.by_ref().find_map(Result::err);
            let end = rejected.map_or("whole".to_owned(), |fault| fault.to_string());
            format!("{} rows, {end}", table.rows_read())
        }
    }
}

fn whole_range(path: &Path) -> String {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    format!("{:?}", range.get_size())
}

fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim_end_matches("kB").trim().parse().unwrap()
}

fn run(file: &[&[u8]], reader: &str) -> Output {
    let mut on_disk = NamedTempFile::new().unwrap();
    for piece in file {
        on_disk.write_all(piece).unwrap();
    }
    // The address space is limited, so that a reader which asks for half a terabyte harms nobody but itself.
    Command::new("sh")
        .args(["-c", "ulimit -v 2000000; exec \"$0\" --exact child --nocapture"])
        .arg(std::env::current_exe().unwrap())
        .env(FILE_VARIABLE, on_disk.path())
        .env(READER_VARIABLE, reader)
        .output()
        .unwrap()
}

fn said(output: &Output, what: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find_map(|line| line.split_once(what)).map(|(_, value)| value.trim().to_owned())
}

fn assert_bounded(name: &str, file: &[&[u8]], expected: &str) {
    let output = run(file, "ours");
    let outcome = said(&output, "outcome:").unwrap_or_default();
    assert!(outcome.contains(expected), "{name}: {output:?}");
    let peak_kb: u64 = said(&output, "peak:").unwrap().parse().unwrap();
    println!("{name}: {outcome} Peak {} MB", peak_kb / 1024);
    assert!(peak_kb < PEAK_LIMIT_KB, "{name} took {peak_kb} kB");
}

/// DEFLATE data for `head`, then `chunk` as often as asked, without inflating what it stands for.
fn packed(head: &[u8], chunk: &[u8], times: usize) -> Vec<u8> {
    let block = |bytes: &[u8]| {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        packer.flush().unwrap();
        packer.get_ref().clone()
    };
    [block(head), block(chunk).repeat(times), vec![3, 0]].concat()
}

fn book_with(part: &str, packed: &[u8]) -> Vec<u8> {
    book(&[("一", "")]).packed(part, packed, 1_000, 0).finish()
}

/// Shared strings that pack about a hundred to one, as a careful attacker would make them.
fn many_strings() -> Vec<u8> {
    let word = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let text = |n: u64| {
        format!("<si><t>{:016x}{:016x}{:016x}{:016x}</t></si>", word(n), word(n + 7), word(n + 8), word(n + 9))
    };
    let few: String = (0..200).map(text).collect();
    let chunk = few.repeat(MIB / few.len());
    let times = if std::env::var_os(SOAK_VARIABLE).is_some() { 1024 } else { 32 };
    let head = row(1, &["code"]);
    book(&[("一", "")])
        .packed("xl/sharedStrings.xml", &packed(b"<sst>", chunk.as_bytes(), times), 1_000, 0)
        .part("xl/worksheets/sheet0.xml", sheet(&head).as_bytes())
        .finish()
}

fn far_cell() -> Vec<u8> {
    let far = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    one_sheet(&(r#"<row r="1"><c r="A1" t="str"><v>code</v></c></row>"#.to_owned() + far))
}

#[test]
fn hostile_workbooks_are_refused_in_bounded_memory() {
    const SHEET: &str = "xl/worksheets/sheet0.xml";
    let start = format!("<worksheet><sheetData>{}", row(1, &["code"]));
    let start = start.as_bytes();
    let rows: String = (0..20_000).map(|_| row(7, &["a code of one volunteer", "name"])).collect();
    let whole = one_sheet(&(row(1, &["code"]) + &row(2, &["1"])));
    let flipped = {
        let mut bytes = whole.clone();
        let name = bytes.windows(SHEET.len()).position(|window| window == SHEET.as_bytes()).unwrap();
        bytes[name + SHEET.len() + 40] ^= 0x10;
        bytes
    };
    let laughs =
        "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><worksheet><sheetData><row><c><v>&b;</v></c></row>";
    let one_long = |start: &[u8]| book_with(SHEET, &packed(start, rows.replace('<', "x").as_bytes(), 64));
    let many_rows = packed(start, "<row/>".repeat(MIB / 6).as_bytes(), 4096);
    let cases: [(&str, Vec<u8>, &str); 14] = [
        ("far cell", far_cell(), "1 rows, whole"),
        ("spaces, 4 GiB", book_with(SHEET, &packed(start, &vec![b' '; MIB], 4096)), "one tag or text is longer"),
        ("rows, packed 900 to 1", book_with(SHEET, &many_rows), "unpacks to more than 150 times"),
        ("deep", book_with(SHEET, &packed(start, "<a>".repeat(MIB / 3).as_bytes(), 64)), "nested too deep"),
        ("one long text", one_long(b"<worksheet><a>"), "one tag or text is longer"),
        ("one long tag", one_long(b"<worksheet><a x='"), "one tag or text is longer"),
        ("cut off", whole[..whole.len() - 30].to_vec(), "not copied completely"),
        ("one bit flipped", flipped, "damaged ("),
        ("entities", book(&[("一", "")]).part(SHEET, laughs.as_bytes()).finish(), "an entity that XML does not define"),
        ("no such string", one_sheet(r#"<row><c t="s"><v>4000000000</v></c></row>"#), "string that is not there"),
        ("sheets without end", book(&vec![("s", ""); 2_000]).finish(), "more sheets than"),
        ("no parts", Archive::default().finish(), "not a table"),
        ("claims", claims(), "more parts than"),
        ("many strings", many_strings(), "its check sum is wrong"),
    ];
    for (name, file, expected) in cases {
        assert_bounded(name, &[&file], expected);
    }
}

/// A directory that claims 2^60 parts.
fn claims() -> Vec<u8> {
    let mut record = b"PK\x06\x06".to_vec();
    record.resize(32, 0);
    for claim in [1_u64 << 60, 1 << 62, 0] {
        record.extend(claim.to_le_bytes());
    }
    let locator = [b"PK\x06\x07\0\0\0\0".to_vec(), 4_u64.to_le_bytes().to_vec(), vec![1, 0, 0, 0]].concat();
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &[0xFF; 12], &[0, 0]].concat();
    [b"PK\x03\x04".to_vec(), record, locator, end].concat()
}

#[test]
fn hostile_texts_are_refused_in_bounded_memory() {
    let block = |byte: u8| vec![byte; MIB];
    let (x, nul, comma, quote, newline) = (block(b'x'), block(0), block(b','), block(b'"'), block(b'\n'));
    let many = |head: &'static [u8], block: &'static [u8], times: usize| {
        let mut pieces = vec![head];
        pieces.resize(times + 1, block);
        pieces
    };
    let leak = |block: Vec<u8>| -> &'static [u8] { Vec::leak(block) };
    let columns = leak("x,".repeat(200_000).into_bytes());
    let cases = [
        ("one endless line", many(b"code\n1,", leak(x), 32), "Row 2 is longer"),
        ("an endless first line", many(b"", leak(nul), 32), "Row 1 is longer"),
        ("endless cells", many(b"code\n1,", leak(comma), 32), "Row 2 is longer"),
        ("only quotation marks", many(b"code\n1,", leak(quote), 33), "Row 2 is longer"),
        ("only line breaks", many(b"code\n", leak(newline), 32), "0 rows, whole"),
        ("200,000 columns", many(b"code,", columns, 1), "more than 200 columns"),
        ("a row of 200,000 cells", many(b"code\n1,", columns, 1), "1 rows, Row 2, column B: a value beyond"),
    ];
    for (name, file, expected) in cases {
        assert_bounded(name, &file, expected);
    }
}

#[test]
fn control_reading_the_whole_range_dies_of_the_far_cell() {
    let output = run(&[&far_cell()], "worksheet_range");
    assert!(!output.status.success(), "the control must fail: {output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("memory allocation of"), "{output:?}");
}

#[test]
fn control_keeping_all_shared_strings_takes_more_memory_than_allowed() {
    let output = run(&[&many_strings()], "worksheet_range");
    let peak_kb = said(&output, "peak:").map(|peak| peak.parse::<u64>().unwrap());
    assert!(peak_kb.is_none_or(|peak_kb| peak_kb > 2 * PEAK_LIMIT_KB), "the control must be seen: {output:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    /// No damage to a file makes the reader panic, and none makes rows out of nothing.
    #[test]
    fn damage_is_survived(spots in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let strings = "<sst><si><t>code</t></si><si><t>_x0041_</t></si></sst>";
        let cells = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>"#;
        let styles = r#"<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>"#;
        let workbook = book(&[("一", "")])
            .part("xl/sharedStrings.xml", strings.as_bytes())
            .part("xl/styles.xml", styles.as_bytes())
            .part("xl/worksheets/sheet0.xml", sheet(cells).as_bytes())
            .finish();
        let text = encoding_rs::GB18030.encode("code,name\n1,\"城,南\"\n").0.into_owned();
        for whole in [workbook, text] {
            let mut bytes = whole;
            for (place, byte) in &spots {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            let outcome = outcome(Cursor::new(bytes));
            prop_assert!(!outcome.starts_with(|c: char| ('3'..='9').contains(&c)), "{}", outcome);
        }
    }
}
