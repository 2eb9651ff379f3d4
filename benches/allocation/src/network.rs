//! A district as a network of flow, in a file that every peer reads: little-endian 64-bit numbers – nodes, arcs, constant, then
//! supplies, then tails, heads, capacities and costs.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};

use flow::{Plan, Problem};

pub struct Instance {
    /// What the district costs with nobody placed.
    pub constant: i64,
    pub supply: Vec<i64>,
    pub tail: Vec<i64>,
    pub head: Vec<i64>,
    pub capacity: Vec<i64>,
    pub cost: Vec<i64>,
}

impl Instance {
    fn arc(&mut self, tail: usize, head: usize, capacity: i64, cost: i64) {
        self.tail.push(tail as i64);
        self.head.push(head as i64);
        self.capacity.push(capacity);
        self.cost.push(cost);
    }
}

/// Agents, then posts, then the sink.
pub fn write(problem: &Problem, plan: &Plan, near: usize, file: &str) -> io::Result<()> {
    let (agents, posts) = (problem.agents.len(), problem.posts.len());
    let sink = agents + posts;
    let mut instance = Instance {
        constant: problem.posts.iter().map(|post| post.shortage_cost(0)).sum(),
        supply: vec![0; sink + 1],
        tail: Vec::new(),
        head: Vec::new(),
        capacity: Vec::new(),
        cost: Vec::new(),
    };
    let mut linked = std::collections::HashSet::new();
    linked.extend(problem.links.iter().copied());
    for (at, agent) in problem.agents.iter().enumerate() {
        instance.supply[at] = 1;
        let mut ways: Vec<(i64, usize)> = problem.places.iter().enumerate().map(|(p, place)| (agent.position.metres_to(*place, 1.3), p)).collect();
        let own = plan.post_of[at];
        if near < ways.len() {
            ways.select_nth_unstable(near);
            let far = [1, 2, 3].map(|k| (at * 7_919 + k * 104_729) % ways.len()).map(|far| ways[far]);
            ways.truncate(near);
            ways.extend(far);
            let mut also: Vec<usize> = problem.links.iter().filter(|link| Some(link.0) == agent.group).map(|link| link.1).collect();
            also.extend(own.map(|post| problem.posts[post].place));
            ways.extend(also.into_iter().map(|p| (agent.position.metres_to(problem.places[p], 1.3), p)));
            ways.sort_unstable();
            ways.dedup();
        }
        for (way, place) in ways {
            let is_linked = agent.group.is_some_and(|group| linked.contains(&(group, place)));
            let cost = way + agent.penalty + if is_linked { 0 } else { problem.unlinked_cost };
            for post in (4 * place..4 * place + 4).filter(|&post| agent.skills >> problem.posts[post].skill & 1 == 1) {
                instance.arc(at, agents + post, 1, cost);
            }
        }
        instance.arc(at, sink, 1, agent.idle_cost);
    }
    for (post, what) in problem.posts.iter().enumerate() {
        instance.arc(agents + post, sink, what.crew.into(), -what.crew_price);
        instance.arc(agents + post, sink, (what.need - what.crew).into(), -what.gap_price);
    }
    instance.supply[sink] = -(agents as i64);
    let mut out = BufWriter::new(File::create(file)?);
    let head = [instance.supply.len() as i64, instance.tail.len() as i64, instance.constant];
    for part in [&head[..], &instance.supply, &instance.tail, &instance.head, &instance.capacity, &instance.cost] {
        part.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))?;
    }
    out.flush()
}

pub fn read(file: &str) -> io::Result<Instance> {
    let mut bytes = Vec::new();
    File::open(file)?.read_to_end(&mut bytes)?;
    let mut numbers = bytes.chunks_exact(8).map(|word| i64::from_le_bytes(word.try_into().expect("eight bytes")));
    let mut next = |count: usize| -> Vec<i64> { numbers.by_ref().take(count).collect() };
    let head = next(3);
    let (nodes, arcs) = (head[0] as usize, head[1] as usize);
    Ok(Instance { constant: head[2], supply: next(nodes), tail: next(arcs), head: next(arcs), capacity: next(arcs), cost: next(arcs) })
}
