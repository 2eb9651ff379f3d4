//! The keyed fingerprints of this duty: by phone, by name, and of a whole row. The key of each is drawn from the keyring
//! once, so that a fingerprint costs two short hashes: a million rows need three million of them.

use domain::PhoneNumber;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use store::Tx;

use crate::store::lots::Print;

type Keyed = Hmac<Sha256>;

/// HMAC-SHA-256 under three keys of the keyring, cut short.
#[derive(Clone)]
pub struct Blinds {
    phone: Keyed,
    name: Keyed,
    row: Keyed,
}

impl Blinds {
    pub fn of(tx: &Tx) -> Self {
        let keyed = |label| {
            let key = tx.blind(label, "key");
            Keyed::new_from_slice(&key.0).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
        };
        Self { phone: keyed("volunteers.phone"), name: keyed("volunteers.name"), row: keyed("responders.row") }
    }

    pub fn phone(&self, phone: &PhoneNumber) -> Print {
        fingerprint(&self.phone, &[phone.as_str()])
    }

    pub fn name(&self, name: &str) -> Print {
        fingerprint(&self.name, &[name.trim()])
    }

    /// Of a row's cells as they came.
    pub fn row(&self, cells: &[&str]) -> [u8; 16] {
        fingerprint(&self.row, cells)
    }
}

fn fingerprint<const N: usize>(keyed: &Keyed, parts: &[&str]) -> [u8; N] {
    let mut text = Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
    for part in parts {
        text.extend(part.as_bytes());
        // A byte that UTF-8 never has keeps "ab, c" and "a, bc" apart.
        text.push(0xFF);
    }
    let hash = keyed.clone().chain_update(&text).finalize().into_bytes();
    std::array::from_fn(|place| hash[place])
}
