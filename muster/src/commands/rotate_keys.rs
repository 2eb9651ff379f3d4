//! `muster rotate-keys`: seals everything under a new key, while everybody works, and forgets the old one.

use clap::Args;
use domain::Clock;
use store::{Keyring, rotate};

use super::serve::KEYS_POLL;
use crate::ground::Settled;

#[derive(Debug, Args)]
pub struct RotateKeys {
    /// Keep the old keys, for servers that still run with them; run again without this when all have the new key file.
    #[arg(long)]
    keep_old: bool,
}

impl RotateKeys {
    pub fn run(self, ground: &Settled) -> anyhow::Result<()> {
        let path = ground.key_file();
        let keyring = Keyring::load(&path)?.with_new_key()?;
        keyring.save(&path)?;
        // Servers that run must know the new key before anything is sealed under it.
        std::thread::sleep(3 * KEYS_POLL);
        let store = ground.open(Clock::system())?;
        let duties = crate::duties::all();
        let columns: Vec<_> = rotate::STORE.iter().chain(duties.iter().flat_map(|duty| duty.sealed)).copied().collect();
        let count = tokio::runtime::Runtime::new()?.block_on(rotate::rotate(&store, &columns))?;
        println!("sealed under the new key: {count} values");
        if !self.keep_old {
            keyring.without_old_keys().save(&path)?;
            println!("the old keys are forgotten; keep a copy of {} apart from the backups", path.display());
        }
        Ok(())
    }
}
