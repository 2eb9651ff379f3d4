//! Personal data at rest: sealed text and blind indexes.
//!
//! - **Sealing** is XChaCha20-Poly1305 with a random nonce of 24 bytes, long enough to be drawn at random for ever. The
//!   sealed bytes are: key number (1), nonce (24), ciphertext and tag. The label (`volunteer.phone`) is authenticated
//!   with it, so a sealed value moved into another column does not open.
//! - **Finding** an equal value without opening all of them needs a blind index: HMAC-SHA-256 under a key derived per
//!   label, cut to 16 bytes. Equal texts have equal indexes; without the key nothing can be guessed and tried.
//! - **Rotation** adds a sealing key and re-seals at leisure (see [`crate::rotate`]). The blind key stays: changing it
//!   would change every index at once, and looking people up would fail until the last row is rewritten. What it
//!   protects against (guessing from a stolen database) it still does, as long as the keyring was not stolen with it.

use std::{
    fmt,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, AeadInOut as _, Payload},
};
use hmac::{Hmac, Mac as _};
use rand::{TryRng as _, rngs::SysRng};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    Cell, Error, FromValue, Result, Value, hex,
    value::{Mismatch, bytes},
};

const KEY: usize = 32;
const NONCE: usize = 24;
const TAG: usize = 16;
const FIRST_LINE: &str = "muster keyring 1";

pub(crate) type Secret = Zeroizing<[u8; KEY]>;

/// Text that only a holder of the keyring can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

/// A fingerprint by which equal texts of one label are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Blind(pub [u8; 16]);

impl From<Sealed> for Value {
    fn from(sealed: Sealed) -> Self {
        Self::Bytes(sealed.0)
    }
}

impl From<&Sealed> for Value {
    fn from(sealed: &Sealed) -> Self {
        Self::Bytes(sealed.0.clone())
    }
}

impl From<Blind> for Value {
    fn from(blind: Blind) -> Self {
        Self::Bytes(blind.0.to_vec())
    }
}

impl FromValue for Sealed {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        bytes(cell).map(|bytes| Self(bytes.to_vec()))
    }
}

impl FromValue for Blind {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        <[u8; 16]>::from_cell(cell).map(Self)
    }
}

impl AsRef<[u8]> for Sealed {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The secrets of one installation: sealing keys (the first seals, all open) and the blind key. Never in the database,
/// never in a backup.
#[derive(Clone)]
pub struct Keyring {
    sealing: Vec<(u8, Secret)>,
    blind: Secret,
}

impl Keyring {
    /// A new keyring from the operating system's randomness.
    pub fn random() -> Self {
        Self { sealing: vec![(1, fresh())], blind: fresh() }
    }

    /// Reads the keyring of a database, or makes one on the first start, readable by its owner only.
    pub fn load_or_create(path: &Path) -> Result<Self> {
        match Self::load(path) {
            Err(Error::File { .. }) if !path.exists() => {
                let keyring = Self::random();
                keyring.save_new(path)?;
                Ok(keyring)
            }
            outcome => outcome,
        }
    }

