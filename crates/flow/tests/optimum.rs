//! Small problems against every possible plan, and properties that hold for all.

use flow::towns::{Chance, Towns};
use flow::{Agent, Live, Plan, Position, Post, Problem, Travel, check, replan, solve};

/// The cheapest plan by trying all: for each agent every allowed post and idling.
fn cheapest_by_trying_all(problem: &Problem) -> i64 {
    fn cost(problem: &Problem, agent: usize, post: usize) -> i64 {
        let (who, place) = (&problem.agents[agent], problem.posts[post].place);
        let linked = who.group.is_some_and(|group| problem.links.contains(&(group, place)));
        who.position.metres_to(problem.places[place], 1.3)
            + who.penalty
            + if linked { 0 } else { problem.unlinked_cost }
            + if who.home == Some(post) { 0 } else { who.away_cost }
    }
    fn try_all(problem: &Problem, agent: usize, filled: &mut [u32]) -> i64 {
        if agent == problem.agents.len() {
            return problem.posts.iter().zip(filled).map(|(post, filled)| post.shortage_cost(*filled)).sum();
        }
        let pin = problem.pinned.iter().find(|pin| pin.0 == agent).map(|pin| pin.1);
        let mut best = match pin {
            Some(_) => i64::MAX,
            None => problem.agents[agent].idle_cost + try_all(problem, agent + 1, filled),
        };
        for post in 0..problem.posts.len() {
            let able = problem.agents[agent].skills >> problem.posts[post].skill & 1 == 1;
            let free = filled[post] < problem.posts[post].need && !problem.barred.contains(&(agent, post));
            if pin == Some(post) || (pin.is_none() && able && free) {
                filled[post] += 1;
                best = best.min(cost(problem, agent, post) + try_all(problem, agent + 1, filled));
                filled[post] -= 1;
            }
        }
        best
    }
    // Pinned agents first, so that their slots are taken before anybody else chooses.
    let mut ordered = problem.clone();
    let mut order: Vec<usize> = (0..problem.agents.len()).collect();
    order.sort_by_key(|agent| !problem.pinned.iter().any(|pin| pin.0 == *agent));
    let place = |agent: usize| order.iter().position(|&old| old == agent).unwrap();
    ordered.agents = order.iter().map(|&agent| problem.agents[agent].clone()).collect();
    ordered.barred = problem.barred.iter().map(|&(agent, post)| (place(agent), post)).collect();
    ordered.pinned = problem.pinned.iter().map(|&(agent, post)| (place(agent), post)).collect();
    try_all(&ordered, 0, &mut vec![0; problem.posts.len()])
}

/// A problem of at most 8 agents and 4 posts with everything in it that a problem can have.
fn small_problem(chance: &mut Chance) -> Problem {
    let spot = |chance: &mut Chance| Position::new(21.5 + 0.3 * chance.unit(), 110.8 + 0.3 * chance.unit());
    let posts = chance.between(1, 4);
    let agents = chance.between(1, 7);
    let dear = [1_i64, 20_000, 60_000, 1_000_000][chance.below(4)];
    let mut problem = Problem {
        places: (0..2).map(|_| spot(chance)).collect(),
        posts: (0..posts)
            .map(|_| {
                let need = chance.below(4) as u32;
                let crew = chance.below(need as usize + 1) as u32;
                let gap_price = dear * (1 + chance.below(3) as i64);
                let crew_price = gap_price + dear * chance.below(2) as i64;
                Post { place: chance.below(2), skill: chance.below(2) as u8, need, crew, gap_price, crew_price }
            })
            .collect(),
        agents: (0..agents).map(|_| small_agent(spot(chance), posts, chance)).collect(),
        links: vec![(0, chance.below(2)), (1, 0)],
        ..Problem::default()
    };
    if chance.below(3) == 0 {
        problem.barred.push((chance.below(agents), chance.below(posts)));
    }
    if chance.below(3) == 0 {
        problem.pinned.push((chance.below(agents), chance.below(posts)));
    }
    problem
}

