//! The register of volunteers: `code,name,phone,team,latitude,longitude,roles[,languages,reserve,available_from,
//! available_until,nights_in_a_row,email]`. Of somebody who is known, empty cells of both `available_` columns leave the
//! own word alone.
//!
//! A million rows come in chunks. Judging a chunk and sealing it reads only, so it can be done by a reader while the gate
//! applies the chunk before: `judge` → `seal` → `apply`.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use domain::{
    District, Id, Moment, PhoneNumber, Position, PostRole,
    things::{Team, Volunteer},
};
use jiff::tz::TimeZone;
use sheets::FirstRows;
use store::{Error, Tx};
use web::Fault;

use super::{
    Blinds, Counts, Difference, Reason, Verdict, brief,
    cells::{count, email, languages, roles, time, yes_or_no},
    filled, position,
};
use crate::{
    refusals::Refused,
    store::{
        badges,
        lots::{self, Prints},
        teams,
        volunteers::{self, Known, PERSON, Person, VolunteerHead, Wanted},
    },
};

/// How many rows are best applied at once.
pub const CHUNK: usize = 16_000;
/// Room for one person's texts and seal on the shelves, so that these are seldom moved.
const TEXT: usize = 24;
/// How many cells of roles are remembered: a file says what six roles allow in a few orders, unless it is hostile.
const ROLES_KNOWN: usize = 128;
const SEALED: usize = 96;

/// A row as it stands in the file, borrowed from it where it can be.
#[derive(Debug, Clone, Default)]
pub struct VolunteerRow<'f> {
    /// The row's number as the sender's program shows it.
    pub number: u64,
    pub code: Cow<'f, str>,
    pub name: Cow<'f, str>,
    pub phone: Cow<'f, str>,
    /// The team's code.
    pub team: Cow<'f, str>,
    pub latitude: Cow<'f, str>,
    pub longitude: Cow<'f, str>,
    /// Names of roles, separated by `;`.
    pub roles: Cow<'f, str>,
    pub languages: Cow<'f, str>,
    pub reserve: Cow<'f, str>,
    pub available_from: Cow<'f, str>,
    pub available_until: Cow<'f, str>,
    pub nights_in_a_row: Cow<'f, str>,
    pub email: Cow<'f, str>,
}

/// What a file is read against: the teams, and the codes that came before in the same file.
pub struct Reading {
    district: District,
    zone: TimeZone,
    blinds: Blinds,
    teams: HashMap<String, Id<Team>>,
    /// Nobody was there when it began, so that nobody has to be looked for. Should somebody else bring the same people in
    /// meanwhile, their codes stand twice and the piece is refused.
    is_first: bool,
    /// The rows by their codes.
    named: FirstRows,
    /// What cells of roles mean: many people have the same.
    roles: HashMap<String, u32>,
}

/// A row that can be taken, before it is sealed.
struct Good<'f> {
    code: &'f str,
    name: &'f str,
    phone: PhoneNumber,
    email: Option<&'f str>,
    team: Id<Team>,
    position: Position,
    roles: u32,
    languages: Cow<'f, str>,
    reserve: bool,
    window: (Option<Moment>, Option<Moment>),
    nights_in_a_row: u32,
    digest: [u8; 16],
}

/// A chunk that was judged.
pub struct Judged<'f> {
    verdicts: Vec<Verdict>,
    new: Vec<Good<'f>>,
    changed: Vec<(Known, Good<'f>)>,
}

/// A chunk that can be applied.
#[derive(Clone)]
pub struct Ready {
    pub counts: Counts,
    pieces: Vec<Piece>,
}

/// Sealed people. What they bring lies on two shelves, so that no piece of memory is asked for on one processor for each of
/// them and given back on another.
#[derive(Clone)]
struct Piece {
    text: String,
    sealed: Vec<u8>,
    new: Vec<Lying>,
    changed: Vec<(Change, Lying)>,
}

#[derive(Clone)]
struct Change {
    id: Id<Volunteer>,
    lot: i64,
    /// The team they count for now: none, if they had left.
    team: Option<Id<Team>>,
}

