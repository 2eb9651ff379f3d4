//! Passwords: argon2id with the library's defaults (OWASP's second choice: 19 MiB, 2 passes), a few at a time so that
//! a storm of tries cannot take the machine.

use std::sync::LazyLock;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use crate::refusal::{Fault, Refused};

/// The shortest password we take (NIST SP 800-63B-4 asks for 15 where it is the only factor).
pub const MIN_CHARS: usize = 15;

/// How many hashes may be computed at once.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// How many may be computed or wait for it; the rest is told to come back, so that a storm does not queue up for hours.
static WAITING: Semaphore = Semaphore::const_new(32);

/// Hashes a new password.
pub async fn hash(password: String) -> Result<String, Fault> {
    if password.chars().count() < MIN_CHARS {
        return Err(Refused::PasswordTooShort.with("least", MIN_CHARS).into());
    }
    in_turn(move || Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()))
        .await?
        .map_err(|e| Fault::Bug(format!("argon2: {e}")))
}

/// Whether a password fits a stored hash. An account without a password is checked against a hash that nothing fits,
/// so that the time taken does not tell who exists.
pub async fn fits(password: String, stored: Option<String>) -> Result<bool, Fault> {
    let known = stored.is_some();
    let stored = stored.unwrap_or_else(|| NOBODYS.clone());
    let right =
        in_turn(move || Argon2::default().verify_password(password.as_bytes(), stored.as_str()).is_ok()).await?;
    Ok(known && right)
}

static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let chance = crate::access::secrets::fresh_token();
    Argon2::default().hash_password(chance.as_bytes()).map(|h| h.to_string()).unwrap_or_default()
});

/// The places go with the work, not with whoever waits for it: a client that hangs up frees none before the hash is done.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let place = WAITING.try_acquire().map_err(|_| Refused::Busy)?;
    let turn = AT_ONCE.acquire().await.map_err(|e| Fault::Bug(e.to_string()))?;
    let work = move || {
        let _places = (place, turn);
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| Fault::Bug(e.to_string()))
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering::SeqCst},
        time::Duration,
    };

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let stored = hash("correct horse battery".into()).await.unwrap();
        assert!(fits("correct horse battery".into(), Some(stored.clone())).await.unwrap());
        assert!(!fits("correct horse batterz".into(), Some(stored)).await.unwrap());
        assert!(!fits("anything at all here".into(), None).await.unwrap());
        assert!(hash("short".into()).await.is_err());
    }

    #[tokio::test]
    async fn a_storm_is_told_to_come_back() {
        let storm = (0..100).map(|_| tokio::spawn(fits("anything at all here".into(), None)));
        let storm: Vec<_> = storm.collect();
        let (mut looked_at, mut told) = (0, 0);
        for try_ in storm {
            match try_.await.unwrap() {
                Ok(fits) => looked_at += usize::from(!fits),
                Err(Fault::Refused(refusal)) => told += usize::from(refusal.code == "web.12"),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(looked_at + told, 100);
        assert!(looked_at >= 32 && told > 0, "{looked_at} looked at, {told} told");
    }

    /// Everybody hangs up as soon as their work has begun.
    #[tokio::test(flavor = "multi_thread")]
    async fn hanging_up_frees_no_place_before_the_hash_is_done() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        for _ in 0..12 {
            let work = || {
                MOST.fetch_max(NOW.fetch_add(1, SeqCst) + 1, SeqCst);
                std::thread::sleep(Duration::from_millis(100));
                NOW.fetch_sub(1, SeqCst);
            };
            let waiting = tokio::spawn(in_turn(work));
            tokio::time::sleep(Duration::from_millis(10)).await;
            waiting.abort();
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!((1..=2).contains(&MOST.load(SeqCst)), "{} at once", MOST.load(SeqCst));
    }
}
