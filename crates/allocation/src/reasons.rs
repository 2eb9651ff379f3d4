//! Why not nearer: for everybody who could have had a shorter way, what that would have cost the others and who of them would
//! have had to move.

use std::path::Path;

use flow::{Live, Move, Plan};
use sheets::Cell;

use crate::answer::{close, table};
use crate::{Fault, Line, Question};

const HEADINGS: &[&str] =
    &["volunteer", "site", "role", "distance_m", "reason", "nearer_site", "nearer_role", "saved_m", "loss", "moves"];

/// Writes a line for everybody in the plan; the last five columns are empty for whoever has the nearest post there is.
/// `loss` is what the plan as a whole would lose, exactly; `moves` names everybody who would move.
pub fn write_reasons(path: &Path, question: &Question, plan: &Plan) -> Result<(), Fault> {
    let mut live = Live::new(question.problem.clone(), plan)?;
    let mut out = table(path, "reasons", HEADINGS)?;
    for line in Line::all(question, plan) {
        let nearer = nearest(question, &line).filter(|_| !is_pinned(question, line.volunteer));
        let told = match nearer {
            Some((post, saved_m)) => Some((post, saved_m, live.displacing(line.volunteer, post)?)),
            None => None,
        };
        let moves = told.as_ref().map_or_else(String::new, |told| in_words(question, &told.2.moves[1..]));
        let why = [
            Cell::from(told.as_ref().map(|told| question.site_code(told.0))),
            Cell::from(told.as_ref().map(|told| question.posts[told.0].1.name())),
            Cell::from(told.as_ref().map(|told| told.1)),
            Cell::from(told.as_ref().map(|told| told.2.extra_cost)),
            Cell::from(&moves),
        ];
        out.row(line.cells(question).into_iter().chain(why)).map_err(Fault::written(path))?;
    }
    close(path, out)
}

/// The nearest post the volunteer could take, if it is nearer than the one they have, and what it would spare them.
fn nearest(question: &Question, line: &Line) -> Option<(usize, i64)> {
    let roles = question.tables.volunteers[line.volunteer].roles;
    let own_m = line.distance_m?;
    let able = (0..question.posts.len()).filter(|&post| {
        roles & question.posts[post].1.bit() != 0 && question.problem.posts[post].need > 0 && post != line.post
    });
    let nearest = able.filter_map(|post| Some((question.distance_m(line.volunteer, post)?, post))).min()?;
    (nearest.0 < own_m).then_some((nearest.1, own_m - nearest.0))
}

fn is_pinned(question: &Question, volunteer: usize) -> bool {
    question.tables.held.get(volunteer).is_some_and(|held| held.is_some_and(|held| held.has_arrived))
}

/// `V12: S3 → S4; V77: S4 → –`.
fn in_words(question: &Question, moves: &[Move]) -> String {
    let place = |post: Option<usize>| post.map_or("–", |post| question.site_code(post));
    let step = |step: &Move| {
        let code = &question.tables.volunteers[step.agent].code;
        format!("{code}: {} → {}", place(step.from), place(step.to))
    };
    moves.iter().map(step).collect::<Vec<_>>().join("; ")
}
