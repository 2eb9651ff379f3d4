//! The workbook: which sheets there are, and reading them one after the other.

use std::collections::HashMap;
use std::io::{Read, Seek};

use crate::faults::{Lookalike, TableFault};
use crate::limits::Limits;
use crate::raw::RawRow;

use super::cells::{Context, SheetCells};
use super::directory::{Directory, Entry};
use super::strings::SharedStrings;
use super::styles::Styles;
use super::xml::{Token, Xml, attribute};

/// The parts that only list other parts are small in every real workbook.
const LIST_PART_BYTES: u64 = 4 << 20;
const MAX_SHEETS: usize = 1_000;

pub(crate) struct Workbook<R: Read + Seek> {
    directory: Directory,
    context: Context,
    sheets: Vec<Sheet>,
    current: usize,
    left: Limits,
    state: State<R>,
}

/// The file is lent to whatever reads it.
enum State<R: Read + Seek> {
    Between(R),
    Reading(Box<SheetCells<R>>),
    Failed,
}

struct Sheet {
    name: String,
    part: String,
    is_hidden: bool,
}

/// What the workbook part says.
struct Contents {
    sheets: Vec<Sheet>,
    is_1904: bool,
}

/// Relationship id to (type, target).
type Relations = HashMap<String, (String, String)>;

impl<R: Read + Seek> Workbook<R> {
    /// Opens the workbook and stands before the first row of its first visible sheet.
    pub fn open(mut file: R, limits: Limits) -> Result<Self, TableFault> {
        let directory = Directory::read(&mut file)?;
        let lists = Limits { inflated_bytes: LIST_PART_BYTES, ..limits };
        let (main, file) = main_part(file, &directory, &lists)?;
        let (relations, file) = relations(file, &directory, &relations_of(&main), &lists)?;
        let (contents, file) = contents(file, required(&directory, &main)?, &main, &relations, &lists)?;
        let (strings, file) = match related(&directory, &relations, &main, "/sharedStrings") {
            Some(entry) => SharedStrings::read(file, entry, &limits)?,
            None => (SharedStrings::none(), file),
        };
        let (styles, file) = match related(&directory, &relations, &main, "/styles") {
            Some(entry) => Styles::read(file, entry, &Limits { inflated_bytes: 16 * LIST_PART_BYTES, ..limits })?,
            None => (Styles::default(), file),
        };
        let context = Context { strings, styles, is_1904: contents.is_1904, limits };
        let sheets = contents.sheets;
        let mut book = Self { directory, context, sheets, current: 0, left: limits, state: State::Between(file) };
        match book.sheets.iter().position(|sheet| !sheet.is_hidden) {
            Some(first) => book.enter(first)?,
            None => return Err(TableFault::Empty),
        }
        Ok(book)
    }

    pub fn next_row(&mut self) -> Result<Option<RawRow>, TableFault> {
        match &mut self.state {
            State::Reading(cells) => cells.next_row(&mut self.context),
            State::Between(_) | State::Failed => Ok(None),
        }
    }

    pub fn next_sheet(&mut self) -> Result<Option<String>, TableFault> {
        let following = self.sheets.iter().enumerate().skip(self.current + 1);
        let Some(next) = following.filter(|(_, sheet)| !sheet.is_hidden).map(|(at, _)| at).next() else {
            return Ok(None);
        };
        self.enter(next)?;
        Ok(Some(self.sheets[next].name.clone()))
    }

    pub fn sheet_among_several(&self) -> Option<&str> {
        let visible = self.sheets.iter().filter(|sheet| !sheet.is_hidden).count();
        (visible > 1).then(|| self.sheets[self.current].name.as_str())
    }

    pub fn hidden_sheets(&self) -> Vec<String> {
        self.sheets.iter().filter(|sheet| sheet.is_hidden).map(|sheet| sheet.name.clone()).collect()
    }

    pub fn progress(&self) -> f64 {
        match &self.state {
            State::Reading(cells) => cells.progress(),
            State::Between(_) | State::Failed => 1.0,
        }
    }

    fn enter(&mut self, sheet: usize) -> Result<(), TableFault> {
        let file = match std::mem::replace(&mut self.state, State::Failed) {
            State::Between(file) => file,
            State::Reading(cells) => {
                let (file, inflated_bytes) = cells.finish()?;
                // Many names may point at one part: what is left must hold for all sheets.
                self.left.inflated_bytes = self.left.inflated_bytes.saturating_sub(inflated_bytes);
                file
            }
            State::Failed => return Err(TableFault::broken("workbook", "reading it failed before")),
        };
        let entry = required(&self.directory, &self.sheets[sheet].part)?;
        self.state = State::Reading(Box::new(SheetCells::open(file, entry, &self.left)?));
        self.current = sheet;
        Ok(())
    }
}

