//! Files made to bring the server down, through the front door: a sentence, little memory, and the server works on.

use std::{io::Write as _, path::Path, process::Stdio};

use flate2::{Compression, write::DeflateEncoder};

use crate::{
    apart::{child, measure_from_here, peak_kb, said, send_from_disk, topic},
    district::{Place, TEAMS, counts},
    made::{Archive, book, one_sheet, row},
};

/// How much more memory one file may cost.
const GROWTH_LIMIT_KB: u64 = 64 << 10;
const MIB: usize = 1 << 20;
const SHEET: &str = "xl/worksheets/sheet0.xml";

#[tokio::test]
async fn what_is_no_table_gets_a_sentence_and_changes_nothing() {
    let place = Place::sqlite().await;
    let corpus: [(&str, &[u8]); 5] = [
        ("empty.csv", b""),
        ("old.xls", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0, 0, 0]),
        ("page.xls", b"<html><body><table></table></body></html>"),
        ("paper.pdf", b"%PDF-1.7\n"),
        ("cut.xlsx", b"PK\x03\x04\x14\x00\x00\x00"),
    ];
    for (name, bytes) in corpus {
        let reply = place.officer.send_file("/imports", &[("register", "sites")], name, bytes).await;
        assert_eq!(reply.refused(), "422 imports.6", "{name}: {}", reply.text);
    }
    let page = place.officer.get("/imports").await.json();
    assert!(page["imports"].as_array().unwrap().is_empty(), "{page}");
}

#[tokio::test]
async fn a_quotation_mark_that_never_closes_ends_the_import_with_a_sentence() {
    let place = Place::sqlite().await;
    let text = "team,site\nT1,\"001\n".repeat(2) + "T1,\"never";
    let reply = place.officer.send_file("/imports", &[("register", "links")], "q.csv", text.as_bytes()).await;
    place.work().await;
    let is_told = reply.status == 422 || {
        let begun = reply.json();
        let page = place.look(begun["import"].as_str().unwrap()).await;
        page["state"] == "refused" && page["refusal"].as_str().is_some_and(|said| !said.is_empty())
    };
    assert!(is_told);
}

/// Not a test by itself: the server that gets one file.
#[tokio::test]
#[ignore = "no test by itself: others run it as a process of its own"]
async fn child_takes_a_file() {
    let Some(file) = topic() else { return };
    let place = Place::sqlite().await;
    assert_eq!(counts(&place.take("teams", TEAMS).await), [2, 0, 0, 0]);
    let before_kb = measure_from_here();
    let (status, reply) = send_from_disk(&place, "teams", &file).await;
    let outcome = match reply["import"].as_str() {
        None => format!("{status} {}", reply["code"].as_str().unwrap_or("?")),
        Some(import) => {
            place.work().await;
            let page = place.look(import).await;
            assert!(page["state"] != "refused" || !page["refusal"].as_str().unwrap_or_default().is_empty(), "{page}");
            format!("{} {:?}", page["state"].as_str().unwrap_or("?"), counts(&page))
        }
    };
    println!("\noutcome: {outcome}");
    println!("growth: {}", peak_kb().saturating_sub(before_kb));
    assert_eq!(counts(&place.take("teams", TEAMS).await), [0, 0, 2, 0], "it works on");
}

/// Not a test by itself: a reader that inflates the worksheet whole, as many do.
#[test]
#[ignore = "no test by itself: others run it as a process of its own"]
fn child_reads_without_bounds() {
    let Some(file) = topic() else { return };
    let before_kb = measure_from_here();
    let mut inflated = Vec::new();
    let bytes = std::fs::read(file).unwrap();
    let start = bytes.windows(SHEET.len()).position(|window| window == SHEET.as_bytes()).unwrap() + SHEET.len();
    std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(&bytes[start..]), &mut inflated).unwrap();
    println!("\ngrowth: {}", peak_kb().saturating_sub(before_kb));
}

