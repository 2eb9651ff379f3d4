//! Bringing registers in: rows of a file become sites and divisions, in bulk, and the same rows again change nothing.

use std::collections::{HashMap, HashSet};

use domain::{District, Division, Id, Origin, Position, PostRole, things::Site};
use store::{Error, Row, Tx, Value};

use super::divisions;
use crate::rules::intake::{
    Counts, Difference, DivisionRow, Divisions, Reason, SiteEntry, SiteRow, Verdict, read_division,
};

/// How many codes are asked for at once.
const LOT: usize = 400;

/// What is known of a site that a file also speaks of.
struct Known {
    id: Id<Site>,
    digest: Vec<u8>,
    is_retired: bool,
    name: String,
    division: Division,
    address: String,
    position: Position,
    origin: String,
    expected_people: Option<u32>,
    priority: u32,
    needs: Vec<(PostRole, u32)>,
}

/// One row, judged: what to write, when there is something to write.
struct Judged {
    verdict: Verdict,
    entry: Option<SiteEntry>,
    known: Option<Known>,
}

/// Says what would become of each row, without changing anything.
pub fn judge(tx: &mut Tx, district: &District, rows: &[SiteRow]) -> Result<Vec<Verdict>, Error> {
    Ok(weigh(tx, district, rows)?.into_iter().map(|judged| judged.verdict).collect())
}

/// What each row would change of a known site.
pub fn changes(tx: &mut Tx, district: &District, rows: &[SiteRow]) -> Result<Vec<Vec<Difference>>, Error> {
    let of = |judged: Judged| judged.entry.zip(judged.known).map(|(entry, known)| differences(&entry, &known));
    Ok(weigh(tx, district, rows)?.into_iter().map(|judged| of(judged).unwrap_or_default()).collect())
}

/// Takes the rows in. Codes that were retired and come again are in use again.
pub fn apply(tx: &mut Tx, district: &District, rows: &[SiteRow]) -> Result<Counts, Error> {
    let judged = weigh(tx, district, rows)?;
    add_divisions(tx, district, &judged)?;
    let mut changes: Vec<(Id<Site>, &SiteEntry, Option<&Known>)> = Vec::new();
    for (Judged { verdict, entry, known }, fresh) in judged.iter().zip(Id::in_order(tx.at(), judged.len())) {
        let id = known.as_ref().map_or(fresh, |known| known.id);
        if let (Verdict::New | Verdict::Changed(_), Some(entry)) = (verdict, entry) {
            changes.push((id, entry, known.as_ref()));
        }
    }
    changes.sort_unstable_by_key(|(id, ..)| *id);
    write_sites(tx, district, &changes)?;
    write_needs(tx, &changes)?;
    Ok(Counts::of(&judged.iter().map(|judged| judged.verdict.clone()).collect::<Vec<_>>()))
}

/// [`judge`] for divisions.
pub fn judge_divisions(tx: &mut Tx, district: &District, rows: &[DivisionRow]) -> Result<Vec<Verdict>, Error> {
    let known = known_divisions(tx, district)?;
    let mut seen = HashSet::new();
    Ok(rows.iter().map(|row| weigh_division(row, district, &known, &mut seen)).collect())
}

/// [`changes`] for divisions.
pub fn division_changes(tx: &mut Tx, district: &District, rows: &[DivisionRow]) -> Result<Vec<Vec<Difference>>, Error> {
    let known = known_divisions(tx, district)?;
    let of = |row: &DivisionRow| {
        let (code, name, position) = read_division(row, district).ok()?;
        let before = known.get(&code)?;
        let said = |position: Option<Position>| position.as_ref().map(degrees).unwrap_or_default();
        let place = Difference::of("position", said(before.position), said(position.or(before.position)));
        let all = [Difference::of("name", &before.name, name), place];
        Some(all.into_iter().filter(Difference::is_one).collect())
    };
    Ok(rows.iter().map(|row| of(row).unwrap_or_default()).collect())
}

/// [`apply`] for divisions. A row without a position leaves the known one.
pub fn apply_divisions(tx: &mut Tx, district: &District, rows: &[DivisionRow]) -> Result<Counts, Error> {
    let known = known_divisions(tx, district)?;
    let mut seen = HashSet::new();
    let verdicts: Vec<Verdict> = rows.iter().map(|row| weigh_division(row, district, &known, &mut seen)).collect();
    let mut changes: Vec<(Division, String, Option<Position>)> = Vec::new();
    for (row, _) in rows.iter().zip(&verdicts).filter(|(_, v)| matches!(v, Verdict::New | Verdict::Changed(_))) {
        if let Ok((code, name, position)) = read_division(row, district) {
            let position = position.or_else(|| known.get(&code).and_then(|division| division.position));
            changes.push((code, name, position));
        }
    }
    changes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    divisions::put(tx, district, &changes)?;
    Ok(Counts::of(&verdicts))
}

