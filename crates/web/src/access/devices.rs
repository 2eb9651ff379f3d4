//! Known devices: a browser that somebody has signed in from before carries a mark for that account. Its tries are counted
//! apart, so a stranger who uses up the tries of an account does not lock its holder out.
//!
//! The mark opens nothing; it is signed with the keyring and kept nowhere.

use store::Tx;

use super::secrets;

/// How long a browser keeps the mark.
pub const MARK_S: i64 = 180 * 24 * 3600;

/// A fresh mark for an account.
pub fn mark(tx: &Tx, login: &str) -> String {
    let nonce = secrets::fresh_token();
    let signature = signature(tx, login, &nonce);
    format!("{nonce}.{signature}")
}

/// What the tries of this device are counted under, if its mark is one of this account.
pub fn recognise(tx: &Tx, login: &str, mark: &str) -> Option<String> {
    let (nonce, signed) = mark.split_once('.')?;
    // Digests are compared, so that the time taken tells nothing about the signature.
    let is_ours = secrets::hash(signed) == secrets::hash(&signature(tx, login, nonce));
    is_ours.then(|| nonce.to_owned())
}

fn signature(tx: &Tx, login: &str, nonce: &str) -> String {
    let login = login.trim().to_lowercase();
    let blind = tx.blind("devices.mark", &format!("{nonce} {login}"));
    blind.0.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
