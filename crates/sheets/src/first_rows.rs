//! Which row of a table was the first to name something.

use std::hash::{BuildHasher as _, Hash, RandomState};

use hashbrown::{HashTable, hash_table::Entry};

/// Of each name only its hash is kept, with the number of the row: a million of them are 32 MB.
#[derive(Debug, Default)]
pub struct FirstRows {
    rows: HashTable<Named>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Named {
    hash: u64,
    row: u64,
}

impl FirstRows {
    /// The earlier row that named the same. None for the first, which is remembered.
    pub fn before(&mut self, name: impl Hash, row: u64) -> Option<u64> {
        let hash = self.hasher.hash_one(name);
        match self.rows.entry(hash, |named| named.hash == hash, |named| named.hash) {
            Entry::Occupied(first) => Some(first.get().row),
            Entry::Vacant(place) => {
                place.insert(Named { hash, row });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_name_is_told_to_those_after_it() {
        let mut rows = FirstRows::default();
        assert_eq!(rows.before("V1", 2), None);
        assert_eq!(rows.before("V2", 3), None);
        assert_eq!(rows.before("V1", 4), Some(2));
        assert_eq!(rows.before("V1", 5), Some(2));
    }
}
