//! The guard at the sign-in pages: at most ten tries in fifteen minutes for one name and for one address.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::refusal::{Fault, Refused};

const TRIES: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
const WITHIN: Duration = Duration::from_mins(15);
/// Many people sit behind one address of a mobile network: an address may try more often than a name.
const TRIES_OF_ADDRESS: NonZeroU32 = NonZeroU32::new(100).expect("a hundred is not zero");

/// Counts tries in this process's memory: a restart forgives, which is harmless at these numbers.
pub struct Guard {
    names: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Guard {
    fn default() -> Self {
        let quota = |tries: NonZeroU32| Quota::with_period(WITHIN / tries.get()).map(|quota| quota.allow_burst(tries));
        let of = |tries| quota(tries).unwrap_or_else(|| Quota::per_minute(TRIES));
        Self { names: RateLimiter::keyed(of(TRIES)), addresses: RateLimiter::keyed(of(TRIES_OF_ADDRESS)) }
    }
}

impl Guard {
    /// Lets one more try pass, or refuses it.
    pub fn try_once(&self, name: &str, address: Option<IpAddr>) -> Result<(), Fault> {
        let name_passes = self.names.check_key(&name.to_lowercase()).is_ok();
        let address_passes = address.is_none_or(|ip| self.addresses.check_key(&ip).is_ok());
        if self.names.len() > 10_000 {
            self.names.retain_recent();
            self.addresses.retain_recent();
        }
        if name_passes && address_passes { Ok(()) } else { Err(Refused::TooManyTries.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_of_a_name_is_refused_and_others_are_not() {
        let guard = Guard::default();
        let tries = (0..11).map(|_| guard.try_once("Chief", None).is_ok()).collect::<Vec<_>>();
        assert_eq!(tries.iter().filter(|passed| **passed).count(), 10);
        assert!(guard.try_once("chief", None).is_err());
        assert!(guard.try_once("other", None).is_ok());
    }
}