/// Writes one site by hand, as the edit page does; the entry has been read before.
pub fn put_one(tx: &mut Tx, district: &District, id: Id<Site>, entry: &SiteEntry) -> Result<(), Error> {
    let known = known_sites(tx, district, [entry.code.as_str()].into_iter())?;
    write_sites(tx, district, &[(id, entry, known.get(&entry.code))])?;
    write_needs(tx, &[(id, entry, known.get(&entry.code))])
}

fn weigh(tx: &mut Tx, district: &District, rows: &[SiteRow]) -> Result<Vec<Judged>, Error> {
    let known_divisions = divisions::divisions(tx, district)?;
    let names = known_divisions.iter().map(|division| (division.code.as_str(), division.name.as_str()));
    let divisions = Divisions::new(district, names);
    let mut known = known_sites(tx, district, rows.iter().map(|row| row.code.trim()))?;
    let mut seen = HashSet::new();
    let judge = |row: &SiteRow| match SiteEntry::read(row, &divisions) {
        Err(reason) => Judged { verdict: Verdict::Rejected(reason), entry: None, known: None },
        Ok(entry) if !seen.insert(entry.code.clone()) => {
            Judged { verdict: Verdict::Rejected(Reason::TwiceInFile(entry.code)), entry: None, known: None }
        }
        Ok(entry) => {
            let known = known.remove(&entry.code);
            let verdict = known.as_ref().map_or(Verdict::New, |known| compare(&entry, known));
            Judged { verdict, entry: Some(entry), known }
        }
    };
    Ok(rows.iter().map(judge).collect())
}

fn compare(entry: &SiteEntry, known: &Known) -> Verdict {
    if !known.is_retired && known.digest == entry.digest() {
        return Verdict::Same;
    }
    let differs = [
        ("name", entry.name != known.name),
        ("division", entry.division != known.division),
        ("address", entry.address != known.address),
        ("position", entry.position != known.position || origin_name(entry.origin) != known.origin),
        ("expected_people", entry.expected_people != known.expected_people),
        ("priority", entry.priority != known.priority),
        ("needs", entry.needs != known.needs),
        ("retired", known.is_retired),
    ];
    Verdict::Changed(differs.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column).collect())
}

/// The headcounts stand role by role, as the file has them.
fn differences(entry: &SiteEntry, known: &Known) -> Vec<Difference> {
    let people = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
    let needed = |needs: &[(PostRole, u32)], role| needs.iter().find(|(of, _)| *of == role).map_or(0, |(_, n)| *n);
    let need = |role: PostRole| Difference::of(role.name(), needed(&known.needs, role), needed(&entry.needs, role));
    let mut found = vec![
        Difference::of("name", &known.name, &entry.name),
        Difference::of("division", &known.division, &entry.division),
        Difference::of("address", &known.address, &entry.address),
        Difference::of("position", degrees(&known.position), degrees(&entry.position)),
        Difference::of("expected_people", people(known.expected_people), people(entry.expected_people)),
        Difference::of("priority", known.priority, entry.priority),
    ];
    found.extend(PostRole::ALL.map(need));
    found.retain(Difference::is_one);
    // It is in use again: there is nothing to be read on either side.
    if known.is_retired {
        found.push(Difference::of("retired", "", ""));
    }
    found
}

fn degrees(position: &Position) -> String {
    format!("{}, {}", position.latitude, position.longitude)
}

/// The known sites with one of these codes, asked for in lots. (A range of codes would be one question, but databases and
/// Rust may sort letters differently.)
fn known_sites<'a>(
    tx: &mut Tx,
    district: &District,
    codes: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, Known>, Error> {
    let mut codes: Vec<&str> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    let mut known = HashMap::with_capacity(codes.len());
    for lot in codes.chunks(LOT) {
        read_lot(tx, district, lot, &mut known)?;
    }
    Ok(known)
}

fn read_lot(tx: &mut Tx, district: &District, lot: &[&str], known: &mut HashMap<String, Known>) -> Result<(), Error> {
    // A short lot repeats its last code, so that there is one statement for all lots.
    let padded = (0..LOT).map(|at| Value::from(lot[at.min(lot.len() - 1)]));
    let asked: Vec<Value> = std::iter::once(district.into()).chain(padded).collect();
    let places: Vec<String> = (0..LOT).map(|at| format!("${}", at + 2)).collect();
    let places = places.join(", ");
    let sql = format!(
        "select id, code, digest, retired_at, name, division, address, latitude, longitude, origin, expected_people,
           priority
         from sites where district = $1 and code in ({places})"
    );
    known.extend(tx.rows(&sql, &asked, |row| Ok((row.get::<String>("code")?, known_site(row)?)))?);
    let sql = format!(
        "select s.code, n.role, n.headcount from sites s join site_needs n on n.site = s.id
         where s.district = $1 and s.code in ({places}) and n.headcount > 0"
    );
    let needs = tx.rows(&sql, &asked, |row| {
        Ok((row.get::<String>("code")?, (row.parse::<PostRole>("role")?, row.get::<u32>("headcount")?)))
    })?;
    for (code, need) in needs {
        if let Some(site) = known.get_mut(&code) {
            site.needs.push(need);
        }
    }
    for code in lot {
        if let Some(site) = known.get_mut(*code) {
            site.needs.sort_unstable();
        }
    }
    Ok(())
}