/// Somebody as the register is to have them, with the places of their texts on the shelves.
#[derive(Clone)]
struct Lying {
    code: Range<usize>,
    languages: Range<usize>,
    sealed: Range<usize>,
    prints: Prints,
    team: Id<Team>,
    position: Position,
    roles: u32,
    reserve: bool,
    window: (Option<Moment>, Option<Moment>),
    nights_in_a_row: u32,
    digest: [u8; 16],
}

impl Reading {
    /// Begins to read a file; times in it are on the clock of `zone`.
    pub fn begin(tx: &mut Tx, district: &District, zone: &TimeZone) -> Result<Self, Error> {
        let teams = teams::digests(tx, district)?.into_iter().map(|(code, (id, _))| (code, id)).collect();
        Ok(Self {
            district: district.clone(),
            zone: zone.clone(),
            blinds: Blinds::of(tx),
            teams,
            is_first: lots::none(tx, district)?,
            named: FirstRows::default(),
            roles: HashMap::new(),
        })
    }

    /// Judges the next rows of the file.
    pub fn judge<'f>(&mut self, tx: &mut Tx, rows: &'f [VolunteerRow<'_>]) -> Result<Judged<'f>, Error> {
        let mut known = self.known(tx, rows)?;
        let (verdicts, new) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        let mut judged = Judged { verdicts, new, changed: Vec::new() };
        for row in rows {
            let verdict = match self.good(row) {
                Err(reason) => Verdict::Rejected { reason },
                // Nothing is looked for among nobody: a hash a row, over a million rows.
                Ok(good) if known.is_empty() => judged.sort(None, good),
                Ok(good) => judged.sort(known.remove(good.code), good),
            };
            judged.verdicts.push(verdict);
        }
        Ok(judged)
    }

    fn known(&self, tx: &mut Tx, rows: &[VolunteerRow<'_>]) -> Result<HashMap<String, Known>, Error> {
        if self.is_first {
            return Ok(HashMap::new());
        }
        let codes: Vec<&str> = rows.iter().map(|row| row.code.trim()).collect();
        volunteers::known(tx, &self.district, &codes)
    }

    /// What each row would change of a known person. Opens their seals: for a few rows that somebody looks at.
    pub fn changes(&self, tx: &mut Tx, rows: &[VolunteerRow<'_>]) -> Result<Vec<Vec<Difference>>, Error> {
        let known = self.known(tx, rows)?;
        let ids: Vec<_> = known.values().map(|known| known.id).collect();
        let (heads, persons) = (volunteers::heads(tx, &ids)?, volunteers::persons(tx, &ids)?);
        let of = |row: &VolunteerRow<'_>| {
            let (good, known) = (self.read(row, roles(&row.roles)).ok()?, known.get(row.code.trim())?);
            Some(self.differences(&good, heads.get(&known.id)?, persons.get(&known.id)?))
        };
        Ok(rows.iter().map(|row| of(row).unwrap_or_default()).collect())
    }

    fn differences(&self, good: &Good<'_>, head: &VolunteerHead, person: &Person) -> Vec<Difference> {
        let when = |at: Option<Moment>| at.map(|at| at.date_hh_mm(&self.zone)).unwrap_or_default();
        let mail = |mail: Option<&str>| mail.map(veiled).unwrap_or_default();
        // Empty cells of both leave the own word alone.
        let is_silent = good.window == (None, None);
        let all = [
            (person.has_left, Difference::named("has_left")),
            (good.name != person.name, Difference::of("name", &person.name, good.name)),
            (good.phone != person.phone, Difference::of("phone", person.phone.masked(), good.phone.masked())),
            (
                good.email != person.email.as_deref(),
                Difference::of("email", mail(person.email.as_deref()), mail(good.email)),
            ),
            (good.team != head.team, Difference::of("team", self.team_code(head.team), self.team_code(good.team))),
            (good.position != head.position, Difference::named("position")),
            (good.roles != head.roles, Difference::of("roles", role_names(head.roles), role_names(good.roles))),
            (good.languages != head.languages, Difference::of("languages", &head.languages, &good.languages)),
            (good.reserve != head.reserve, Difference::of("reserve", head.reserve, good.reserve)),
            (
                !is_silent && good.window.0 != head.available_from,
                Difference::of("available_from", when(head.available_from), when(good.window.0)),
            ),
            (
                !is_silent && good.window.1 != head.available_until,
                Difference::of("available_until", when(head.available_until), when(good.window.1)),
            ),
            (
                good.nights_in_a_row != head.nights_in_a_row,
                Difference::of("nights_in_a_row", head.nights_in_a_row, good.nights_in_a_row),
            ),
        ];
        all.into_iter().filter(|(differs, _)| *differs).map(|(_, change)| change).collect()
    }

    fn team_code(&self, id: Id<Team>) -> &str {
        self.teams.iter().find(|(_, team)| **team == id).map_or("", |(code, _)| code)
    }

    fn good<'f>(&mut self, row: &'f VolunteerRow<'_>) -> Result<Good<'f>, Reason> {
        let code = filled("code", &row.code, 60)?;
        if let Some(first) = self.named.before(code, row.number) {
            return Err(Reason::CodeTwice { first });
        }
        let roles = self.roles(&row.roles);
        self.read(row, roles)
    }

    fn roles(&mut self, cell: &str) -> Result<u32, Reason> {
        if let Some(bits) = self.roles.get(cell) {
            return Ok(*bits);
        }
        let bits = roles(cell)?;
        if self.roles.len() < ROLES_KNOWN {
            self.roles.insert(cell.to_owned(), bits);
        }
        Ok(bits)
    }

    fn read<'f>(&self, row: &'f VolunteerRow<'_>, roles: Result<u32, Reason>) -> Result<Good<'f>, Reason> {
        let code = filled("code", &row.code, 60)?;
        let team = row.team.trim();
        let team = *self.teams.get(team).ok_or_else(|| Reason::UnknownTeam { team: brief(team) })?;
        Ok(Good {
            name: filled("name", &row.name, 100)?,
            phone: row.phone.parse().map_err(|_| Reason::BadPhone)?,
            email: email(&row.email)?,
            team,
            position: position(&row.latitude, &row.longitude)?,
            roles: roles?,
            languages: languages(&row.languages),
            reserve: yes_or_no("reserve", &row.reserve)?,
            window: self.window(row)?,
            nights_in_a_row: count("nights_in_a_row", &row.nights_in_a_row)?,
            digest: self.digest(row),
            code,
        })
    }

    fn window(&self, row: &VolunteerRow<'_>) -> Result<(Option<Moment>, Option<Moment>), Reason> {
        let from = time("available_from", &row.available_from, &self.zone)?;
        let until = time("available_until", &row.available_until, &self.zone)?;
        let is_turned = from.zip(until).is_some_and(|(from, until)| until <= from);
        if is_turned { Err(Reason::WindowTurned) } else { Ok((from, until)) }
    }

    fn digest(&self, row: &VolunteerRow<'_>) -> [u8; 16] {
        self.blinds.row(&[
            &row.code,
            &row.name,
            &row.phone,
            &row.team,
            &row.latitude,
            &row.longitude,
            &row.roles,
            &row.languages,
            &row.reserve,
            &row.available_from,
            &row.available_until,
            &row.nights_in_a_row,
            &row.email,
        ])
    }
}

impl Ready {
    /// Takes a later chunk behind this one, to be applied with it.
    pub fn append(&mut self, later: Self) {
        self.counts.add(later.counts);
        self.pieces.extend(later.pieces);
    }

    fn newcomers(&self) -> impl Iterator<Item = Wanted<'_>> + Clone {
        self.pieces.iter().flat_map(|piece| piece.new.iter().map(|it| piece.wanted(it)))
    }

    fn changed(&self) -> impl Iterator<Item = (&Change, Wanted<'_>)> {
        self.pieces.iter().flat_map(|piece| piece.changed.iter().map(|(change, it)| (change, piece.wanted(it))))
    }
}

impl Piece {
    fn put(&mut self, tx: &Tx, blinds: &Blinds, good: &Good<'_>) -> Lying {
        let code = lay(&mut self.text, good.code);
        let languages = lay(&mut self.text, &good.languages);
        let start = self.sealed.len();
        tx.seal_onto(&mut self.sealed, PERSON, &volunteers::person_text(good.name, &good.phone, good.email));
        Lying {
            code,
            languages,
            sealed: start..self.sealed.len(),
            prints: Prints { phone: blinds.phone(&good.phone), name: blinds.name(good.name) },
            team: good.team,
            position: good.position,
            roles: good.roles,
            reserve: good.reserve,
            window: good.window,
            nights_in_a_row: good.nights_in_a_row,
            digest: good.digest,
        }
    }

