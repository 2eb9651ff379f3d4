//! Typed identifiers: UUIDv7, made by whoever creates the thing (phones too), so no sequence is needed anywhere.

use std::{cmp::Ordering, fmt, hash::Hash, marker::PhantomData, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::{NoContext, Timestamp, Uuid};

use crate::Moment;

/// The identifier of a `T`. Ids of different things do not mix: `Id<Site>` is not `Id<Team>`.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// A new identifier that sorts by the moment it was made at.
    pub fn fresh(at: Moment) -> Self {
        let ms = u64::try_from(at.ms()).unwrap_or(0);
        let nanos = u32::try_from(ms % 1000).unwrap_or(0) * 1_000_000;
        Self::from_uuid(Uuid::new_v7(Timestamp::from_unix(NoContext, ms / 1000, nanos)))
    }

    /// New identifiers in ascending order: what is written in their order lies together, in the table and in its indexes.
    pub fn in_order(at: Moment, count: usize) -> impl Iterator<Item = Self> {
        let mut ids: Vec<Self> = std::iter::repeat_with(|| Self::fresh(at)).take(count).collect();
        ids.sort_unstable();
        ids.into_iter()
    }

    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::from_uuid)
    }
}
impl<T> From<Id<T>> for Uuid {
    fn from(id: Id<T>) -> Self {
        id.0
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&self.0)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(input)?;
        text.parse().map_err(|_| D::Error::custom("not an identifier"))
    }
}
impl<T> JsonSchema for Id<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "uuid"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_order_ascend_though_they_are_of_one_moment() {
        let at = Moment::from_ms(1_663_200_000_000);
        let ids: Vec<Id<()>> = Id::in_order(at, 1_000).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.is_sorted_by(|before, after| before < after));
        let plain: Vec<Id<()>> = std::iter::repeat_with(|| Id::fresh(at)).take(1_000).collect();
        assert!(!plain.is_sorted(), "control: by themselves they come in no order");
    }
}
