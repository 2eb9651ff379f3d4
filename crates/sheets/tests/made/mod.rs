//! Workbooks made by hand, part by part, as no honest program would write them.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};

pub const RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

/// A ZIP archive under way.
#[derive(Default)]
pub struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    parts: u16,
}

impl Archive {
    pub fn part(self, name: &str, content: &[u8]) -> Self {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(content).unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        self.packed(name, &packer.finish().unwrap(), content.len() as u64, crc.sum())
    }

    /// A part whose packed bytes and claims are the caller's.
    pub fn packed(mut self, name: &str, packed: &[u8], claimed_bytes: u64, crc: u32) -> Self {
        let sizes = [crc, u32::try_from(packed.len()).unwrap(), u32::try_from(claimed_bytes).unwrap()];
        let sizes: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        let name_bytes = u16::try_from(name.len()).unwrap().to_le_bytes();
        let at = u32::try_from(self.bytes.len()).unwrap().to_le_bytes();
        let common = [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..], &sizes, &name_bytes, &[0, 0]].concat();
        self.bytes.extend([b"PK\x03\x04", &common[..], name.as_bytes(), packed].concat());
        let entry = [b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &at, name.as_bytes()].concat();
        self.directory.extend(entry);
        self.parts += 1;
        self
    }

    pub fn finish(mut self) -> Vec<u8> {
        let at = u32::try_from(self.bytes.len()).unwrap().to_le_bytes();
        let length = u32::try_from(self.directory.len()).unwrap().to_le_bytes();
        let parts = self.parts.to_le_bytes();
        self.bytes.extend(self.directory);
        self.bytes.extend([b"PK\x05\x06\0\0\0\0", &parts[..], &parts, &length, &at, &[0, 0]].concat());
        self.bytes
    }
}

/// The parts every workbook has, for the given sheets (name, further attributes).
pub fn book(sheets: &[(&str, &str)]) -> Archive {
    let mut list = String::new();
    let mut relations = String::new();
    for (number, (name, attributes)) in sheets.iter().enumerate() {
        let sheet = format!(r#"<sheet name="{name}" sheetId="{}" {attributes} r:id="s{number}"/>"#, number + 1);
        list.push_str(&sheet);
        relations += &relation(&format!("s{number}"), "worksheet", &format!("worksheets/sheet{number}.xml"));
    }
    relations += &relation("strings", "sharedStrings", "sharedStrings.xml");
    relations += &relation("styles", "styles", "styles.xml");
    let workbook = format!(r#"<workbook xmlns:r="x"><workbookPr/><sheets>{list}</sheets></workbook>"#);
    Archive::default()
        .part("_rels/.rels", RELS.as_bytes())
        .part("xl/workbook.xml", workbook.as_bytes())
        .part("xl/_rels/workbook.xml.rels", format!("<Relationships>{relations}</Relationships>").as_bytes())
}

/// A workbook of one sheet with these rows of XML.
pub fn one_sheet(rows: &str) -> Vec<u8> {
    book(&[("一", "")]).part("xl/worksheets/sheet0.xml", sheet(rows).as_bytes()).finish()
}

pub fn sheet(rows: &str) -> String {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

/// A row of inline texts.
pub fn row(number: usize, cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| format!(r#"<c t="inlineStr"><is><t>{cell}</t></is></c>"#)).collect();
    let cells = cells.concat();
    format!(r#"<row r="{number}">{cells}</row>"#)
}

fn relation(id: &str, kind: &str, target: &str) -> String {
    format!(
        r#"<Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>"#
    )
}