fn run(test: &str, file: &[u8]) -> (String, u64) {
    let folder = store::testing::Folder::new();
    let path = folder.path().join("file");
    std::fs::write(&path, file).unwrap();
    run_on(test, &path)
}

fn run_on(test: &str, path: &Path) -> (String, u64) {
    let output = child(test, path).stderr(Stdio::inherit()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let growth_kb = said(&text, "growth:").unwrap_or_else(|| panic!("{text}")).parse().unwrap();
    (said(&text, "outcome:").unwrap_or_default().to_owned(), growth_kb)
}

/// DEFLATE data for `head`, then for `chunk` many times, without inflating what it stands for.
fn packed(head: &str, chunk: &[u8], times: usize) -> Vec<u8> {
    let block = |bytes: &[u8]| {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        packer.flush().unwrap();
        packer.get_ref().clone()
    };
    [block(head.as_bytes()), block(chunk).repeat(times), vec![3, 0]].concat()
}

fn start() -> String {
    let headings = ["code", "name", "organisation", "latitude", "longitude"];
    format!("<worksheet><sheetData>{}", row(1, &headings))
}

/// 256 MiB of nothing in a quarter of a megabyte.
fn bomb() -> Vec<u8> {
    book(&[("一", "")]).packed(SHEET, &packed(&start(), &vec![b' '; MIB], 256), 1_000, 0).finish()
}

/// A team at A2, and something at the last cell a worksheet can have.
fn far_cell() -> Vec<u8> {
    let headings = row(1, &["code", "name", "organisation", "latitude", "longitude"]);
    let team = row(2, &["T1", "一队", "区教育局", "21.66", "110.92"]);
    one_sheet(&(headings + &team + r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#))
}

#[test]
fn hostile_files_get_an_answer_in_little_memory_and_the_server_works_on() {
    let deep = packed(&start(), "<a>".repeat(MIB / 3).as_bytes(), 32);
    let endless = packed(&start(), &vec![b'x'; MIB], 64);
    let cases: [(&str, Vec<u8>); 5] = [
        ("zip bomb", bomb()),
        ("nested", book(&[("一", "")]).packed(SHEET, &deep, 1_000, 0).finish()),
        ("one endless text", book(&[("一", "")]).packed(SHEET, &endless, 1_000, 0).finish()),
        ("a workbook in a workbook", Archive::default().part("a.xlsx", &bomb()).finish()),
        ("an endless line", [b"code,name\n1,".to_vec(), vec![b'x'; 32 * MIB]].concat()),
    ];
    for (name, file) in cases {
        let outcome = takes_little(name, &file);
        assert!(outcome == "422 imports.6" || outcome.starts_with("refused"), "{name}: {outcome}");
    }
    let outcome = takes_little("far cell", &far_cell());
    assert!(outcome.starts_with("judged [0, 0, 1, "), "what is far from the table harms nobody: {outcome}");
}

fn takes_little(name: &str, file: &[u8]) -> String {
    let (outcome, growth_kb) = run("hostile::child_takes_a_file", file);
    println!("{name}: {outcome}, {} MB more", growth_kb / 1024);
    assert!(growth_kb < GROWTH_LIMIT_KB, "{name} took {growth_kb} kB");
    outcome
}

#[test]
fn a_file_beyond_the_limit_is_refused_while_it_comes() {
    let folder = store::testing::Folder::new();
    let path = folder.path().join("large.csv");
    // A file with a hole: it takes no room on the disk.
    std::fs::File::create(&path).unwrap().set_len(web::upload::MAX_FILE + 1).unwrap();
    let (outcome, growth_kb) = run_on("hostile::child_takes_a_file", &path);
    assert!(outcome.starts_with("413"), "{outcome}");
    assert!(growth_kb < GROWTH_LIMIT_KB, "{growth_kb} kB");
}

#[test]
fn control_a_reader_without_bounds_is_seen() {
    let (_, growth_kb) = run("hostile::child_reads_without_bounds", &bomb());
    assert!(growth_kb > 3 * GROWTH_LIMIT_KB, "the measure must see {growth_kb} kB");
}
