//! Announcements: words of the headquarters or of a site's chief to many, on every channel, with who has seen them.
//! Who the many are is the caller's knowledge.

use domain::{ActorKind, District, Event, Id, Jurisdiction, Moment, PostRole, things::Site};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Error, Row, Sealed, Tx, params};
use uuid::Uuid;
use web::House;

use crate::{
    message::{Message, Recipient},
    queue::queue,
};

/// The label under which an announcement's text is sealed.
pub const BODY: &str = "announcements.body";

/// What is said, and to whom in words.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Given by whoever asks, so that asking twice announces once.
    pub id: Uuid,
    pub here: Jurisdiction,
    /// Only people in this role.
    pub role: Option<PostRole>,
    pub text: String,
}

/// Announces something to these people. Gives how many people it is queued for; none of them twice.
pub fn announce(tx: &mut Tx, house: &House, said: &Announcement, to: Vec<Recipient>) -> Result<u64, Error> {
    let (told, at, actor) = (to.len() as u64, tx.at(), *tx.actor());
    let body = tx.seal(BODY, &said.text);
    let is_new = tx.execute(
        "insert into announcements (id, district, site, role, body, actor_kind, actor_id, told, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing",
        params![
            said.id,
            &said.here.district,
            said.here.site,
            said.role.map(|role| role.to_string()),
            body,
            actor.kind.name(),
            actor.id,
            told,
            at
        ],
    )?;
    if is_new == 0 {
        return Ok(told);
    }
    let message = |to| Message::new(to, said.id, 1, "notices-announcement").with("text", &said.text);
    let messages: Vec<Message> = to.into_iter().map(message).collect();
    queue(tx, house, &said.here.district, &messages)?;
    tx.record(&said.here, said.id, &Event::Announced { site: said.here.site, role: said.role, count: told })?;
    Ok(told)
}

/// An announcement as it is listed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Announced {
    pub id: Uuid,
    pub site: Option<Id<Site>>,
    pub role: Option<PostRole>,
    pub text: String,
    pub by: Option<Uuid>,
    pub told: u64,
    /// Who has opened it.
    pub seen: u64,
    pub at: Moment,
}

const COLUMNS: &str = "select a.id, a.site, a.role, a.body, a.actor_kind, a.actor_id, a.told, a.made_at,
     coalesce((select n.notices from notice_counts n
       where n.about = a.id and n.channel = 'in_app' and n.state = 'seen'), 0) as seen
     from announcements a";

/// The latest announcements of a district, or of one site.
pub fn latest(tx: &mut Tx, district: &District, site: Option<Id<Site>>, limit: usize) -> Result<Vec<Announced>, Error> {
    let found = if let Some(site) = site {
        let sql = format!("{COLUMNS} where a.site = $1 order by a.id desc limit $2");
        tx.rows(&sql, params![site, limit], read)?
    } else {
        let sql = format!("{COLUMNS} where a.district = $1 order by a.id desc limit $2");
        tx.rows(&sql, params![district, limit], read)?
    };
    let open = |(said, body): (Announced, Sealed)| Ok(Announced { text: tx.open(BODY, body)?, ..said });
    found.into_iter().map(open).collect()
}

fn read(row: &Row<'_>) -> Result<(Announced, Sealed), Error> {
    let is_account = row.get::<String>("actor_kind")? == ActorKind::Account.name();
    let role: Option<String> = row.get("role")?;
    let said = Announced {
        id: row.get("id")?,
        site: row.get("site")?,
        role: role.and_then(|name| name.parse().ok()),
        text: String::new(),
        by: is_account.then(|| row.get("actor_id")).transpose()?,
        told: row.get("told")?,
        seen: row.get("seen")?,
        at: row.get("made_at")?,
    };
    Ok((said, row.get("body")?))
}