    fn wanted<'p>(&'p self, it: &'p Lying) -> Wanted<'p> {
        Wanted {
            code: &self.text[it.code.clone()],
            sealed: &self.sealed[it.sealed.clone()],
            prints: it.prints,
            team: it.team,
            position: it.position,
            roles: it.roles,
            languages: &self.text[it.languages.clone()],
            reserve: it.reserve,
            available_from: it.window.0,
            available_until: it.window.1,
            nights_in_a_row: it.nights_in_a_row,
            digest: &it.digest,
        }
    }
}

fn lay(shelf: &mut String, text: &str) -> Range<usize> {
    let start = shelf.len();
    shelf.push_str(text);
    start..shelf.len()
}

impl<'f> Judged<'f> {
    /// What becomes of each row, in the order they were given.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    pub fn counts(&self) -> Counts {
        Counts::of(&self.verdicts)
    }

    /// Seals what is new and changed.
    pub fn seal(self, tx: &Tx, reading: &Reading) -> Ready {
        let (counts, people) = (self.counts(), self.new.len() + self.changed.len());
        let mut piece = Piece {
            text: String::with_capacity(people * TEXT),
            sealed: Vec::with_capacity(people * SEALED),
            new: Vec::with_capacity(self.new.len()),
            changed: Vec::with_capacity(self.changed.len()),
        };
        for good in &self.new {
            let it = piece.put(tx, &reading.blinds, good);
            piece.new.push(it);
        }
        for (known, good) in &self.changed {
            let team = (!known.has_left).then_some(known.team);
            let it = piece.put(tx, &reading.blinds, good);
            piece.changed.push((Change { id: known.id, lot: known.lot, team }, it));
        }
        Ready { counts, pieces: vec![piece] }
    }