/// The workbook part, which the package's relations name; anything else that is a ZIP is called by its name.
fn main_part<R: Read + Seek>(file: R, directory: &Directory, limits: &Limits) -> Result<(String, R), TableFault> {
    if directory.find("_rels/.rels").is_none() {
        let is_open_document = directory.find("content.xml").is_some() && directory.find("mimetype").is_some();
        let what = if is_open_document { Lookalike::OpenDocument } else { Lookalike::OtherArchive };
        return Err(TableFault::NotATable(what));
    }
    let (relations, file) = relations(file, directory, "_rels/.rels", limits)?;
    let main = relations.values().find(|(kind, _)| kind.ends_with("/officeDocument"));
    let main = main.map(|(_, target)| resolve("", target)).unwrap_or_default();
    if main.to_ascii_lowercase().ends_with(".bin") {
        return Err(TableFault::NotATable(Lookalike::BinaryWorkbook));
    }
    Ok((main, file))
}

fn relations<R: Read + Seek>(
    file: R,
    directory: &Directory,
    part: &str,
    limits: &Limits,
) -> Result<(Relations, R), TableFault> {
    let mut xml = Xml::open(file, required(directory, part)?, limits)?;
    let mut relations = Relations::new();
    loop {
        match xml.token()? {
            Token::Open(tag) if tag.local_name().as_ref() == "Relationship" => {
                let [id, kind, target] = ["Id", "Type", "Target"].map(|name| attribute(&tag, name).unwrap_or_default());
                relations.insert(id, (kind, target));
            }
            Token::End => return Ok((relations, xml.into_file())),
            _ => {}
        }
    }
}

fn contents<R: Read + Seek>(
    file: R,
    entry: &Entry,
    main: &str,
    relations: &Relations,
    limits: &Limits,
) -> Result<(Contents, R), TableFault> {
    let mut xml = Xml::open(file, entry, limits)?;
    let mut contents = Contents { sheets: Vec::new(), is_1904: false };
    let mut is_workbook = false;
    loop {
        match xml.token()? {
            Token::Open(tag) => match tag.local_name().as_ref() {
                "workbook" => is_workbook = true,
                "workbookPr" => {
                    let date = attribute(&tag, "date1904");
                    contents.is_1904 |= date.is_some_and(|value| value == "1" || value == "true");
                }
                "sheet" => contents.sheets.extend(sheet(&tag, main, relations)),
                _ => {}
            },
            Token::End if !is_workbook => return Err(TableFault::NotATable(Lookalike::OtherArchive)),
            Token::End => return Ok((contents, xml.into_file())),
            _ => {}
        }
        if contents.sheets.len() > MAX_SHEETS {
            return Err(xml.damaged("more sheets than anybody reads"));
        }
    }
}

/// A sheet of cells; charts and dialogs are sheets too, and hold none.
fn sheet(tag: &quick_xml::events::BytesStart, main: &str, relations: &Relations) -> Option<Sheet> {
    let (kind, target) = relations.get(&attribute(tag, "id")?)?;
    kind.ends_with("/worksheet").then(|| Sheet {
        name: attribute(tag, "name").unwrap_or_default(),
        part: resolve(main, target),
        is_hidden: attribute(tag, "state").is_some_and(|state| state != "visible"),
    })
}

fn related<'a>(directory: &'a Directory, relations: &Relations, main: &str, kind: &str) -> Option<&'a Entry> {
    let (_, target) = relations.values().find(|(candidate, _)| candidate.ends_with(kind))?;
    directory.find(&resolve(main, target))
}

fn required<'a>(directory: &'a Directory, part: &str) -> Result<&'a Entry, TableFault> {
    directory.find(part).ok_or_else(|| TableFault::broken(part, "it is missing"))
}

/// `xl/workbook.xml` has its relations in `xl/_rels/workbook.xml.rels`.
fn relations_of(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    format!("{folder}/_rels/{name}.rels").trim_start_matches('/').to_owned()
}

/// A target as seen from the part that names it.
fn resolve(from: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = from.split('/').collect();
    path.pop();
    for step in target.split('/') {
        match step {
            ".." => drop(path.pop()),
            "." => {}
            name => path.push(name),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        let cases = [
            ("xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/workbook.xml", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/workbook.xml", "../other/./s.xml", "other/s.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
        ];
        for (from, target, expected) in cases {
            assert_eq!(resolve(from, target), expected);
        }
        assert_eq!(relations_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
        assert_eq!(relations_of("workbook.xml"), "_rels/workbook.xml.rels");
    }
}
