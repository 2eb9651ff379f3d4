//! How fast a large table is written and read, and how much memory that takes.
//!
//! `cargo run --release -p sheets --example measure -- [rows] [directory]` writes a CSV and two workbooks (one
//! with texts in the cells, as we write it; one with shared strings, as Excel does), reads each one in a process
//! of its own, and prints a line per file. A fourth line is the same CSV read by the `csv` crate alone.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use sheets::{Cell, Columns, Format, Layout, Options, SheetOut, Table};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const HEADINGS: [&str; 10] =
    ["code", "name", "phone", "team", "latitude", "longitude", "roles", "languages", "reserve", "nights_in_a_row"];

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    match args.next() {
        Some(word) if word == "read" => read(&PathBuf::from(args.next().ok_or("a file to read")?)),
        Some(word) if word == "scan" => scan(&PathBuf::from(args.next().ok_or("a file to scan")?)),
        rows => measure(rows.map_or(Ok(1_000_000), |rows| rows.parse())?, args.next()),
    }
}

fn measure(rows: u32, directory: Option<String>) -> Outcome<()> {
    let directory = directory.map_or_else(std::env::temp_dir, PathBuf::from);
    for format in [Format::Csv, Format::Xlsx] {
        let file = directory.join(format!("measure.{}", format.extension()));
        let start_s = cpu_s()?;
        write(format, &file, rows)?;
        let (path, seconds) = (file.display(), cpu_s()? - start_s);
        println!("write {path}: {rows} rows in {seconds:.1} s CPU, peak {} MB", peak_mb()?);
        if format == Format::Csv {
            run("scan", &file)?;
        }
        run("read", &file)?;
        std::fs::remove_file(file)?;
    }
    let path = directory.join("measure-shared.xlsx");
    write_shared(&path, rows)?;
    run("read", &path)?;
    Ok(std::fs::remove_file(path)?)
}

fn run(what: &str, path: &Path) -> Outcome<()> {
    let status = Command::new(std::env::current_exe()?).arg(what).arg(path).status()?;
    if status.success() { Ok(()) } else { Err(format!("{what} failed").into()) }
}

fn volunteer(number: u32) -> [String; 10] {
    let texts = [
        format!("V{number:08}"),
        format!("志愿者{number}"),
        format!("138{number:08}"),
        format!("T{:02}", number % 43),
        format!("21.{:06}", number % 999_983),
        format!("110.{:06}", number % 999_979),
    ];
    let [code, name, phone, team, latitude, longitude] = texts;
    let rest = ["gatekeeper;registrar", "zh;yue", "no", "1"].map(str::to_owned);
    let [roles, languages, reserve, nights] = rest;
    [code, name, phone, team, latitude, longitude, roles, languages, reserve, nights]
}

fn write(format: Format, path: &Path, rows: u32) -> Outcome<()> {
    let sink = BufWriter::new(File::create(path)?);
    let mut out = SheetOut::new(format, sink, Layout::new("志愿者", HEADINGS))?;
    for number in 0..rows {
        out.row(volunteer(number).iter().map(Cell::from))?;
    }
    Ok(out.finish()?.flush()?)
}

/// As Excel would save it: every text once in the shared strings. The archive is made by `zip`.
fn write_shared(path: &Path, rows: u32) -> Outcome<()> {
    let folder = path.with_extension("parts");
    std::fs::create_dir_all(folder.join("xl/_rels"))?;
    std::fs::create_dir_all(folder.join("_rels"))?;
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"x/relationships/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inside: String| format!("<Relationships>{inside}</Relationships>");
    std::fs::write(folder.join("_rels/.rels"), relations(relation("a", "officeDocument", "xl/workbook.xml")))?;
    let inside = relation("b", "worksheet", "sheet.xml") + &relation("c", "sharedStrings", "strings.xml");
    std::fs::write(folder.join("xl/_rels/workbook.xml.rels"), relations(inside))?;
    let workbook = "<workbook xmlns:r=\"x\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>";
    std::fs::write(folder.join("xl/workbook.xml"), workbook)?;
    write_cells(&folder.join("xl"), rows)?;
    let zip = Command::new("zip").args(["-q", "-r", "-1"]).arg(path).arg(".").current_dir(&folder).status()?;
    std::fs::remove_dir_all(&folder)?;
    if zip.success() { Ok(()) } else { Err("zip failed".into()) }
}

fn write_cells(folder: &Path, rows: u32) -> Outcome<()> {
    let mut strings = BufWriter::new(File::create(folder.join("strings.xml"))?);
    let mut sheet = BufWriter::new(File::create(folder.join("sheet.xml"))?);
    let mut known = std::collections::HashMap::new();
    write!(strings, "<sst>")?;
    write!(sheet, "<worksheet><sheetData>")?;
    for number in 0..=rows {
        write!(sheet, "<row r=\"{}\">", number + 1)?;
        let cells = if number == 0 { HEADINGS.map(str::to_owned) } else { volunteer(number - 1) };
        for (cell, letter) in cells.into_iter().zip('A'..) {
            let next = known.len();
            let index = *known.entry(cell.clone()).or_insert_with(|| next);
            if index == next {
                write!(strings, "<si><t>{cell}</t></si>")?;
            }
            write!(sheet, "<c r=\"{letter}{}\" t=\"s\"><v>{index}</v></c>", number + 1)?;
        }
        write!(sheet, "</row>")?;
    }
    write!(strings, "</sst>")?;
    Ok(write!(sheet, "</sheetData></worksheet>")?)
}

fn read(path: &Path) -> Outcome<()> {
    let keys = HEADINGS.iter().fold(Columns::new(), |columns, key| columns.required(key, &[]));
    let mut letters = 0;
    let mut table = Table::open(File::open(path)?, &keys, Options::default())?;
    for row in table.by_ref() {
        letters += row?.get("name").len();
    }
    report("read", path, table.rows_read(), letters)
}

fn scan(path: &Path) -> Outcome<()> {
    let mut reader = csv::Reader::from_path(path)?;
    let (mut rows, mut letters) = (0, 0);
    for record in reader.records() {
        letters += record?.get(1).map_or(0, str::len);
        rows += 1;
    }
    report("csv crate", path, rows, letters)
}

fn report(what: &str, path: &Path, rows: u64, letters: usize) -> Outcome<()> {
    let seconds = cpu_s()?;
    let rate = rows as f64 / seconds;
    let file_mb = path.metadata()?.len() >> 20;
    let peak_mb = peak_mb()?;
    println!(
        "{what} {} ({file_mb} MB): {rows} rows in {seconds:.1} s CPU = {rate:.0}/s, {letters} letters, peak {peak_mb} MB",
        path.display()
    );
    Ok(())
}

/// Processor time of this process so far, which a busy machine does not change: fields 14 and 15 of proc(5) stat,
/// in hundredths of a second.
fn cpu_s() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no stat")?;
    let ticks: Result<Vec<u32>, _> = fields.split_whitespace().skip(11).take(2).map(str::parse).collect();
    Ok(f64::from(ticks?.iter().sum::<u32>()) / 100.0)
}

fn peak_mb() -> Outcome<u64> {
    let mut status = String::new();
    File::open("/proc/self/status")?.read_to_string(&mut status)?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(peak.trim_end_matches("kB").trim().parse::<u64>()? / 1024)
}
