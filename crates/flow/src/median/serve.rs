//! Serving all demand from a given set of open candidates, at least cost.

use super::{Sited, Siting, SitingError};
use crate::network::{Arc, Network, UNBOUNDED};

/// With more open candidates than this, each point is first offered its nearest only.
const OFFERED: usize = 24;

impl Siting {
    pub(super) fn serve(&self, open: Vec<usize>) -> Result<Sited, SitingError> {
        let nearest = self.nearest(&open);
        let mut room: Vec<u64> = open.iter().map(|&candidate| self.capacity[candidate]).collect();
        let mut fits = true;
        for (&at, &weight) in nearest.iter().zip(&self.weight) {
            fits &= room[at] >= u64::from(weight);
            room[at] = room[at].saturating_sub(weight.into());
        }
        let served = if fits {
            let points = nearest.iter().zip(&self.weight).enumerate();
            points.map(|(point, (&at, &weight))| (point, open[at], u64::from(weight))).collect()
        } else {
            let few = if open.len() > OFFERED { self.by_flow(&open, OFFERED) } else { None };
            few.or_else(|| self.by_flow(&open, open.len())).ok_or(SitingError::Capacity)?
        };
        let cost = |&(point, at, amount): &(usize, usize, u64)| i64::from(self.row(at)[point]) * amount as i64;
        Ok(Sited { objective: served.iter().map(cost).sum(), open, served, lower_bound: 0 })
    }

    /// The place in `open` of each point's nearest candidate.
    fn nearest(&self, open: &[usize]) -> Vec<usize> {
        let mut nearest = vec![(u32::MAX, 0); self.weight.len()];
        for (at, &candidate) in open.iter().enumerate() {
            for (known, &way) in nearest.iter_mut().zip(self.row(candidate)) {
                *known = (*known).min((way, at));
            }
        }
        nearest.into_iter().map(|known| known.1).collect()
    }

    /// Minimum-cost flow from points to the `offered` nearest open candidates of each.
    fn by_flow(&self, open: &[usize], offered: usize) -> Option<Vec<(usize, usize, u64)>> {
        let points = self.weight.len();
        let sink = points + open.len();
        let mut network = Network { supply: vec![0; sink + 1], arcs: Vec::new() };
        let mut order: Vec<usize> = (0..open.len()).collect();
        for (point, &weight) in self.weight.iter().enumerate() {
            network.supply[point] = weight.into();
            network.supply[sink] -= i64::from(weight);
            order.sort_by_key(|&at| (self.row(open[at])[point], at));
            for &at in &order[..offered] {
                let cost = self.row(open[at])[point].into();
                network.arcs.push(Arc { from: point, to: points + at, lower: 0, capacity: UNBOUNDED, cost });
            }
        }
        let ways = network.arcs.len();
        for (at, &candidate) in open.iter().enumerate() {
            let capacity = i64::try_from(self.capacity[candidate]).unwrap_or(UNBOUNDED).min(UNBOUNDED);
            network.arcs.push(Arc { from: points + at, to: sink, lower: 0, capacity, cost: 0 });
        }
        let flow = network.solve().ok()?;
        let used = network.arcs[..ways].iter().zip(&flow.flow).filter(|(_, amount)| **amount > 0);
        Some(used.map(|(arc, &amount)| (arc.from, open[arc.to - points], amount as u64)).collect())
    }
}
