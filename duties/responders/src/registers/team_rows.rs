//! The register of teams: `code,name,organisation,latitude,longitude`.

use std::collections::HashMap;

use domain::{
    District, Id,
    things::{Organisation, Team},
};
use store::{Result, Tx};

use super::{Blinds, Counts, Difference, Reason, Verdict, filled, position};
use crate::store::teams::{self, Wanted};

/// A row as it stands in the file.
#[derive(Debug, Clone, Default)]
pub struct TeamRow {
    /// The row's number as the sender's program shows it.
    pub number: u64,
    pub code: String,
    pub name: String,
    pub organisation: String,
    pub latitude: String,
    pub longitude: String,
}

/// A row that can be taken.
struct Good {
    id: Option<Id<Team>>,
    code: String,
    name: String,
    organisation: String,
    position: domain::Position,
    digest: [u8; 16],
}

/// Says what would become of each row. Teams number in the hundreds: the whole file is judged at once.
pub fn judge(tx: &mut Tx, district: &District, rows: &[TeamRow]) -> Result<Vec<Verdict>> {
    Ok(judged(tx, district, rows)?.into_iter().map(|(verdict, _)| verdict).collect())
}

/// What each row would change of a known team.
pub fn changes(tx: &mut Tx, district: &District, rows: &[TeamRow]) -> Result<Vec<Vec<Difference>>> {
    let known: HashMap<_, _> = teams::all(tx, district)?.into_iter().map(|team| (team.code.clone(), team)).collect();
    let blinds = Blinds::of(tx);
    let of = |row: &TeamRow| {
        let good = good(&blinds, row, &mut HashMap::new()).ok()?;
        let before = known.get(&good.code)?;
        let degrees = |position: &domain::Position| format!("{}, {}", position.latitude, position.longitude);
        let all = [
            Difference::of("name", &before.name, &good.name),
            Difference::of("organisation", &before.organisation, &good.organisation),
            Difference::of("position", degrees(&before.position), degrees(&good.position)),
        ];
        Some(all.into_iter().filter(|change| change.before != change.after).collect())
    };
    Ok(rows.iter().map(|row| of(row).unwrap_or_default()).collect())
}

/// Does it.
pub fn apply(tx: &mut Tx, district: &District, rows: &[TeamRow]) -> Result<Counts> {
    let judged = judged(tx, district, rows)?;
    let counts = Counts::of(judged.iter().map(|(verdict, _)| verdict));
    let takes =
        |(verdict, good): (Verdict, Option<Good>)| good.filter(|_| matches!(verdict, Verdict::New | Verdict::Changed));
    let good: Vec<Good> = judged.into_iter().filter_map(takes).collect();
    let mut organisations: HashMap<&str, Id<Organisation>> = HashMap::new();
    for name in good.iter().map(|row| row.organisation.as_str()) {
        if !organisations.contains_key(name) {
            organisations.insert(name, teams::organisation(tx, district, name)?);
        }
    }
    let wanted: Vec<Wanted<'_>> = good
        .iter()
        .zip(Id::<Team>::in_order(tx.at(), good.len()))
        .map(|(row, fresh)| {
            let (id, organisation) = (row.id.unwrap_or(fresh), organisations[row.organisation.as_str()]);
            let digest = row.digest.to_vec();
            Wanted { id, code: &row.code, name: &row.name, organisation, position: row.position, digest }
        })
        .collect();
    teams::put(tx, district, &wanted)?;
    Ok(counts)
}

fn judged(tx: &mut Tx, district: &District, rows: &[TeamRow]) -> Result<Vec<(Verdict, Option<Good>)>> {
    let known = teams::digests(tx, district)?;
    let blinds = Blinds::of(tx);
    let mut seen: HashMap<String, u64> = HashMap::new();
    let verdicts = rows.iter().map(|row| match good(&blinds, row, &mut seen) {
        Err(reason) => (Verdict::Rejected { reason }, None),
        Ok(mut good) => {
            let before = known.get(&good.code);
            good.id = before.map(|(id, _)| *id);
            let verdict = match before {
                None => Verdict::New,
                Some((_, digest)) if digest[..] == good.digest => Verdict::Same,
                Some(_) => Verdict::Changed,
            };
            (verdict, Some(good))
        }
    });
    Ok(verdicts.collect())
}

fn good(blinds: &Blinds, row: &TeamRow, seen: &mut HashMap<String, u64>) -> Result<Good, Reason> {
    let code = filled("code", &row.code, 60)?;
    if let Some(first) = seen.get(code) {
        return Err(Reason::CodeTwice { first: *first });
    }
    seen.insert(code.to_owned(), row.number);
    Ok(Good {
        id: None,
        name: filled("name", &row.name, 200)?.to_owned(),
        organisation: filled("organisation", &row.organisation, 200)?.to_owned(),
        position: position(&row.latitude, &row.longitude)?,
        digest: blinds.row(&[&row.code, &row.name, &row.organisation, &row.latitude, &row.longitude]),
        code: code.to_owned(),
    })
}
