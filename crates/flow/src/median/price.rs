//! The bound: prices of demand, and what candidates gain from serving at them.

use super::{FINE, Siting};

pub(super) struct Prices {
    /// Price of a unit of each point's demand, in [`FINE`]ths.
    price: Vec<f64>,
    whole: Vec<i64>,
    gains: Vec<(i64, usize)>,
    order: Vec<(i64, usize)>,
}

/// What the prices show.
pub(super) struct View {
    pub bound: i64,
    pub open: Vec<usize>,
    /// Demand of each point that nobody serves (negative: that is served more than once).
    rest: Vec<i64>,
}

impl Prices {
    /// Each point pays for its `count`-th part of all ways: the mean of its nearest and its mean distance.
    pub fn new(siting: &Siting) -> Self {
        let points = siting.weight.len();
        let mut nearest = vec![u32::MAX; points];
        for candidate in 0..siting.capacity.len() {
            for (near, &way) in nearest.iter_mut().zip(siting.row(candidate)) {
                *near = (*near).min(way);
            }
        }
        let price = nearest.iter().map(|&near| (f64::from(near) * 1.5 + 1.0) * FINE as f64).collect();
        Self { price, whole: vec![0; points], gains: Vec::new(), order: Vec::new() }
    }

    /// Counts the bound at these prices.
    pub fn look(&mut self, siting: &Siting) -> View {
        for (whole, &price) in self.whole.iter_mut().zip(&self.price) {
            *whole = price.round() as i64;
        }
        self.gains.clear();
        for candidate in 0..siting.capacity.len() {
            let gain = self.serve(siting, candidate, |_, _| {});
            self.gains.push((gain, candidate));
        }
        self.gains.sort_unstable();
        let mut open: Vec<usize> = self.gains[..siting.count].iter().map(|gain| gain.1).collect();
        open.sort_unstable();
        let paid = self.whole.iter().zip(&siting.weight).map(|(&price, &weight)| price * i64::from(weight));
        let bound = paid.sum::<i64>() + self.gains[..siting.count].iter().map(|gain| gain.0).sum::<i64>();
        let mut rest: Vec<i64> = siting.weight.iter().map(|&weight| i64::from(weight)).collect();
        for &candidate in &open {
            self.serve(siting, candidate, |point, amount| rest[point] -= amount);
        }
        View { bound, open, rest }
    }

    /// What a candidate gains at most (as a cost, so never above zero); `take` hears what it serves for that.
    fn serve(&mut self, siting: &Siting, candidate: usize, mut take: impl FnMut(usize, i64)) -> i64 {
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        for (point, (&way, &price)) in siting.row(candidate).iter().zip(&self.whole).enumerate() {
            let reduced = i64::from(way) * FINE - price;
            if reduced < 0 {
                order.push((reduced, point));
            }
        }
        let mut room = i64::try_from(siting.capacity[candidate]).unwrap_or(i64::MAX);
        let wanted: i64 = order.iter().map(|&(_, point)| i64::from(siting.weight[point])).sum();
        if wanted > room {
            order.sort_unstable();
        }
        let mut gain = 0;
        for &(reduced, point) in &order {
            let amount = i64::from(siting.weight[point]).min(room);
            room -= amount;
            gain += reduced * amount;
            take(point, amount);
        }
        self.order = order;
        gain
    }

    /// Raises the price of what is not served, lowers that of what is served twice; the step aims at the best known cost.
    pub fn step(&mut self, siting: &Siting, view: &View, eager: f64, aim: i64) {
        let squares = view.rest.iter().zip(&siting.weight).filter(|pair| *pair.1 > 0);
        let norm: f64 = squares.map(|(&rest, &weight)| (rest as f64).powi(2) / f64::from(weight)).sum();
        if norm > 0.0 {
            let by = eager * ((aim - view.bound) as f64).max(1.0) / norm;
            for ((price, &rest), &weight) in self.price.iter_mut().zip(&view.rest).zip(&siting.weight) {
                if weight > 0 {
                    *price = (*price + by * rest as f64 / f64::from(weight)).max(0.0);
                }
            }
        }
    }
}
