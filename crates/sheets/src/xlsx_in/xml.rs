//! XML as a stream of tokens, each of bounded size at a bounded depth. No DTD is read, no entity defined by
//! the file is known: only the five of XML itself and character references.

use std::io::{self, BufRead, BufReader, Read, Seek};

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::faults::TableFault;
use crate::limits::Limits;

use super::directory::Entry;
use super::part::Part;

/// One tag or one run of text. Excel's longest cell takes 100 kB.
const MAX_TOKEN_BYTES: usize = 1 << 20;
/// A worksheet nests nine deep.
const MAX_DEPTH: u32 = 64;

/// The tokens of one part.
pub(super) struct Xml<R: Read + Seek> {
    reader: Reader<Metered<R>>,
    buffer: Vec<u8>,
    depth: u32,
}

/// What matters of XML to a reader of workbooks. An empty element is an opening and a closing.
pub(super) enum Token<'a> {
    Open(BytesStart<'a>),
    Close,
    Text(std::borrow::Cow<'a, str>),
    Char(char),
    Other,
    End,
}

impl<R: Read + Seek> Xml<R> {
    pub fn open(file: R, entry: &Entry, limits: &Limits) -> Result<Self, TableFault> {
        let part = Part::open(file, entry, limits)?;
        let mut reader =
            Reader::from_reader(Metered { inner: BufReader::with_capacity(32 << 10, part), token_bytes: 0 });
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, buffer: Vec::new(), depth: 0 })
    }

    pub fn token(&mut self) -> Result<Token<'_>, TableFault> {
        self.buffer.clear();
        self.reader.get_mut().token_bytes = 0;
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => return Err(fault(error, self.reader.get_ref().inner.get_ref().name())),
        };
        let name = self.reader.get_ref().inner.get_ref().name();
        let damaged = |detail: &str| Err(TableFault::broken(name, detail));
        Ok(match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return damaged("its elements are nested too deep");
                }
                Token::Open(tag)
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Token::Close
            }
            Event::Text(text) => Token::Text(text.xml10_content()),
            Event::CData(text) => Token::Text(text.xml10_content()),
            Event::GeneralRef(reference) => match character(&reference) {
                Some(c) => Token::Char(c),
                None => return damaged("it refers to an entity that XML does not define"),
            },
            Event::Eof if self.depth > 0 => return damaged("it ends too early"),
            Event::Eof => Token::End,
            _ => Token::Other,
        })
    }

    /// How many elements are open.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Passes over the rest of the element that was opened last.
    pub fn skip(&mut self) -> Result<(), TableFault> {
        let outside = self.depth - 1;
        while self.depth > outside {
            self.token()?;
        }
        Ok(())
    }

    /// Appends the text of the element that was opened last, up to `limit_bytes`. Phonetic readings
    /// (`rPh`) are annotations of the text and not part of it.
    pub fn text_into(&mut self, text: &mut String, limit_bytes: usize) -> Result<(), TableFault> {
        let outside = self.depth - 1;
        while self.depth > outside {
            match self.token()? {
                Token::Open(tag) if tag.local_name().as_ref() == "rPh" => self.skip()?,
                Token::Text(piece) => {
                    let room = piece.floor_char_boundary(limit_bytes.saturating_sub(text.len()));
                    text.push_str(&piece[..room]);
                }
                Token::Char(c) if text.len() < limit_bytes => text.push(c),
                Token::End => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads to the end of the part, so that its check sum is looked at.
    pub fn finish(&mut self) -> Result<(), TableFault> {
        while !matches!(self.token()?, Token::End) {}
        Ok(())
    }

    pub fn inflated_bytes(&self) -> u64 {
        self.reader.get_ref().inner.get_ref().inflated_bytes()
    }

    pub fn into_file(self) -> R {
        self.reader.into_inner().inner.into_inner().into_file()
    }

    pub fn progress(&self) -> f64 {
        self.reader.get_ref().inner.get_ref().progress()
    }

    pub fn damaged(&self, detail: &str) -> TableFault {
        TableFault::broken(self.reader.get_ref().inner.get_ref().name(), detail)
    }
}

/// The value of an attribute by its local name, unescaped.
pub(super) fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|one| one.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Explicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn character(reference: &BytesRef) -> Option<char> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Some(c),
        Ok(None) => resolve_predefined_entity(reference)?.chars().next(),
        Err(_) => None,
    }
}

fn fault(error: quick_xml::Error, part: &str) -> TableFault {
    match &error {
        quick_xml::Error::Io(inner) => match inner.get_ref().and_then(|fault| fault.downcast_ref::<TableFault>()) {
            Some(fault) => fault.clone(),
            None => TableFault::Unreadable { detail: inner.to_string() },
        },
        _ => TableFault::broken(part, &error),
    }
}

/// Counts what one token takes, for the tokeniser's buffer grows with it.
struct Metered<R: Read + Seek> {
    inner: BufReader<Part<R>>,
    token_bytes: usize,
}

impl<R: Read + Seek> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.token_bytes > MAX_TOKEN_BYTES {
            let fault = TableFault::broken(self.inner.get_ref().name(), "one tag or text is longer than any real one");
            return Err(io::Error::other(fault));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.token_bytes += amount;
        self.inner.consume(amount);
    }
}

impl<R: Read + Seek> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}
