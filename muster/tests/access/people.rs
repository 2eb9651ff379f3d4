//! Who asks: every role with every reach, in either district, and everybody whose way in is over or not open yet.

use domain::{Actor, ActorKind, District, Id, Role, Scope, things};
use store::Tx;
use web::{
    Fault,
    access::{accounts, doors, sessions, standing},
};

use crate::world::{Territory, World, change, volunteer_token};

/// How far a role was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    District,
    Zone,
    Site,
    OtherZone,
    OtherSite,
    /// A volunteer's own things.
    Self_,
}

/// What became of somebody's way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Live,
    /// Made by an administrator; the link was not used.
    Invited,
    Suspended,
    Expired,
    SignedOut,
    /// Signed in, but the role was taken away.
    Stripped,
}

/// Somebody who asks.
#[derive(Debug, Clone)]
pub struct Who {
    pub role: Option<Role>,
    pub reach: Reach,
    pub state: State,
    /// Of the district whose things are asked for.
    pub is_here: bool,
    pub token: Option<String>,
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let role = self.role.map_or("nobody", Role::name);
        let place = if self.is_here { "" } else { " of another district" };
        write!(f, "{role}{place} ({:?}, {:?})", self.reach, self.state)
    }
}

pub const ACCOUNT_ROLES: [Role; 7] = [
    Role::Administrator,
    Role::DutyOfficer,
    Role::Allocator,
    Role::PreventionGroup,
    Role::AssessmentGroup,
    Role::ZoneLead,
    Role::SiteChief,
];

/// Everybody.
pub async fn everybody(world: &World) -> Vec<Who> {
    let mut all = vec![Who { role: None, reach: Reach::Self_, state: State::Live, is_here: true, token: None }];
    for role in ACCOUNT_ROLES {
        for reach in [Reach::District, Reach::Zone, Reach::Site, Reach::OtherZone, Reach::OtherSite] {
            all.push(account(world, role, reach, State::Live, true).await);
        }
        for state in [State::Invited, State::Suspended, State::Expired, State::SignedOut, State::Stripped] {
            all.push(account(world, role, Reach::District, state, true).await);
        }
        for reach in [Reach::District, Reach::Zone, Reach::Site] {
            all.push(account(world, role, reach, State::Live, false).await);
        }
    }
    for (is_here, territory) in [(true, &world.here), (false, &world.there)] {
        let token = volunteer_token(&world.test, &territory.district, territory.id("volunteer")).await;
        all.push(volunteer(is_here, State::Live, token));
    }
    for state in [State::Suspended, State::Expired, State::SignedOut] {
        let token = former_volunteer(world, state).await;
        all.push(volunteer(true, state, token));
    }
    all
}

const fn volunteer(is_here: bool, state: State, token: String) -> Who {
    Who { role: Some(Role::Volunteer), reach: Reach::Self_, state, is_here, token: Some(token) }
}

pub async fn account(world: &World, role: Role, reach: Reach, state: State, is_here: bool) -> Who {
    let territory = if is_here { &world.here } else { &world.there };
    let (scope, district) = (scope(territory, reach), territory.district.clone());
    let token = change(&world.test, move |tx| make_account(tx, &district, role, &scope, state)).await;
    Who { role: Some(role), reach, state, is_here, token: Some(token) }
}

fn scope(territory: &Territory, reach: Reach) -> Scope {
    match reach {
        Reach::District | Reach::Self_ => Scope::District,
        Reach::Zone => Scope::Zone(territory.id("zone")),
        Reach::Site => Scope::Site(territory.id("site")),
        Reach::OtherZone => Scope::Zone(territory.other("zone")),
        Reach::OtherSite => Scope::Site(territory.other("site")),
    }
}

/// An account in that state, and the secret its holder has in hand.
fn make_account(tx: &mut Tx, district: &District, role: Role, scope: &Scope, state: State) -> Result<String, Fault> {
    let login = uuid::Uuid::new_v4().to_string();
    let account = accounts::create(tx, &accounts::Newcomer { district, login: &login, name: "测试", phone: None })?;
    standing::grant(tx, account.uuid(), role, scope)?;
    let actor = Actor::new(ActorKind::Account, account.uuid());
    if state == State::Invited {
        return Ok(doors::open(tx, actor, district, doors::Kind::Once, Some(24))?);
    }
    let lasts_h = i64::from(state != State::Expired);
    let token = sessions::begin(tx, actor, district, Some(lasts_h), None)?;
    match state {
        State::Suspended => accounts::suspend(tx, district, account)?,
        State::SignedOut => sessions::end(tx, &token)?,
        State::Stripped => drop(standing::withdraw(tx, account.uuid(), role, scope)?),
        State::Live | State::Invited | State::Expired => {}
    }
    Ok(token)
}

/// A volunteer who has left, or whose session is over.
async fn former_volunteer(world: &World, state: State) -> String {
    let district = world.here.district.clone();
    let volunteer: Id<things::Volunteer> = world.here.other("volunteer");
    change(&world.test, move |tx| {
        let actor = Actor::new(ActorKind::Volunteer, volunteer.uuid());
        let lasts_h = i64::from(state != State::Expired);
        let token = sessions::begin(tx, actor, &district, Some(lasts_h), None)?;
        match state {
            State::Suspended => drop(sessions::end_all(tx, volunteer.uuid())?),
            State::SignedOut => sessions::end(tx, &token)?,
            _ => {}
        }
        Ok(token)
    })
    .await
}
