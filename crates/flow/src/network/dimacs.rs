//! Reader for the minimum-cost flow format of the first DIMACS implementation challenge (1991).
//!
//! Lines: `c` comment, `p min NODES ARCS`, `n NODE SUPPLY`, `a FROM TO LOWER CAPACITY COST`; nodes count from 1.

use std::fmt;
use std::io::BufRead;

use super::{Arc, Network};

/// What is wrong with a file, and in which line (from 1).
#[derive(Debug)]
#[non_exhaustive]
pub enum DimacsError {
    /// Reading failed.
    Read(std::io::Error),
    /// The line is not one of the format, or not at its place.
    Line(usize),
    /// There is no `p min` line, or fewer arcs than it announces.
    Incomplete,
}

impl fmt::Display for DimacsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "the network cannot be read: {error}"),
            Self::Line(line) => write!(f, "line {line} is not a line of a DIMACS minimum-cost flow file"),
            Self::Incomplete => write!(f, "the file ends before all arcs that its problem line announces"),
        }
    }
}

impl std::error::Error for DimacsError {}

/// Reads a network. Memory grows with what the file holds, not with what it announces.
pub fn read_dimacs(input: impl BufRead) -> Result<Network, DimacsError> {
    let mut network = Network::default();
    let mut announced = None;
    for (index, line) in input.lines().enumerate() {
        let line = line.map_err(DimacsError::Read)?;
        let wrong = DimacsError::Line(index + 1);
        let mut words = line.split_ascii_whitespace();
        match (words.next(), announced) {
            (None | Some("c"), _) => {}
            (Some("p"), None) if words.next() == Some("min") => {
                let (Some([nodes, arcs]), None) = (numbers(&mut words), words.next()) else { return Err(wrong) };
                let (Ok(nodes), Ok(arcs)) = (usize::try_from(nodes), usize::try_from(arcs)) else { return Err(wrong) };
                if nodes >= MOST_NODES {
                    return Err(wrong);
                }
                network.supply = vec![0; nodes];
                announced = Some(arcs);
            }
            (Some("n"), Some(_)) => {
                let Some([node, supply]) = numbers(&mut words) else { return Err(wrong) };
                let node = from_one(node).filter(|&node| node < network.supply.len()).ok_or(wrong)?;
                network.supply[node] = supply;
            }
            (Some("a"), Some(_)) => {
                network.arcs.push(arc(&mut words, network.supply.len()).ok_or(wrong)?);
            }
            _ => return Err(wrong),
        }
    }
    if announced == Some(network.arcs.len()) { Ok(network) } else { Err(DimacsError::Incomplete) }
}

/// A line may announce any number of nodes; beyond this it is a mistake or an attack.
const MOST_NODES: usize = 1 << 26;

fn arc<'a>(words: &mut impl Iterator<Item = &'a str>, nodes: usize) -> Option<Arc> {
    let [from, to, lower, capacity, cost] = numbers(words)?;
    let end = |node| from_one(node).filter(|&node| node < nodes);
    let capacity = if capacity < 0 { super::UNBOUNDED } else { capacity };
    Some(Arc { from: end(from)?, to: end(to)?, lower, capacity, cost })
}

fn from_one(node: i64) -> Option<usize> {
    usize::try_from(node).ok()?.checked_sub(1)
}

fn numbers<'a, const N: usize>(words: &mut impl Iterator<Item = &'a str>) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = words.next()?.parse().ok()?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_format_allows() {
        let text = "c two nodes\np min 2 1\nn 1 4\nn 2 -4\n\na 1 2 1 9 -3\n";
        let network = read_dimacs(text.as_bytes()).unwrap();
        assert_eq!(network.supply, [4, -4]);
        assert_eq!(network.arcs, [Arc { from: 0, to: 1, lower: 1, capacity: 9, cost: -3 }]);
    }

    #[test]
    fn names_the_line_that_is_wrong() {
        for (text, line) in [
            ("a 1 2 0 1 1", 1),
            ("p max 2 1", 1),
            ("p min 2 1\nn 3 1", 2),
            ("p min 2 1\nn 0 1", 2),
            ("p min 2 1\na 1 2 0 1", 2),
            ("p min 2 1\na 1 2 0 1 99999999999999999999", 2),
            ("p min 99999999999 1", 1),
            ("p min 1 0\np min 1 0", 2),
            ("hello", 1),
        ] {
            assert!(matches!(read_dimacs(text.as_bytes()), Err(DimacsError::Line(at)) if at == line), "{text}");
        }
        assert!(matches!(read_dimacs(&b"p min 2 1\n"[..]), Err(DimacsError::Incomplete)));
        assert!(matches!(read_dimacs(&b""[..]), Err(DimacsError::Incomplete)));
    }
}
