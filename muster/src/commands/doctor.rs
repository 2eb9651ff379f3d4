//! `muster doctor`: looks for whatever could lose or open what was entrusted to the database.

use anyhow::bail;
use domain::Clock;
use store::doctor::{self, Weight};
use web::House;

use crate::ground::Settled;

pub fn run(ground: &Settled) -> anyhow::Result<()> {
    let migrations = House::migrations(&crate::duties::all());
    let key_file = ground.key_file();
    let findings = doctor::examine(&ground.address, &migrations, Some(&key_file), Clock::system().now());
    for finding in &findings {
        let mark = match finding.weight {
            Weight::Fine => "ok    ",
            Weight::Care => "care  ",
            Weight::Danger => "DANGER",
        };
        println!("{mark}  {:<12} {}", finding.about, finding.text);
    }
    if findings.iter().any(|finding| finding.weight == Weight::Danger) {
        bail!("Muster must not run like this; mend what is marked DANGER");
    }
    Ok(())
}
