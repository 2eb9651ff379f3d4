//! The plan's lines and the report.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use domain::PostRole;
use flow::Plan;
use serde::Serialize;
use sheets::{Cell, Format, Layout, SheetOut};

use crate::{Fault, Link, Pick, Question, Reason, Weights};

/// One person at one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub volunteer: usize,
    pub post: usize,
    pub distance_m: Option<i64>,
    pub reason: Reason,
}

/// People missing at a post, and why the gap remains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmet {
    pub site: String,
    pub role: PostRole,
    pub missing: u32,
    /// Of these, members of the minimum crew.
    pub crew_missing: u32,
    pub why: Gap,
}

/// Why nobody fills a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Nobody has the role.
    NobodyQualified,
    /// Everybody with the role is on duty, and where they are they are worth as much or more.
    AllAssigned,
    /// People are free, but bringing them costs more than the gap.
    TooFar,
}

/// What one more person at a post would save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Worth {
    pub site: String,
    pub role: PostRole,
    pub need: u32,
    pub filled: u32,
    pub one_more_saves: i64,
}

/// What a team gives to others' sites and takes at its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfTeam {
    pub team: String,
    pub people: u32,
    pub at_own_sites: u32,
    pub given: u32,
    pub taken: u32,
    pub idle: u32,
}

/// The figures of a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub objective: i64,
    pub lower_bound: i64,
    pub optimal: bool,
    /// How much a better plan could save at most.
    pub gap: i64,
    pub assigned: u64,
    pub unmet: Vec<Unmet>,
    pub outside_link: u64,
    pub reserve_used: u64,
    pub moved: u64,
    pub travel_m: i64,
    pub user_s: f64,
    pub peak_mb: u64,
    /// Pairs of volunteer and site that the referee has looked at; zero where the engine's own certificate was believed.
    pub pairs: u64,
    pub weights: Weights,
    pub posts: Vec<Worth>,
    pub teams: Vec<OfTeam>,
}

impl Report {
    /// `proof` is the referee's; without one the engine's own figures stand.
    pub fn new(question: &Question, plan: &Plan, proof: Option<flow::Proof>) -> Self {
        let lines = Line::all(question, plan);
        let count = |is: &dyn Fn(&Line) -> bool| lines.iter().filter(|line| is(line)).count() as u64;
        let agents = &question.problem.agents;
        let links = question.links();
        let (objective, lower_bound) =
            proof.map_or((plan.objective, plan.lower_bound), |proof| (proof.objective, proof.lower_bound));
        let was_placed = |at: usize| question.tables.held.get(at).is_some_and(Option::is_some);
        Self {
            objective,
            lower_bound,
            optimal: objective == lower_bound,
            gap: objective - lower_bound,
            assigned: lines.len() as u64,
            unmet: unmet(question, plan),
            outside_link: count(&|line| !links.is_linked(line)),
            reserve_used: count(&|line| question.tables.volunteers[line.volunteer].is_reserve),
            moved: count(&|line| was_placed(line.volunteer) && agents[line.volunteer].home != Some(line.post)),
            travel_m: lines.iter().filter_map(|line| line.distance_m).sum(),
            user_s: 0.0,
            peak_mb: 0,
            pairs: proof.map_or(0, |proof| proof.pairs),
            weights: question.weights,
            posts: worths(question, plan),
            teams: teams(question, &lines),
        }
    }

    /// Writes the report as JSON.
    pub fn write(&self, path: &Path) -> Result<(), Fault> {
        let mut file = BufWriter::new(File::create(path).map_err(Fault::file(path))?);
        serde_json::to_writer_pretty(&mut file, self).map_err(|error| Fault::file(path)(error.into()))?;
        writeln!(file).and_then(|()| file.flush()).map_err(Fault::file(path))
    }
}

impl Line {
    const HEADINGS: &[&str] = &["volunteer", "site", "role", "distance_m", "reason"];

    /// What is written of a line, under its headings.
    pub(crate) fn cells<'q>(&self, question: &'q Question) -> [Cell<'q>; 5] {
        [
            Cell::from(&question.tables.volunteers[self.volunteer].code),
            Cell::from(question.site_code(self.post)),
            Cell::from(question.posts[self.post].1.name()),
            Cell::from(self.distance_m),
            Cell::from(self.reason.name()),
        ]
    }

    /// The lines of a plan, in the volunteers' order.
    pub fn all(question: &Question, plan: &Plan) -> Vec<Self> {
        let links = question.links();
        let placed = plan.post_of.iter().enumerate().filter_map(|(at, post)| Some((at, (*post)?)));
        let line = |(volunteer, post): (usize, usize)| {
            let mut line =
                Self { volunteer, post, distance_m: question.distance_m(volunteer, post), reason: Reason::Nearest };
            let person = &question.tables.volunteers[volunteer];
            line.reason = Reason::of(Pick {
                is_pinned: false,
                was_there: question.problem.agents[volunteer].home == Some(post),
                link: match person.team {
                    Some(_) if links.is_linked(&line) => Link::Own,
                    Some(team) if links.has_sites[team] => Link::Others,
                    _ => Link::None,
                },
                is_reserve: person.is_reserve,
            });
            line
        };
        placed.map(line).collect()
    }
}

