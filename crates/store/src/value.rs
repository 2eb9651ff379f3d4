//! Values on their way into a statement and out of a row: the seven kinds both engines understand.

use domain::{District, Division, Id, Moment};
use uuid::Uuid;

/// A value bound to a `$n` of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
    Id(Uuid),
}

impl Value {
    /// The same value, borrowed.
    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Bool(it) => Cell::Bool(*it),
            Self::Int(it) => Cell::Int(*it),
            Self::Real(it) => Cell::Real(*it),
            Self::Text(it) => Cell::Text(it),
            Self::Bytes(it) => Cell::Bytes(it),
            Self::Id(it) => Cell::Id(*it),
        }
    }
}

/// The parameters of a statement: `params![site, at, "open"]`.
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Value::from($value)),+] as &[$crate::Value] };
}

macro_rules! from {
    ($($type:ty => |$value:ident| $made:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self { $made }
        }
    )*};
}

from! {
    bool => |it| Self::Bool(it);
    i64 => |it| Self::Int(it);
    i32 => |it| Self::Int(it.into());
    u32 => |it| Self::Int(it.into());
    u16 => |it| Self::Int(it.into());
    u8 => |it| Self::Int(it.into());
    // Counts beyond 9.2 · 10¹⁸ do not exist; the largest number keeps the order.
    u64 => |it| Self::Int(i64::try_from(it).unwrap_or(i64::MAX));
    usize => |it| Self::Int(i64::try_from(it).unwrap_or(i64::MAX));
    f64 => |it| Self::Real(it);
    &str => |it| Self::Text(it.to_owned());
    String => |it| Self::Text(it);
    &String => |it| Self::Text(it.clone());
    Vec<u8> => |it| Self::Bytes(it);
    &Vec<u8> => |it| Self::Bytes(it.clone());
    &[u8] => |it| Self::Bytes(it.to_vec());
    Uuid => |it| Self::Id(it);
    Moment => |it| Self::Int(it.ms());
    District => |it| Self::Text(it.into());
    &District => |it| Self::Text(it.as_str().to_owned());
    Division => |it| Self::Text(it.into());
    &Division => |it| Self::Text(it.as_str().to_owned());
    serde_json::Value => |it| Self::Text(it.to_string());
    &serde_json::Value => |it| Self::Text(it.to_string());
    &Value => |it| it.clone();
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        Self::Id(id.uuid())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(maybe: Option<T>) -> Self {
        maybe.map_or(Self::Null, Into::into)
    }
}

/// One cell of a row, borrowed from the engine, or on its way there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Id(Uuid),
}

impl Cell<'_> {
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(it) => Value::Bool(it),
            Self::Int(it) => Value::Int(it),
            Self::Real(it) => Value::Real(it),
            Self::Text(it) => Value::Text(it.to_owned()),
            Self::Bytes(it) => Value::Bytes(it.to_vec()),
            Self::Id(it) => Value::Id(it),
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Real(_) => "a real",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Id(_) => "an id",
        }
    }
}

/// A cell that is not what the code expects; the row adds column and statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch(pub String);

impl Mismatch {
    pub fn new(expected: &str, found: Cell<'_>) -> Self {
        Self(format!("expected {expected}, found {}", found.kind()))
    }
}

/// What can be read from a cell. Duties implement it for their own fixed words.
pub trait FromValue: Sized {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch>;
}

impl FromValue for bool {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Bool(it) => Ok(it),
            Cell::Int(0) => Ok(false),
            Cell::Int(1) => Ok(true),
            other => Err(Mismatch::new("a boolean", other)),
        }
    }
}

impl FromValue for i64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Int(it) => Ok(it),
            other => Err(Mismatch::new("an integer", other)),
        }
    }
}

macro_rules! smaller {
    ($($type:ty),*) => {$(
        impl FromValue for $type {
            fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
                let number = i64::from_cell(cell)?;
                Self::try_from(number).map_err(|_| Mismatch(format!("{number} does not fit {}", stringify!($type))))
            }
        }
    )*};
}
smaller!(i32, u8, u16, u32, u64, usize);

impl FromValue for f64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Real(it) => Ok(it),
            Cell::Int(it) => Ok(it as Self),
            other => Err(Mismatch::new("a real", other)),
        }
    }
}

impl FromValue for String {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        text(cell).map(str::to_owned)
    }
}

impl FromValue for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        bytes(cell).map(<[u8]>::to_vec)
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        let bytes = bytes(cell)?;
        bytes.try_into().map_err(|_| Mismatch(format!("expected {N} bytes, found {}", bytes.len())))
    }
}

impl FromValue for Uuid {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Id(it) => Ok(it),
            Cell::Bytes(it) => Self::from_slice(it).map_err(|_| Mismatch(format!("an id of {} bytes", it.len()))),
            other => Err(Mismatch::new("an id", other)),
        }
    }
}

impl<T> FromValue for Id<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        Uuid::from_cell(cell).map(Self::from_uuid)
    }
}

impl FromValue for Moment {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        i64::from_cell(cell).map(Self::from_ms)
    }
}

impl FromValue for District {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        parsed(cell)
    }
}

impl FromValue for Division {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        parsed(cell)
    }
}

impl FromValue for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        serde_json::from_str(text(cell)?).map_err(|cause| Mismatch(cause.to_string()))
    }
}

impl FromValue for Value {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        Ok(cell.to_value())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        if cell == Cell::Null { Ok(None) } else { T::from_cell(cell).map(Some) }
    }
}

/// Text that parses into a type of the rules.
pub(crate) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(cell: Cell<'_>) -> Result<T, Mismatch> {
    let text = text(cell)?;
    text.parse().map_err(|cause| Mismatch(format!("“{text}”: {cause}")))
}

fn text(cell: Cell<'_>) -> Result<&str, Mismatch> {
    match cell {
        Cell::Text(it) => Ok(it),
        other => Err(Mismatch::new("text", other)),
    }
}

pub(crate) fn bytes(cell: Cell<'_>) -> Result<&[u8], Mismatch> {
    match cell {
        Cell::Bytes(it) => Ok(it),
        other => Err(Mismatch::new("bytes", other)),
    }
}
