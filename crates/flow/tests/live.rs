//! Plans in force: every change is mended to the optimum, and the certificate covers all pairs after each.

use flow::towns::{Chance, Towns};
use flow::{Live, Plan, Problem, check, displacement, nearer_posts, solve};

/// A district in which moving somebody costs 100,000, and calling somebody too unless in reserve.
fn in_force(seed: u64, need_share: f64) -> (Problem, Plan) {
    let mut problem = Towns { seed, agents: 500, places: 20, need_share }.problem();
    let plan = solve(&problem).unwrap();
    for (agent, &post) in problem.agents.iter_mut().zip(&plan.post_of) {
        agent.home = post;
        agent.away_cost = if post.is_none() && agent.penalty >= 50_000 { 0 } else { 100_000 };
    }
    (problem, plan)
}

fn prove(live: &mut Live, what: &str) -> Plan {
    let plan = live.plan();
    let proof = check(live.problem(), &plan).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!((proof.objective, proof.lower_bound), (plan.objective, plan.lower_bound), "{what}");
    assert!(proof.is_optimal(), "{what}: gap {}", plan.gap());
    plan
}

#[test]
fn every_change_is_mended_to_the_optimum() {
    for (seed, need_share) in [(1, 0.9), (2, 1.05), (3, 0.6), (4, 1.0)] {
        let (problem, plan) = in_force(seed, need_share);
        let mut live = Live::new(problem, &plan).unwrap();
        assert_eq!(prove(&mut live, "taken over").post_of, plan.post_of, "nobody moves without a reason");
        let mut chance = Chance::new(seed);
        for round in 0..40 {
            let before = live.plan();
            let post = chance.below(80);
            let what = live.problem().posts[post];
            let moves = match chance.below(6) {
                0 => live.set_need(post, 0, 0),
                1 => live.set_need(post, what.need.saturating_sub(2), what.crew.saturating_sub(2)),
                2 => live.set_need(post, what.need + 3, what.crew + 1),
                3 => live.withdraw(&[chance.below(500), chance.below(500)]),
                4 => live.admit(&[chance.below(500), chance.below(500)], 0b101),
                _ => live.pin(&[chance.below(500), chance.below(500)]).map(|()| Vec::new()),
            };
            let after = prove(&mut live, &format!("seed {seed} round {round}"));
            let mut replayed = before.post_of;
            for step in moves.unwrap() {
                assert_eq!(replayed[step.agent], step.from);
                replayed[step.agent] = step.to;
            }
            assert_eq!(replayed, after.post_of, "seed {seed} round {round}: the moves are the difference");
        }
        let anew = solve(live.problem()).unwrap();
        assert_eq!(anew.objective, live.plan().objective, "seed {seed}: as good as from nothing");
    }
}

#[test]
fn three_more_come_from_the_reserve_and_nobody_else_moves() {
    let (mut problem, plan) = in_force(5, 0.6);
    problem
        .agents
        .extend((0..3).map(|_| flow::Agent { penalty: 50_000, ..flow::Agent::new(problem.places[0], 0b1111) }));
    let plan = Plan { post_of: plan.post_of.iter().copied().chain([None; 3]).collect(), ..plan };
    let mut live = Live::new(problem, &plan).unwrap();
    let what = live.problem().posts[0];
    let moves = live.set_need(0, what.need + 3, what.crew).unwrap();
    assert_eq!(moves.len(), 3);
    assert!(moves.iter().all(|step| step.from.is_none() && step.to == Some(0)));
    assert!(moves.iter().all(|step| live.problem().agents[step.agent].penalty >= 50_000));
}

#[test]
fn reasons_are_what_a_forced_plan_costs() {
    let problem = Towns { seed: 6, agents: 300, places: 12, need_share: 0.9 }.problem();
    let plan = solve(&problem).unwrap();
    let mut live = Live::new(problem.clone(), &plan).unwrap();
    let mut asked = 0;
    for agent in 0..300 {
        for nearer in nearer_posts(&problem, &plan, agent).unwrap().into_iter().take(2) {
            let forced = displacement(&problem, &plan, agent, nearer.post).unwrap();
            let told = live.displacing(agent, nearer.post).unwrap();
            let mut carried_out = plan.clone();
            for step in &told.moves {
                assert_eq!(carried_out.post_of[step.agent], step.from, "agent {agent}: {told:?}");
                carried_out.post_of[step.agent] = step.to;
            }
            let after = check(&problem, &carried_out).unwrap();
            assert_eq!(after.objective - plan.objective, told.extra_cost, "the moves cost what is told: {told:?}");
            assert_eq!(told.extra_cost, forced.extra_cost, "agent {agent} to {}: {told:?} {forced:?}", nearer.post);
            assert!(nearer.lost_at_least >= 0 && forced.extra_cost >= nearer.lost_at_least, "agent {agent}");
            assert!(forced.moves.iter().any(|step| step.agent == agent && step.to == Some(nearer.post)));
            asked += 1;
        }
    }
    assert!(asked > 30, "only {asked} agents could have gone nearer");
    assert_eq!(live.plan(), plan, "asking changes nothing");
}

#[test]
fn a_work_ended_early_gives_a_plan_with_an_honest_gap() {
    let problem = Towns { seed: 8, agents: 2_000, places: 70, need_share: 1.0 }.problem();
    let best = solve(&problem).unwrap();
    let mut told_in_all = 0;
    assert_eq!(
        flow::solve_watched(&problem, &mut |_| {
            told_in_all += 1;
            true
        })
        .unwrap(),
        best
    );
    assert!(told_in_all > 20, "told only {told_in_all} times");
    for end in [1, 2, told_in_all / 4, told_in_all / 2, told_in_all - 1] {
        let mut told = 0;
        let plan = flow::solve_watched(&problem, &mut |_| {
            told += 1;
            told < end
        })
        .unwrap();
        let proof = check(&problem, &plan).unwrap();
        assert_eq!((proof.objective, proof.lower_bound), (plan.objective, plan.lower_bound), "ended at {end}");
        assert!(plan.lower_bound <= best.objective && best.objective <= plan.objective, "ended at {end}");
        assert!(!plan.is_optimal() && plan.assigned() > 0, "ended at {end}");
    }
}
