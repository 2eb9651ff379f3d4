//! Somebody's standing: who they are here and now, and how far each of their roles reaches.

use domain::{Actor, ActorKind, District, Group, Jurisdiction, Right, Role, Scope};
use store::{Error, Tx, params};
use uuid::Uuid;

/// One role within one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub scope: Scope,
}

/// Who acts, and with which grants, in which district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub actor: Actor,
    pub district: District,
    pub grants: Vec<Grant>,
}

impl Standing {
    /// Whether some grant gives the right over that thing.
    pub fn may(&self, right: Right, thing: &Jurisdiction) -> bool {
        self.district == thing.district && self.reaches(right).any(|scope| scope.covers(thing))
    }

    /// Whether some grant gives the right anywhere.
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.reaches(right).next().is_some()
    }

    /// The scopes within which the right is held.
    pub fn reaches(&self, right: Right) -> impl Iterator<Item = &Scope> {
        self.grants.iter().filter(move |grant| grant.role.has(right)).map(|grant| &grant.scope)
    }

    pub fn has_role(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// The headquarters groups whose queues this person works.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.grants.iter().filter_map(|grant| grant.role.group()).collect();
        if self.has_role(Role::DutyOfficer) {
            groups.extend(Group::ALL);
        }
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}

/// The grants of a holder. A volunteer needs no row: being one is the grant over one's own things.
pub fn grants_of(tx: &mut Tx, kind: ActorKind, holder: Uuid) -> Result<Vec<Grant>, Error> {
    if kind == ActorKind::Volunteer {
        return Ok(vec![Grant { role: Role::Volunteer, scope: Scope::Person(holder) }]);
    }
    tx.rows("select role, reach from grants where holder = $1 and withdrawn_at is null", params![holder], |row| {
        let reach: serde_json::Value = row.get("reach")?;
        let scope = serde_json::from_value(reach).map_err(|e| Error::Bug(format!("grants.reach: {e}")))?;
        Ok(Grant { role: row.parse("role")?, scope })
    })
}

/// Gives a role within a scope. Giving what is held already changes nothing.
pub fn grant(tx: &mut Tx, holder: Uuid, role: Role, scope: &Scope) -> Result<(), Error> {
    let reach = serde_json::to_string(scope).map_err(|e| Error::Bug(e.to_string()))?;
    tx.execute(
        "insert into grants (id, holder, role, reach, granted_at)
         select $1, $2, $3, $4, $5 where not exists
           (select 1 from grants where holder = $2 and role = $3 and reach = $4 and withdrawn_at is null)",
        params![domain::Id::<Grant>::fresh(tx.at()), holder, role.name(), reach, tx.at()],
    )?;
    Ok(())
}

/// Withdraws a role; effective with the next request.
pub fn withdraw(tx: &mut Tx, holder: Uuid, role: Role, scope: &Scope) -> Result<bool, Error> {
    let reach = serde_json::to_string(scope).map_err(|e| Error::Bug(e.to_string()))?;
    let rows = tx.execute(
        "update grants set withdrawn_at = $4 where holder = $1 and role = $2 and reach = $3 and withdrawn_at is null",
        params![holder, role.name(), reach, tx.at()],
    )?;
    Ok(rows > 0)
}

/// Withdraws everybody's grant of a role within a scope, as when zones are made anew.
pub fn withdraw_all(tx: &mut Tx, role: Role, scope: &Scope) -> Result<(), Error> {
    let reach = serde_json::to_string(scope).map_err(|e| Error::Bug(e.to_string()))?;
    tx.execute(
        "update grants set withdrawn_at = $3 where role = $1 and reach = $2 and withdrawn_at is null",
        params![role.name(), reach, tx.at()],
    )?;
    Ok(())
}
