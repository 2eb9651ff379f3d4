//! `muster migrate`: brings the database to this version's shape, one migration at a time, each whole or not at all.

use domain::Clock;
use store::Store;
use web::House;

use crate::ground::Settled;

pub fn run(ground: &Settled) -> anyhow::Result<()> {
    let migrations = House::migrations(&crate::duties::all());
    let applied = Store::migrate(&ground.address, &migrations, &ground.options(Clock::system())?)?;
    if applied.is_empty() {
        println!("Nothing to do: the database has this version's shape.");
    }
    for migration in applied {
        println!("applied {}", migration.name);
    }
    Ok(())
}
