//! This duty's part of the configuration: `[deployments]`.

use serde::Deserialize;
use web::{Desk, Fault, House};

use crate::rules::{forecast::Rates, weights::Weights};

/// What an operator may set.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub weights: Weights,
    pub rates: Rates,
}

/// Says what is wrong with the section.
pub fn check(settings: &web::Settings) -> Result<(), String> {
    settings.of::<Settings>("deployments").map(drop)
}

/// How people come, as this house has set it. The face for duties above.
pub fn rates(house: &House) -> Result<Rates, store::Error> {
    house.settings.of::<Settings>("deployments").map(|settings| settings.rates).map_err(store::Error::Bug)
}

impl Settings {
    pub fn of(house: &House) -> Result<Self, Fault> {
        house.settings.of("deployments").map_err(Fault::Bug)
    }

    pub fn at(desk: &Desk) -> Result<Self, Fault> {
        Self::of(desk.house())
    }
}
