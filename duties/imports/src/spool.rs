//! Where files lie while they are judged and applied: a private folder beside the database, sealed as they came. A file
//! goes when its import ends, and all go when the server starts, which could not open them any more: what they held is
//! either in the registers or sent again. (A server on PostgreSQL that was killed leaves them in the machine's temporary
//! folder, where nobody can open them.)

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use domain::{Id, things::Import};
use store::Address;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Spool(PathBuf);

/// Names the folder where others may write, too: nobody can have made it before.
static DRAWN: LazyLock<Uuid> = LazyLock::new(Uuid::new_v4);

impl Spool {
    pub fn of(address: &Address) -> Self {
        match address {
            Address::Sqlite(file) => {
                let mut name = file.clone().into_os_string();
                name.push(".imports");
                Self(name.into())
            }
            // No place beside the database: each server keeps the files that came to it.
            Address::Postgres(_) => Self(std::env::temp_dir().join(format!("muster-imports-{}", *DRAWN))),
        }
    }

    pub fn path(&self, import: Id<Import>) -> PathBuf {
        self.0.join(import.to_string())
    }

    /// Takes a file in, by moving it where that is possible.
    pub fn take(&self, import: Id<Import>, from: &Path) -> io::Result<()> {
        self.make()?;
        let to = self.path(import);
        let taken = fs::rename(from, &to).or_else(|_| fs::copy(from, &to).map(drop));
        let taken = taken.and_then(|()| fs::set_permissions(&to, fs::Permissions::from_mode(0o600)));
        // Half a file would take the room that the database beside it needs.
        taken.inspect_err(|_| drop(fs::remove_file(&to)))
    }

    /// A file without a name: it is gone when it is closed.
    pub fn scratch(&self) -> io::Result<fs::File> {
        self.make()?;
        let path = self.0.join(Uuid::new_v4().to_string());
        let file = fs::OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        fs::remove_file(&path)?;
        Ok(file)
    }

    pub fn forget(&self, import: Id<Import>) {
        if let Err(cause) = fs::remove_file(self.path(import))
            && cause.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%import, %cause, "an imported file could not be removed");
        }
    }

    fn make(&self) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0)
    }

    pub fn clear(&self) {
        if let Err(cause) = fs::remove_dir_all(&self.0)
            && cause.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(folder = %self.0.display(), %cause, "imported files could not be removed");
        }
    }
}
