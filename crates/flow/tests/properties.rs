//! What holds for every problem: order does not matter, more people never cost more, and no size or place is too strange.

use flow::network::{Arc, Network};
use flow::towns::{Chance, Towns};
use flow::{Agent, Plan, Position, Post, Problem, Travel, check, solve};

fn town(seed: u64, need_share: f64) -> Problem {
    Towns { seed, agents: 150, places: 9, need_share }.problem()
}

/// Solves, and lets the referee recount.
fn proven(problem: &Problem, what: &str) -> Plan {
    let plan = solve(problem).unwrap_or_else(|error| panic!("{what}: {error}"));
    let proof = check(problem, &plan).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(proof.is_optimal(), "{what}: {} above {}", proof.objective, proof.lower_bound);
    assert_eq!((proof.objective, proof.lower_bound), (plan.objective, plan.lower_bound), "{what}");
    plan
}

fn shuffled(count: usize, chance: &mut Chance) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        order.swap(at, chance.below(at + 1));
    }
    order
}

#[test]
fn the_order_of_people_posts_and_places_changes_nothing_but_names() {
    for seed in 0..40 {
        let mut chance = Chance::new(seed);
        let problem = town(seed, [0.9, 1.0, 1.1][chance.below(3)]);
        let agents = shuffled(problem.agents.len(), &mut chance);
        let posts = shuffled(problem.posts.len(), &mut chance);
        let places = shuffled(problem.places.len(), &mut chance);
        let now_at = |old: usize| places.iter().position(|&place| place == old).unwrap();
        let renamed = Problem {
            places: places.iter().map(|&place| problem.places[place]).collect(),
            posts: posts
                .iter()
                .map(|&post| problem.posts[post])
                .map(|post| Post { place: now_at(post.place), ..post })
                .collect(),
            agents: agents.iter().map(|&agent| problem.agents[agent].clone()).collect(),
            links: problem.links.iter().rev().map(|&(group, place)| (group, now_at(place))).collect(),
            ..problem.clone()
        };
        let what = format!("seed {seed}");
        assert_eq!(proven(&problem, &what).objective, proven(&renamed, &what).objective, "{what}");
    }
}

#[test]
fn one_more_person_never_costs_more() {
    for seed in 0..40 {
        let whole = town(seed, 1.05);
        let mut before = i64::MAX;
        for agents in [120, 121, 122, 135, 150] {
            let mut problem = whole.clone();
            problem.agents.truncate(agents);
            let objective = proven(&problem, &format!("seed {seed}, {agents} people")).objective;
            assert!(objective <= before, "seed {seed}: {agents} people cost {objective}, fewer cost {before}");
            before = objective;
        }
    }
}

#[test]
fn the_same_question_has_the_same_answer() {
    let problem = town(3, 1.05);
    let first = proven(&problem, "once");
    for _ in 0..3 {
        assert_eq!(solve(&problem).unwrap(), first);
    }
}

#[test]
fn a_second_algorithm_finds_the_same_cost() {
    for (seed, need_share) in [(1, 0.8), (2, 0.95), (3, 1.0), (4, 1.05), (5, 1.6)] {
        let problem = town(seed, need_share);
        let cost = by_network_simplex(&problem);
        assert_eq!(
            i128::from(proven(&problem, &format!("seed {seed}")).objective),
            cost,
            "seed {seed} at {need_share}"
        );
    }
}