    /// Reads a keyring file; refuses one that others may read.
    pub fn load(path: &Path) -> Result<Self> {
        let about = std::fs::metadata(path).map_err(|cause| Error::file(path, cause))?;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(Error::Key(format!("{0} can be read by others: run chmod 600 {0}", path.display())));
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|cause| Error::file(path, cause))?);
        Self::parse(&text).map_err(|cause| Error::Key(format!("{}: {cause}", path.display())))
    }

    /// Reads the keyring from an environment variable that holds the text of a keyring file, `;` for line ends.
    pub fn from_env(name: &str) -> Result<Self> {
        let text = std::env::var(name).map_err(|_| Error::Key(format!("{name} is not set")))?;
        let text = Zeroizing::new(text.replace(';', "\n"));
        Self::parse(&text).map_err(|cause| Error::Key(format!("{name}: {cause}")))
    }

    /// The same keyring with a new first sealing key: what is sealed from now on uses it, what was sealed still opens.
    pub fn with_new_key(&self) -> Result<Self> {
        // Never a number again: what an older key had sealed would pass for sealed by the new one.
        let last = self.sealing.iter().map(|(number, _)| *number).max().unwrap_or_default();
        let number = last.checked_add(1).ok_or_else(|| Error::Key("all 255 key numbers have been used".to_owned()))?;
        let mut sealing = vec![(number, fresh())];
        sealing.extend(self.sealing.iter().cloned());
        Ok(Self { sealing, blind: self.blind.clone() })
    }

    /// The same keyring without the keys that no longer seal; see [`crate::rotate::finish`].
    pub(crate) fn without_old_keys(&self) -> Self {
        Self { sealing: self.sealing[..1].to_vec(), blind: self.blind.clone() }
    }

    /// Replaces a keyring file in one step.
    pub fn save(&self, path: &Path) -> Result<()> {
        let new = path.with_extension("key-new");
        std::fs::remove_file(&new).ok();
        self.save_new(&new)?;
        std::fs::rename(&new, path).map_err(|cause| Error::file(path, cause))
    }

    /// The number of the key that seals now.
    pub fn active(&self) -> u8 {
        self.sealing[0].0
    }

    pub fn seal(&self, label: &str, text: &str) -> Sealed {
        let mut sealed = Vec::with_capacity(1 + NONCE + text.len() + TAG);
        self.seal_onto(&mut sealed, label, &[text]);
        Sealed(sealed)
    }

    /// Puts what [`Keyring::seal`] makes of the joined parts of a text behind what lies there already.
    pub fn seal_onto(&self, sealed: &mut Vec<u8>, label: &str, parts: &[&str]) {
        let (number, key) = &self.sealing[0];
        let nonce: [u8; NONCE] = rand::random();
        sealed.push(*number);
        sealed.extend(nonce);
        let open = sealed.len();
        for part in parts {
            sealed.extend(part.as_bytes());
        }
        let cipher = XChaCha20Poly1305::new((&**key).into());
        let closed = (&mut sealed[open..]).into();
        let tag = cipher.encrypt_inout_detached(&XNonce::from(nonce), label.as_bytes(), closed);
        sealed.extend(tag.expect("only texts beyond 256 GiB cannot be sealed"));
    }

    pub fn open(&self, label: &str, sealed: impl AsRef<[u8]>) -> Result<String> {
        let sealed = sealed.as_ref();
        let Some((number, rest)) = sealed.split_first() else { return Err(Error::Sealed("it is empty")) };
        let Some((nonce, closed)) = rest.split_first_chunk::<NONCE>() else { return Err(Error::Sealed("it is cut")) };
        let key = self.sealing.iter().find(|(known, _)| known == number);
        let (_, key) = key.ok_or(Error::Sealed("its key is not on this keyring"))?;
        let payload = Payload { msg: closed, aad: label.as_bytes() };
        let text = XChaCha20Poly1305::new((&**key).into()).decrypt(&XNonce::from(*nonce), payload);
        let text = text.map_err(|_| Error::Sealed("it was altered, moved, or sealed by another keyring"))?;
        String::from_utf8(text).map_err(|_| Error::Sealed("it is no text"))
    }

    pub fn blind(&self, label: &str, text: &str) -> Blind {
        let key = keyed_hash(&*self.blind, label.as_bytes());
        let hash = keyed_hash(&key, text.as_bytes());
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        Blind(short)
    }

    fn save_new(&self, path: &Path) -> Result<()> {
        let fail = |cause| Error::file(path, cause);
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(fail)?;
        file.write_all(self.text().as_bytes()).map_err(fail)?;
        file.sync_all().map_err(fail)
    }

    /// The text of a keyring file: one key a line, hexadecimal.
    fn text(&self) -> Zeroizing<String> {
        let line = |(number, key): &(u8, Secret)| format!("seal {number} {}\n", hex::write(&**key));
        let sealing: Zeroizing<String> = Zeroizing::new(self.sealing.iter().map(line).collect());
        Zeroizing::new(format!("{FIRST_LINE}\n{}blind {}\n", *sealing, hex::write(&*self.blind)))
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.next() != Some(FIRST_LINE) {
            return Err("this is not a keyring of Muster");
        }
        let (mut sealing, mut blind) = (Vec::new(), None);
        for line in lines {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["seal", number, key] => {
                    sealing.push((number.parse().map_err(|_| "a key number is not one")?, unhex(key)?));
                }
                ["blind", key] => blind = Some(unhex(key)?),
                _ => return Err("a line is neither a sealing key nor a blind key"),
            }
        }
        if sealing.is_empty() {
            return Err("there is no sealing key");
        }
        Ok(Self { sealing, blind: blind.ok_or("there is no blind key")? })
    }
}

/// Shows which keys there are, never the keys.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.sealing.iter().map(|(number, _)| number)).finish()
    }
}

