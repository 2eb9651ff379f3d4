//! Values on PostgreSQL's wire, both ways.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use tokio_postgres::{
    Row,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};
use uuid::Uuid;

use super::numeric;
use crate::{Cell, Value, value::Mismatch};

impl ToSql for Cell<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, kind) {
            (Self::Null, _) => return Ok(IsNull::Yes),
            (Self::Bool(it), &Type::BOOL) => out.put_u8((*it).into()),
            (Self::Int(it @ (0 | 1)), &Type::BOOL) => out.put_i8(i8::try_from(*it)?),
            (Self::Int(it), &Type::INT8) => out.put_i64(*it),
            (Self::Int(it), &Type::INT4) => out.put_i32(i32::try_from(*it)?),
            (Self::Int(it), &Type::INT2) => out.put_i16(i16::try_from(*it)?),
            (Self::Int(it), &Type::FLOAT8) => out.put_f64(*it as f64),
            (Self::Int(it), &Type::NUMERIC) => out.put_slice(&numeric::encode(*it)),
            (Self::Real(it), &Type::FLOAT8) => out.put_f64(*it),
            (Self::Text(it), &Type::TEXT | &Type::VARCHAR | &Type::BPCHAR | &Type::NAME | &Type::UNKNOWN) => {
                out.put_slice(it.as_bytes());
            }
            (Self::Bytes(it), &Type::BYTEA) => out.put_slice(it),
            (Self::Bytes(it), &Type::UUID) if it.len() == 16 => out.put_slice(it),
            (Self::Id(it), &Type::UUID | &Type::BYTEA) => out.put_slice(it.as_bytes()),
            (cell, kind) => return Err(format!("{cell:?} is no {kind}").into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.cell().to_sql(kind, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A parameter of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Param<'a> {
    One(&'a Value),
    List(&'a [Value]),
}

impl ToSql for Param<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::One(it) => it.to_sql(kind, out),
            Self::List(these) => these.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A cell as it came over the wire, before anybody says what it shall be.
struct Raw<'r>(Option<&'r [u8]>, Type);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw), kind.clone()))
    }

    fn from_sql_null(kind: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None, kind.clone()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

pub(crate) fn cell(row: &Row, place: usize) -> Result<Cell<'_>, Mismatch> {
    let Raw(raw, kind) = row.try_get(place).map_err(|cause| Mismatch(cause.to_string()))?;
    let Some(raw) = raw else { return Ok(Cell::Null) };
    let read = match kind {
        Type::BOOL => bool::from_sql(&kind, raw).map(Cell::Bool),
        Type::INT8 => i64::from_sql(&kind, raw).map(Cell::Int),
        Type::INT4 => i32::from_sql(&kind, raw).map(|it| Cell::Int(it.into())),
        Type::INT2 => i16::from_sql(&kind, raw).map(|it| Cell::Int(it.into())),
        Type::FLOAT8 => f64::from_sql(&kind, raw).map(Cell::Real),
        Type::FLOAT4 => f32::from_sql(&kind, raw).map(|it| Cell::Real(it.into())),
        Type::NUMERIC => match numeric::decode(raw) {
            Some(Value::Int(it)) => Ok(Cell::Int(it)),
            Some(Value::Real(it)) => Ok(Cell::Real(it)),
            _ => return Err(Mismatch("a numeric that is no number".to_owned())),
        },
        Type::UUID => Uuid::from_slice(raw).map(Cell::Id).map_err(Into::into),
        Type::BYTEA => Ok(Cell::Bytes(raw)),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
            std::str::from_utf8(raw).map(Cell::Text).map_err(Into::into)
        }
        other => return Err(Mismatch(format!("type {other} is not used by Muster"))),
    };
    read.map_err(|cause| Mismatch(cause.to_string()))
}