/// Every pair as an arc of a network.
fn by_network_simplex(problem: &Problem) -> i128 {
    let (agents, sink) = (problem.agents.len(), problem.agents.len() + problem.posts.len());
    let mut network = Network { supply: vec![0; sink + 1], arcs: Vec::new() };
    let mut arc = |from, to, capacity: u32, cost| {
        network.arcs.push(Arc { from, to, lower: 0, capacity: capacity.into(), cost });
    };
    for (at, who) in problem.agents.iter().enumerate() {
        arc(at, sink, 1, who.idle_cost);
        let able = problem.posts.iter().enumerate().filter(|(_, post)| who.skills >> post.skill & 1 == 1);
        for (index, post) in able {
            let is_linked = who.group.is_some_and(|group| problem.links.contains(&(group, post.place)));
            let way = who.position.metres_to(problem.places[post.place], 1.3);
            arc(at, agents + index, 1, way + who.penalty + if is_linked { 0 } else { problem.unlinked_cost });
        }
    }
    for (index, post) in problem.posts.iter().enumerate() {
        arc(agents + index, sink, post.crew, -post.crew_price);
        arc(agents + index, sink, post.need - post.crew, -post.gap_price);
    }
    network.supply[..agents].fill(1);
    network.supply[sink] = -i64::try_from(agents).unwrap();
    let empty: i64 = problem.posts.iter().map(|post| post.shortage_cost(0)).sum();
    network.solve().unwrap().cost + i128::from(empty)
}

#[test]
fn no_place_on_earth_is_too_strange() {
    let strange = [
        (90.0, 0.0),
        (90.0, 180.0),
        (-90.0, -77.0),
        (0.0, 180.0),
        (0.0, -180.0),
        (0.0, 0.0),
        (-0.0, 0.0),
        (1e-300, -1e-300),
        (89.999_999_9, 12.0),
        (21.66, 110.92),
        (-21.66, -69.08),
    ];
    let at = |index: usize| Position::new(strange[index % strange.len()].0, strange[index % strange.len()].1);
    for seed in 0..60 {
        let mut chance = Chance::new(seed);
        let mut problem = town(seed, 1.0);
        problem.agents.truncate(40);
        problem.places.iter_mut().for_each(|place| *place = at(chance.below(11)));
        problem.agents.iter_mut().for_each(|agent| agent.position = at(chance.below(11)));
        let cost = by_network_simplex(&problem);
        assert_eq!(i128::from(proven(&problem, &format!("seed {seed}")).objective), cost, "seed {seed}");
    }
}

#[test]
fn everybody_at_one_place_is_a_problem_like_any_other() {
    let mut problem = town(8, 1.05);
    let here = problem.places[0];
    problem.places.iter_mut().for_each(|place| *place = here);
    problem.agents.iter_mut().for_each(|agent| agent.position = here);
    assert_eq!(i128::from(proven(&problem, "one place").objective), by_network_simplex(&problem));
    problem.travel = Travel::Matrix { cost: vec![0; problem.places.len()] };
    proven(&problem, "one place, by a matrix");
}

#[test]
fn nobody_nothing_and_one_are_answered() {
    let problem = town(9, 1.0);
    let nothing_wanted = |post: &Post| Post { need: 0, crew: 0, ..*post };
    let idle = Problem { posts: problem.posts.iter().map(nothing_wanted).collect(), ..problem.clone() };
    assert_eq!(proven(&idle, "nothing is wanted").assigned(), 0);
    assert_eq!(proven(&Problem { agents: Vec::new(), ..problem.clone() }, "nobody").assigned(), 0);
    let one = Problem { agents: problem.agents[..1].to_vec(), ..problem.clone() };
    assert_eq!(proven(&one, "one person").assigned(), usize::from(one.agents[0].skills != 0));
    assert_eq!(proven(&Problem::default(), "an empty problem").objective, 0);
    let unable = problem.agents.iter().map(|agent| Agent { skills: 0, ..agent.clone() }).collect();
    assert_eq!(proven(&Problem { agents: unable, ..problem }, "nobody can").assigned(), 0);
}

#[test]
fn weights_of_a_billion_are_counted_to_the_unit() {
    for seed in 0..20 {
        let mut chance = Chance::new(seed);
        let mut problem = town(seed, 1.1);
        let mut heavy = |share: f64| (1e9 * share * (0.5 + chance.unit())) as i64;
        problem.unlinked_cost = heavy(0.01);
        for post in &mut problem.posts {
            post.gap_price = heavy(1.0);
            post.crew_price = post.gap_price + heavy(1.0);
        }
        for agent in &mut problem.agents {
            agent.penalty = heavy(0.1);
        }
        let cost = by_network_simplex(&problem);
        assert_eq!(i128::from(proven(&problem, &format!("seed {seed}")).objective), cost, "seed {seed}");
    }
}