fn known_site(row: &Row<'_>) -> Result<Known, Error> {
    Ok(Known {
        id: row.get("id")?,
        digest: row.get("digest")?,
        is_retired: row.get::<Option<i64>>("retired_at")?.is_some(),
        name: row.get("name")?,
        division: row.get("division")?,
        address: row.get("address")?,
        position: Position { latitude: row.get("latitude")?, longitude: row.get("longitude")? },
        origin: row.get("origin")?,
        expected_people: row.get("expected_people")?,
        priority: row.get("priority")?,
        needs: Vec::new(),
    })
}

fn add_divisions(tx: &mut Tx, district: &District, judged: &[Judged]) -> Result<(), Error> {
    let new = judged.iter().filter_map(|judged| judged.entry.as_ref()).filter(|entry| entry.is_new_division);
    let mut codes: Vec<&Division> = new.map(|entry| &entry.division).collect();
    codes.sort_unstable();
    codes.dedup();
    let rows: Vec<_> = codes.into_iter().map(|code| (code.clone(), code.to_string(), None)).collect();
    divisions::put(tx, district, &rows)?;
    Ok(())
}

type Change<'a> = (Id<Site>, &'a SiteEntry, Option<&'a Known>);

fn write_sites(tx: &mut Tx, district: &District, changes: &[Change<'_>]) -> Result<(), Error> {
    let rows = changes.iter().map(|(id, entry, _)| -> [Value; 14] {
        [
            (*id).into(),
            district.into(),
            (&entry.code).into(),
            (&entry.name).into(),
            entry.folded().into(),
            (&entry.division).into(),
            (&entry.address).into(),
            entry.position.latitude.into(),
            entry.position.longitude.into(),
            origin_name(entry.origin).into(),
            entry.expected_people.into(),
            entry.priority.into(),
            entry.digest().into(),
            Value::Null,
        ]
    });
    tx.insert_many(
        "insert into sites (id, district, code, name, folded, division, address, latitude, longitude, origin,
           expected_people, priority, digest, retired_at)",
        "on conflict (district, code) do update set name = excluded.name, folded = excluded.folded,
           division = excluded.division, address = excluded.address, latitude = excluded.latitude,
           longitude = excluded.longitude, origin = excluded.origin, expected_people = excluded.expected_people,
           priority = excluded.priority, digest = excluded.digest, retired_at = excluded.retired_at",
        rows,
    )?;
    Ok(())
}

/// A role that is no longer needed keeps a row with a headcount of 0: one statement for all instead of a delete for each.
fn write_needs(tx: &mut Tx, changes: &[Change<'_>]) -> Result<(), Error> {
    let rows = changes.iter().flat_map(|(id, entry, known)| {
        let before = known.map_or(&[][..], |known| &known.needs[..]);
        let of = |needs: &[(PostRole, u32)], role| needs.iter().find(|(r, _)| *r == role).map_or(0, |(_, n)| *n);
        PostRole::ALL
            .into_iter()
            .map(move |role| (role, of(&entry.needs, role), of(before, role)))
            .filter(|(_, now, before)| now != before)
            .map(move |(role, now, _)| -> [Value; 3] { [(*id).into(), role.name().into(), now.into()] })
    });
    tx.insert_many(
        "insert into site_needs (site, role, headcount)",
        "on conflict (site, role) do update set headcount = excluded.headcount",
        rows,
    )?;
    Ok(())
}

const fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Wgs84 => "wgs84",
        Origin::Gcj02 => "gcj02",
    }
}

fn known_divisions(tx: &mut Tx, district: &District) -> Result<HashMap<Division, divisions::DivisionHead>, Error> {
    Ok(divisions::divisions(tx, district)?.into_iter().map(|division| (division.code.clone(), division)).collect())
}

fn weigh_division(
    row: &DivisionRow,
    district: &District,
    known: &HashMap<Division, divisions::DivisionHead>,
    seen: &mut HashSet<Division>,
) -> Verdict {
    let (code, name, position) = match read_division(row, district) {
        Ok(read) => read,
        Err(reason) => return Verdict::Rejected(reason),
    };
    if !seen.insert(code.clone()) {
        return Verdict::Rejected(Reason::TwiceInFile(code.to_string()));
    }
    let Some(known) = known.get(&code) else { return Verdict::New };
    let differs = [("name", known.name != name), ("position", position.is_some() && known.position != position)];
    let changed: Vec<_> = differs.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column).collect();
    if changed.is_empty() { Verdict::Same } else { Verdict::Changed(changed) }
}