    fn sort(&mut self, known: Option<Known>, good: Good<'f>) -> Verdict {
        match known {
            None => {
                self.new.push(good);
                Verdict::New
            }
            Some(known) if known.digest == good.digest && !known.has_left => Verdict::Same,
            Some(known) => {
                self.changed.push((known, good));
                Verdict::Changed
            }
        }
    }
}

/// Does what was judged. Refused when somebody else has changed the register meanwhile: judge again.
pub fn apply(tx: &mut Tx, district: &District, ready: &Ready) -> Result<Counts, Fault> {
    let mut people: HashMap<Id<Team>, i64> = HashMap::new();
    for piece in &ready.pieces {
        for mates in piece.new.chunk_by(|one, next| one.team == next.team) {
            *people.entry(mates[0].team).or_default() += mates.len() as i64;
        }
    }
    add(tx, district, ready)?;
    for (change, wanted) in ready.changed() {
        if !volunteers::change(tx, change.id, &wanted)? {
            return Err(Refused::ChangedMeanwhile.into());
        }
        *people.entry(wanted.team).or_default() += 1;
        if let Some(before) = change.team {
            *people.entry(before).or_default() -= 1;
        }
    }
    let prints = ready.changed().map(|(change, wanted)| (change.lot, (change.id, wanted.prints)));
    for (lot, people) in lots::sorted(prints) {
        lots::change(tx, district, lot, &people)?;
    }
    teams::add_people(tx, &people)?;
    Ok(ready.counts)
}

fn add(tx: &mut Tx, district: &District, ready: &Ready) -> Result<(), Fault> {
    let people = ready.pieces.iter().map(|piece| piece.new.len()).sum();
    if people == 0 {
        return Ok(());
    }
    let badges = badges::fresh(tx, district, people)?;
    match tx.attempt(|tx| volunteers::add(tx, district, ready.newcomers(), &badges)) {
        Err(Error::Duplicate { .. }) => Err(Refused::ChangedMeanwhile.into()),
        outcome => Ok(outcome?),
    }
}

fn role_names(bits: u32) -> String {
    let names = PostRole::ALL.into_iter().filter(|role| bits & role.bit() != 0).map(PostRole::name);
    names.collect::<Vec<_>>().join(";")
}

/// An address with its owner's part hidden: `z****@example.org`.
fn veiled(mail: &str) -> String {
    let (owner, host) = mail.split_once('@').unwrap_or((mail, ""));
    let first: String = owner.chars().take(1).collect();
    format!("{first}****@{host}")
}
