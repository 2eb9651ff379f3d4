//! How much work an answer takes, counted in steps: the same on every machine.

use flow::towns::Towns;

/// One word with whoever waits comes after so many steps.
const STEPS_PER_WORD: usize = 256;

const AGENTS: usize = 12_000;

fn steps(need_share: f64) -> usize {
    let problem = Towns { seed: 1, agents: AGENTS, places: 300, need_share }.problem();
    let mut words = 0;
    let plan = flow::solve_watched(&problem, &mut |_| {
        words += 1;
        true
    });
    assert!(plan.unwrap().is_optimal());
    words * STEPS_PER_WORD
}

/// Around 0.96 a picture of the problem lacks people and the whole does not, so that its prices are a million too high.
#[test]
fn just_enough_people_take_no_more_work_than_too_few_or_too_many() {
    for need_share in [0.85, 0.95, 0.96, 0.965, 0.97, 1.05] {
        let steps = steps(need_share);
        assert!(steps <= 60 * AGENTS, "{steps} steps when {need_share} of the people are wanted");
    }
}
