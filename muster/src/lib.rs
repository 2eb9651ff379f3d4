//! `muster`: one program, one file per command.

pub mod commands;
pub mod duties;
pub mod ground;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use ground::Ground;

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
enum Command {
    /// Serve pages and the API.
    Serve(commands::serve::Serve),
    /// Bring the database to this version's shape.
    Migrate,
    /// Print an API token for a device or program.
    Token(commands::token::Token),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("muster: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let ground = cli.ground.settled()?;
    ground.start_log();
    match cli.command {
        Command::Serve(serve) => serve.run(&ground),
        Command::Migrate => commands::migrate::run(&ground),
        Command::Token(token) => token.run(&ground),
    }
}