fn small_agent(position: Position, posts: usize, chance: &mut Chance) -> Agent {
    Agent {
        group: [None, Some(0), Some(1)][chance.below(3)],
        penalty: [0, 0, 3_000, 50_000][chance.below(4)],
        idle_cost: [0, 0, 5_000][chance.below(3)],
        home: [None, Some(chance.below(posts))][chance.below(2)],
        away_cost: [0, 0, 100_000][chance.below(3)],
        ..Agent::new(position, chance.below(4) as u32)
    }
}

/// Proves the plan and that the engine's own figures are the referee's.
fn prove(problem: &Problem, plan: &Plan, what: &str) {
    let proof = check(problem, plan).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(proof.objective, plan.objective, "{what}: objective");
    assert_eq!(proof.lower_bound, plan.lower_bound, "{what}: lower bound");
    assert!(proof.is_optimal(), "{what}: gap {}", plan.gap());
}

#[test]
fn agrees_with_trying_all_plans() {
    for seed in 0..1_500 {
        let problem = small_problem(&mut Chance::new(seed));
        let plan = solve(&problem).unwrap();
        prove(&problem, &plan, &format!("seed {seed}"));
        assert_eq!(plan.objective, cheapest_by_trying_all(&problem), "seed {seed}: {problem:?}");
    }
}

#[test]
fn a_similar_problem_is_mended_to_the_optimum() {
    for seed in 0..1_500 {
        let mut chance = Chance::new(seed);
        let problem = small_problem(&mut chance);
        let before = solve(&problem).unwrap();
        let mut changed = problem.clone();
        let post = chance.below(changed.posts.len());
        changed.posts[post].need += chance.below(3) as u32;
        let agent = chance.below(changed.agents.len());
        changed.agents[agent].skills = chance.below(4) as u32;
        let closed = chance.below(changed.posts.len() * 2);
        if let Some(post) = changed.posts.get_mut(closed) {
            (post.need, post.crew) = (0, 0);
        }
        let plan = replan(&changed, &before).unwrap();
        prove(&changed, &plan, &format!("seed {seed}"));
        assert_eq!(plan.objective, cheapest_by_trying_all(&changed), "seed {seed}: {changed:?}");
    }
}

#[test]
fn small_towns_short_and_in_surplus_are_proven() {
    for (seed, need_share) in [(1, 1.05), (2, 0.95), (3, 1.0), (4, 1.5), (5, 0.4)] {
        let problem = Towns { seed, agents: 400, places: 20, need_share }.problem();
        let plan = solve(&problem).unwrap();
        prove(&problem, &plan, &format!("seed {seed} at {need_share}"));
        assert!(plan.assigned() > 100);
    }
}

#[test]
fn the_referee_sees_a_worse_plan_and_refuses_a_wrong_one() {
    let problem = Towns { seed: 7, agents: 300, places: 15, need_share: 0.9 }.problem();
    let best = solve(&problem).unwrap();
    let mut worse = best.clone();
    let agent = worse.post_of.iter().position(Option::is_some).unwrap();
    worse.post_of[agent] = None;
    let proof = check(&problem, &worse).unwrap();
    assert!(!proof.is_optimal() && proof.objective > best.objective && proof.lower_bound == best.lower_bound);
    let mut dear = best.clone();
    dear.prices[0] += 500_000;
    assert!(check(&problem, &dear).unwrap().lower_bound < best.lower_bound);
    let mut unable = best.clone();
    let (agent, who) = problem.agents.iter().enumerate().find(|(_, who)| who.skills & 1 == 0).unwrap();
    assert_eq!(who.skills & 1, 0);
    unable.post_of[agent] = Some(0);
    assert_eq!(check(&problem, &unable), Err(flow::Error::Plan));
    let mut crowded = best;
    for (agent, who) in problem.agents.iter().enumerate() {
        crowded.post_of[agent] = (who.skills & 1 == 1).then_some(0);
    }
    assert_eq!(check(&problem, &crowded), Err(flow::Error::Plan));
}