/// The keyring all connections of a store use, exchangeable while they work.
#[derive(Clone, Debug)]
pub(crate) struct SharedKeyring(Arc<RwLock<Arc<Keyring>>>);

impl SharedKeyring {
    pub(crate) fn new(keyring: Keyring) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(keyring))))
    }

    pub(crate) fn get(&self) -> Arc<Keyring> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, keyring: Keyring) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keyring);
    }
}

pub(crate) fn fresh() -> Secret {
    let mut key: Secret = Zeroizing::new([0; KEY]);
    SysRng.try_fill_bytes(&mut *key).expect("the operating system gives random bytes");
    key
}

fn keyed_hash(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn unhex(text: &str) -> Result<Secret, &'static str> {
    hex::read(text).map(Zeroizing::new).ok_or("a key is not 64 hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_its_label_only() {
        let keyring = Keyring::random();
        let sealed = keyring.seal("volunteer.phone", "+8613800000000");
        assert_eq!(keyring.open("volunteer.phone", &sealed).as_deref(), Ok("+8613800000000"));
        assert!(keyring.open("volunteer.name", &sealed).is_err());
        assert!(Keyring::random().open("volunteer.phone", &sealed).is_err());
        assert!(!sealed.0.windows(11).any(|part| part == b"13800000000"));
    }

    #[test]
    fn every_altered_byte_is_noticed() {
        let keyring = Keyring::random();
        let sealed = keyring.seal("a", "陈小明");
        for at in 0..sealed.0.len() {
            let mut altered = sealed.clone();
            altered.0[at] ^= 1;
            assert!(keyring.open("a", &altered).is_err(), "byte {at}");
        }
        for length in 0..sealed.0.len() {
            assert!(keyring.open("a", &sealed.0[..length]).is_err(), "cut to {length}");
        }
    }

    #[test]
    fn equal_texts_are_found_and_labels_kept_apart() {
        let keyring = Keyring::random();
        assert_eq!(keyring.blind("phone", "1"), keyring.blind("phone", "1"));
        assert_ne!(keyring.blind("phone", "1"), keyring.blind("phone", "2"));
        assert_ne!(keyring.blind("phone", "1"), keyring.blind("name", "1"));
        assert_ne!(keyring.blind("phone", "1"), Keyring::random().blind("phone", "1"));
        assert_ne!(keyring.seal("phone", "1"), keyring.seal("phone", "1"));
    }

    #[test]
    fn what_is_sealed_behind_something_else_opens_by_itself() {
        let (keyring, mut shelf) = (Keyring::random(), b"before".to_vec());
        keyring.seal_onto(&mut shelf, "a", &["o", "ne"]);
        let first = shelf.len();
        keyring.seal_onto(&mut shelf, "a", &["two", ""]);
        assert_eq!(keyring.open("a", &shelf[6..first]).as_deref(), Ok("one"));
        assert_eq!(keyring.open("a", &shelf[first..]).as_deref(), Ok("two"));
        assert_eq!(&shelf[..6], b"before");
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let old = Keyring::random();
        let new = old.with_new_key().unwrap();
        let before = old.seal("a", "x");
        assert_eq!(new.open("a", &before).as_deref(), Ok("x"));
        assert_eq!(new.seal("a", "x").0[0], new.active());
        assert_ne!(new.active(), old.active());
        assert_eq!(new.blind("a", "x"), old.blind("a", "x"));
        let only_new = new.without_old_keys();
        assert!(only_new.open("a", &before).is_err());
        assert!(![old.active(), new.active()].contains(&only_new.with_new_key().unwrap().active()), "a number again");
    }

    #[test]
    fn a_keyring_file_reads_back_and_is_private() {
        let path = std::env::temp_dir().join(format!("muster-{}.key", uuid::Uuid::new_v4()));
        let made = Keyring::load_or_create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = Keyring::load_or_create(&path).unwrap();
        assert_eq!(read.open("a", made.seal("a", "x")).as_deref(), Ok("x"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keyring::load_or_create(&path), Err(Error::Key(_))));
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn nonsense_is_no_keyring_and_is_not_overwritten() {
        for text in ["", "muster keyring 1", "muster keyring 1\nseal 1 zz", "muster keyring 1\nblind 00"] {
            assert!(Keyring::parse(text).is_err(), "{text}");
        }
        let keyring = Keyring::random();
        assert!(Keyring::parse(&keyring.text()).is_ok());
        assert!(!format!("{keyring:?}").contains(&hex::write(&*keyring.blind)));
    }
}
