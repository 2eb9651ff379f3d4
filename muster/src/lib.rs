//! `muster`: one program, one file per command.

pub mod commands;
pub mod duties;
pub mod ground;
mod oidc;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use ground::Ground;
#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What one thread reads from a file another writes to the database and gives back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The field-operations system of an epidemic-response headquarters.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    ground: Ground,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one, and it lives as long as the program")]
enum Command {
    /// Serve pages and the API.
    Serve(commands::serve::Serve),
    /// Bring the database to this version's shape.
    Migrate,
    /// Bring a register in from a file.
    Import(commands::import::Import),
    /// Say who goes where, from files, with a proof.
    Allocate(commands::allocate::Allocate),
    /// Say which of the possible sites to open, with a bound.
    PlanSites(commands::plan_sites::PlanSites),
    /// Play a night in a district that never was.
    Demo(commands::demo::Demo),
    /// Copy the database while it is in use.
    Backup(commands::backup::Backup),
    /// Fill an empty database from a backup and prove it.
    Restore(commands::restore::Restore),
    /// Check the journal's chain.
    Verify(commands::verify::Verify),
    /// Look for whatever could lose or open what was entrusted.
    Doctor,
    /// Seal everything under a new key.
    RotateKeys(commands::rotate_keys::RotateKeys),
    /// Print an API token for a device or program.
    Token(commands::token::Token),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    leave_no_core();
    if cfg!(debug_assertions)
        && let Ok(fault) = std::env::var("MUSTER_PLANT")
    {
        store::plant(fault);
    }
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A core file would hold names, numbers and keys in the open. The limit binds the system, but not a program that it hands
/// cores to: for that one, too, Linux is told that this process is never to be dumped.
fn leave_no_core() {
    let before = getrlimit(Resource::Core);
    let limited = setrlimit(Resource::Core, Rlimit { current: Some(0), ..before });
    #[cfg(target_os = "linux")]
    let limited = limited.and(set_dumpable_behavior(DumpableBehavior::NotDumpable));
    if let Err(cause) = limited {
        eprintln!("muster: the system may keep core files of this program: {cause}");
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let ground = cli.ground.settled()?;
    ground.start_log();
    match cli.command {
        Command::Serve(serve) => serve.run(&ground),
        Command::Migrate => commands::migrate::run(&ground),
        Command::Import(import) => import.run(&ground),
        Command::Allocate(allocate) => allocate.run(),
        Command::PlanSites(plan) => plan.run(),
        Command::Demo(demo) => demo.run(ground),
        Command::Backup(backup) => backup.run(&ground),
        Command::Restore(restore) => restore.run(&ground),
        Command::Verify(verify) => verify.run(&ground),
        Command::Doctor => commands::doctor::run(&ground),
        Command::RotateKeys(rotate) => rotate.run(&ground),
        Command::Token(token) => token.run(&ground),
    }
}
