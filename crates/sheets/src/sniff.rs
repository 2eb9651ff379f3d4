//! What kind of file this is, from its first bytes: names lie more often than bytes do.

use std::io::{Read, Seek, SeekFrom};

use crate::faults::{Lookalike, TableFault};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Zip,
}

const HEAD_BYTES: usize = 512;

/// Magic numbers of things that are no table, or none we read.
const REFUSED: &[(&[u8], Lookalike)] = &[
    (b"%PDF", Lookalike::Pdf),
    (b"\x89PNG", Lookalike::Picture),
    (b"\xFF\xD8\xFF", Lookalike::Picture),
    (b"GIF8", Lookalike::Picture),
    (b"Rar!", Lookalike::OtherArchive),
    (b"7z\xBC\xAF", Lookalike::OtherArchive),
    (b"\x1F\x8B", Lookalike::OtherArchive),
];

pub(crate) fn kind<R: Read + Seek>(file: &mut R) -> Result<Kind, TableFault> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let kind = if head.is_empty() {
        Err(TableFault::Empty)
    } else if head.starts_with(b"PK") {
        Ok(Kind::Zip)
    } else if head.starts_with(b"\xD0\xCF\x11\xE0") {
        Err(compound_file(file)?)
    } else if let Some((_, what)) = REFUSED.iter().find(|(magic, _)| head.starts_with(magic)) {
        Err(TableFault::NotATable(*what))
    } else if is_web_page(&head) {
        Err(TableFault::NotATable(Lookalike::WebPage))
    } else {
        Ok(Kind::Text)
    }?;
    file.seek(SeekFrom::Start(0))?;
    Ok(kind)
}

/// MS-CFB holds both old workbooks and encrypted new ones; the latter have a stream of that name (MS-OFFCRYPTO).
fn compound_file<R: Read + Seek>(file: &mut R) -> Result<TableFault, TableFault> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut window = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    loop {
        let kept = window.len().min(name.len());
        window.drain(..window.len() - kept);
        if file.by_ref().take(64 << 10).read_to_end(&mut window)? == 0 {
            return Ok(TableFault::OldExcel);
        }
        if window.windows(name.len()).any(|bytes| bytes == name) {
            return Ok(TableFault::Encrypted);
        }
    }
}

fn is_web_page(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    [&b"<html"[..], b"<!doctype", b"<table", b"<meta", b"<?xml"]
        .iter()
        .any(|tag| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn bytes_say_what_a_file_is() {
        use Lookalike::{OtherArchive, Pdf, Picture, WebPage};
        let cases: &[(&[u8], Result<Kind, TableFault>)] = &[
            (b"code,name\n", Ok(Kind::Text)),
            (b"PK\x03\x04", Ok(Kind::Zip)),
            (b"", Err(TableFault::Empty)),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 Workbook", Err(TableFault::OldExcel)),
            (b"%PDF-1.7", Err(TableFault::NotATable(Pdf))),
            (b"\x89PNG\r\n", Err(TableFault::NotATable(Picture))),
            (b"\x1F\x8B\x08", Err(TableFault::NotATable(OtherArchive))),
            (b"\xEF\xBB\xBF \r\n<HTML xmlns", Err(TableFault::NotATable(WebPage))),
            (b"<?xml version", Err(TableFault::NotATable(WebPage))),
            (b"<code,name", Ok(Kind::Text)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(&kind(&mut Cursor::new(bytes)), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_password_is_seen_wherever_the_stream_is_named() {
        for before in [600, (64 << 10) - 7, 200_000] {
            let mut bytes = b"\xD0\xCF\x11\xE0".to_vec();
            bytes.resize(before, 0);
            bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
            assert_eq!(kind(&mut Cursor::new(bytes)), Err(TableFault::Encrypted));
        }
    }
}