/// Standing links, ready to be asked.
pub(crate) struct Links<'q> {
    question: &'q Question,
    sorted: Vec<(usize, usize)>,
    has_sites: Vec<bool>,
}

impl Question {
    pub(crate) fn links(&self) -> Links<'_> {
        let mut sorted = self.tables.links.clone();
        sorted.sort_unstable();
        let mut has_sites = vec![false; self.tables.teams.len()];
        for link in &sorted {
            has_sites[link.0] = true;
        }
        Links { question: self, sorted, has_sites }
    }
}

impl Links<'_> {
    fn is_linked(&self, line: &Line) -> bool {
        let team = self.question.tables.volunteers[line.volunteer].team;
        team.is_some_and(|team| self.sorted.binary_search(&(team, self.question.posts[line.post].0)).is_ok())
    }
}

fn unmet(question: &Question, plan: &Plan) -> Vec<Unmet> {
    let mut qualified = [(0_u32, 0_u32); PostRole::ALL.len()];
    for (person, post) in question.tables.volunteers.iter().zip(&plan.post_of) {
        for role in PostRole::ALL.into_iter().filter(|role| person.roles & role.bit() != 0) {
            let (all, idle) = &mut qualified[role as usize];
            *all += 1;
            *idle += u32::from(post.is_none());
        }
    }
    let filled = plan.filled();
    let gaps = question.problem.posts.iter().zip(&question.posts).zip(filled);
    let gap = |((post, &(site, role)), filled): ((&flow::Post, &(usize, PostRole)), u32)| {
        let missing = post.need.saturating_sub(filled);
        (missing > 0).then(|| Unmet {
            site: question.tables.sites[site].code.clone(),
            role,
            missing,
            crew_missing: post.crew.saturating_sub(filled),
            why: match qualified[role as usize] {
                (0, _) => Gap::NobodyQualified,
                (_, 0) => Gap::AllAssigned,
                _ => Gap::TooFar,
            },
        })
    };
    gaps.filter_map(gap).collect()
}

fn worths(question: &Question, plan: &Plan) -> Vec<Worth> {
    let filled = plan.filled();
    let worth = |(at, &(site, role)): (usize, &(usize, PostRole))| Worth {
        site: question.tables.sites[site].code.clone(),
        role,
        need: question.problem.posts[at].need,
        filled: filled[at],
        one_more_saves: if filled[at] < question.problem.posts[at].need { plan.prices[at].max(0) } else { 0 },
    };
    question.posts.iter().enumerate().map(worth).collect()
}

fn teams(question: &Question, lines: &[Line]) -> Vec<OfTeam> {
    let links = question.links();
    let new = |team: &crate::Team| OfTeam {
        team: team.code.clone(),
        people: 0,
        at_own_sites: 0,
        given: 0,
        taken: 0,
        idle: 0,
    };
    let mut teams: Vec<OfTeam> = question.tables.teams.iter().map(new).collect();
    for person in &question.tables.volunteers {
        if let Some(team) = person.team {
            teams[team].people += 1;
            teams[team].idle += 1;
        }
    }
    let mut owners = vec![Vec::new(); question.tables.sites.len()];
    links.sorted.iter().for_each(|&(team, site)| owners[site].push(team));
    for line in lines {
        let is_own = links.is_linked(line);
        if let Some(team) = question.tables.volunteers[line.volunteer].team {
            teams[team].idle -= 1;
            *(if is_own { &mut teams[team].at_own_sites } else { &mut teams[team].given }) += 1;
        }
        if !is_own {
            owners[question.posts[line.post].0].iter().for_each(|&owner| teams[owner].taken += 1);
        }
    }
    teams
}

/// Writes the plan: `volunteer,site,role,distance_m,reason`, as CSV or, by the name, XLSX.
pub fn write_plan(path: &Path, question: &Question, plan: &Plan) -> Result<(), Fault> {
    let mut out = table(path, "plan", Line::HEADINGS)?;
    for line in Line::all(question, plan) {
        out.row(line.cells(question)).map_err(Fault::written(path))?;
    }
    close(path, out)
}

pub(crate) type Out = SheetOut<BufWriter<File>>;

/// A table to be written; `.xlsx` makes it a workbook.
pub(crate) fn table(path: &Path, name: &str, headings: &[&str]) -> Result<Out, Fault> {
    let is_workbook = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    let format = if is_workbook { Format::Xlsx } else { Format::Csv };
    let file = BufWriter::new(File::create(path).map_err(Fault::file(path))?);
    SheetOut::new(format, file, Layout::new(name, headings.iter().copied())).map_err(Fault::written(path))
}

pub(crate) fn close(path: &Path, out: Out) -> Result<(), Fault> {
    out.finish().map_err(Fault::written(path))?.flush().map_err(Fault::file(path))
}
