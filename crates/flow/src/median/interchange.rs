//! The best swap of an open and a closed candidate, again and again. Capacities are not looked at here.

use super::Siting;

impl Siting {
    /// A set that no single swap makes cheaper, as long as demand goes to the nearest open candidate and the open ones
    /// together are large enough.
    pub(super) fn interchange(&self, mut open: Vec<usize>) -> Vec<usize> {
        let demand = self.demand();
        let mut room: u128 = open.iter().map(|&at| u128::from(self.capacity[at])).sum();
        while let Some((out, into)) = self.best_swap(&open, |out, into| {
            room - u128::from(self.capacity[out]) + u128::from(self.capacity[into]) >= u128::from(demand)
        }) {
            room = room - u128::from(self.capacity[open[out]]) + u128::from(self.capacity[into]);
            open[out] = into;
        }
        open.sort_unstable();
        open
    }

    /// The place in `open` and the closed candidate whose swap saves most, if any saves.
    fn best_swap(&self, open: &[usize], allowed: impl Fn(usize, usize) -> bool) -> Option<(usize, usize)> {
        let near = self.two_nearest(open);
        let mut loss_without = vec![0_i64; open.len()];
        for (&(first, second, at), &weight) in near.iter().zip(&self.weight) {
            loss_without[at] += i64::from(weight) * (i64::from(second) - i64::from(first));
        }
        let mut best = (0, None);
        let mut lost = vec![0_i64; open.len()];
        for into in (0..self.capacity.len()).filter(|candidate| !open.contains(candidate)) {
            lost.clone_from(&loss_without);
            let mut saved = 0;
            for ((&(first, second, at), &way), &weight) in near.iter().zip(self.row(into)).zip(&self.weight) {
                let (first, second, way) = (i64::from(first), i64::from(second), i64::from(way));
                if way < first {
                    saved += i64::from(weight) * (first - way);
                    lost[at] -= i64::from(weight) * (second - first);
                } else if way < second {
                    lost[at] -= i64::from(weight) * (second - way);
                }
            }
            let outs = (0..open.len()).filter(|&at| allowed(open[at], into));
            if let Some(out) = outs.min_by_key(|&at| lost[at])
                && lost[out] - saved < best.0
            {
                best = (lost[out] - saved, Some((out, into)));
            }
        }
        best.1
    }

    /// For each point the distance to the nearest and second nearest open candidate, and the nearest's place in `open`.
    fn two_nearest(&self, open: &[usize]) -> Vec<(u32, u32, usize)> {
        let mut near = vec![(u32::MAX, u32::MAX, 0); self.weight.len()];
        for (at, &candidate) in open.iter().enumerate() {
            for (known, &way) in near.iter_mut().zip(self.row(candidate)) {
                if way < known.0 {
                    *known = (way, known.0, at);
                } else if way < known.1 {
                    known.1 = way;
                }
            }
        }
        near
    }
}