#[test]
fn a_plan_in_force_stays_the_best_of_all_plans() {
    for seed in 0..400 {
        let mut chance = Chance::new(seed);
        let problem = small_problem(&mut chance);
        let mut live = Live::new(problem.clone(), &solve(&problem).unwrap()).unwrap();
        for round in 0..6 {
            let agent = chance.below(problem.agents.len());
            let post = chance.below(problem.posts.len());
            let need = chance.below(4) as u32;
            match chance.below(5) {
                0 | 1 => drop(live.set_need(post, need, chance.below(need as usize + 1) as u32).unwrap()),
                2 => drop(live.withdraw(&[agent]).unwrap()),
                3 => drop(live.admit(&[agent], chance.below(4) as u32).unwrap()),
                _ => live.pin(&[agent]).unwrap(),
            }
            let plan = live.plan();
            let what = format!("seed {seed} round {round}");
            prove(live.problem(), &plan, &what);
            assert_eq!(plan.objective, cheapest_by_trying_all(live.problem()), "{what}: {:?}", live.problem());
        }
    }
}

/// The bound of any prices, as its definition says it: each agent against each post.
fn bound_pair_by_pair(problem: &Problem, prices: &[i64]) -> i64 {
    let slots =
        |(post, &price): (&Post, &i64)| (0..post.need).map(|slot| price.min(post.slot_price(slot))).sum::<i64>();
    let cost = |agent: &Agent, index: usize, post: &Post| {
        let Travel::GreatCircle { stretch } = problem.travel else { unreachable!("towns have no matrix") };
        let way = agent.position.metres_to(problem.places[post.place], stretch);
        let is_linked = agent.group.is_some_and(|group| problem.links.contains(&(group, post.place)));
        let unlinked = if is_linked { 0 } else { problem.unlinked_cost };
        way + unlinked + agent.penalty + if agent.home == Some(index) { 0 } else { agent.away_cost }
    };
    let value = |agent: &Agent| {
        let wanted = problem.posts.iter().enumerate().filter(|(_, post)| post.need > 0);
        let able = wanted.filter(|(_, post)| agent.skills >> post.skill & 1 == 1);
        let deals = able.map(|(index, post)| cost(agent, index, post) - prices[index]);
        deals.fold(agent.idle_cost, i64::min)
    };
    problem.posts.iter().zip(prices).map(slots).sum::<i64>() + problem.agents.iter().map(value).sum::<i64>()
}

/// The towns have several neighbourhoods, and prices that are no optimum leave most of them worth a look.
#[test]
fn the_referees_bound_is_the_one_of_all_pairs_whatever_the_prices() {
    for seed in 0..6 {
        let mut chance = Chance::new(seed);
        let mut problem = Towns { seed, agents: 400, places: 500, need_share: 1.05 }.problem();
        let posts = problem.posts.len();
        for agent in &mut problem.agents {
            agent.home = (chance.below(3) == 0).then(|| chance.below(posts));
            agent.away_cost = [0, 1_000, 2_000][chance.below(3)];
        }
        let mut plan = solve(&problem).unwrap();
        for noise in [0_i64, 50, 30_000] {
            for price in &mut plan.prices {
                *price += chance.below(2 * noise as usize + 1) as i64 - noise;
            }
            let proof = check(&problem, &plan).unwrap();
            assert_eq!(proof.lower_bound, bound_pair_by_pair(&problem, &plan.prices), "seed {seed}, noise {noise}");
            assert_eq!(proof.is_optimal(), noise == 0, "seed {seed}, noise {noise}");
            assert_eq!(proof.pairs, 400 * 500);
        }
    }
}
