//! The events of the journal: one enum for the whole house, because the board, the phones and the auditors read them
//! all. Ids, counts and fixed words only; never a name, a number or a text that a person wrote, so that erasing a
//! person leaves the chain whole.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Id, Moment, PostRole, Role,
    rights::Group,
    things::{
        Account, Assignment, Correction, Deed, Import, Notice, Order, Plan, Problem, Site, Team, Volunteer, Zone,
    },
};

macro_rules! events {
    ($( $(#[$doc:meta])* $name:ident $kind:literal { $($field:ident : $type:ty),* $(,)? } )*) => {
        /// What happened. The subject of each is written beside it in the journal.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind")]
        pub enum Event {$(
            $(#[$doc])*
            #[serde(rename = $kind)]
            $name { $($field: $type),* },
        )*}

        impl Event {
            /// The stable name of each kind: `duty.verb`.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            pub const fn kind(&self) -> &'static str {
                match self {$(Self::$name { .. } => $kind,)*}
            }
        }
    };
}

events! {
    // web: people and access
    AccountCreated "web.account_created" { account: Id<Account> }
    RoleGranted "web.role_granted" { account: Id<Account>, role: Role }
    RoleWithdrawn "web.role_withdrawn" { account: Id<Account>, role: Role }
    AccountSuspended "web.account_suspended" { account: Id<Account> }
    AccountReinstated "web.account_reinstated" { account: Id<Account> }
    SignedIn "web.signed_in" {}
    SignInFailed "web.sign_in_failed" {}
    SignedOut "web.signed_out" {}
    PasswordSet "web.password_set" {}
    /// An administrator wrote how an account's holder is called at the identity provider, or took that away.
    IdentityWritten "web.identity_written" { account: Id<Account> }
    /// Somebody came in by the identity provider for the first time: this identity and no other is theirs from now on.
    IdentityJoined "web.identity_joined" { account: Id<Account> }
    TokenWithdrawn "web.token_withdrawn" {}
    TokenIssued "web.token_issued" { role: Role }
    /// Somebody looked at a person's data in full.
    PersonRevealed "web.person_revealed" { what: String }
    /// Somebody has looked at unusually many people within an hour.
    ManyPeopleSeen "web.many_people_seen" { people: u64 }
    /// A list of people was shown: which, and how many they were. Numbers are masked in lists.
    PeopleListed "web.people_listed" { list: String, people: u64 }
    /// Somebody was shown unusually many names in lists within an hour.
    ManyPeopleListed "web.many_people_listed" { people: u64 }
    /// A list of people left as a file.
    PeopleExported "web.people_exported" { list: String, people: u64, why: String }
    /// Somebody wants to take so long a list that a second person must agree.
    ExportAsked "web.export_asked" { list: String, people: u64, why: String }
    ExportDecided "web.export_decided" { list: String, people: u64, agreed: bool }
    /// Taken by the emergency way, without a second person.
    ExportForced "web.export_forced" { list: String, people: u64, why: String }
    ConflictKept "web.conflict_kept" {}
    /// Somebody decided which of two versions is true: first, second or noted.
    ConflictSettled "web.conflict_settled" { decision: String }

    // erasure
    /// What was known of people who had left was erased: how much of each class, and of whom nothing.
    PeopleErased "erasure.people_erased" { people: u64, words: u64, notices: u64, notes: u64 }

    // imports
    RegisterImported "responders.register_imported" { import: Id<Import>, register: String, new: u64, changed: u64, same: u64, rejected: u64 }

    // places
    SiteChanged "places.site_changed" { site: Id<Site> }
    /// `at` is when it was done at the site; the entry's own time is when it arrived here.
    ChecklistMarked "places.checklist_marked" { site: Id<Site>, order: Id<Order>, item: String, done: bool, at: Moment }
    SiteSetUp "places.site_set_up" { site: Id<Site>, order: Id<Order>, at: Moment }
    SiteOpened "places.site_opened" { site: Id<Site>, order: Id<Order>, at: Moment }
    SiteClosed "places.site_closed" { site: Id<Site>, order: Id<Order>, at: Moment }
    /// Setting up, opening or closing was declared by mistake.
    StageWithdrawn "places.stage_withdrawn" { site: Id<Site>, order: Id<Order>, stage: String }
    /// A phone of the site was heard of: what is silent turns grey.
    SiteHeard "places.site_heard" { site: Id<Site> }
    ZonesMade "places.zones_made" { zones: u64, sites: u64 }
    ZonesDissolved "places.zones_dissolved" { zones: u64, sites: u64 }
    ZoneLeadNamed "places.zone_lead_named" { zone: Id<Zone>, account: Id<Account> }
    BoundariesImported "places.boundaries_imported" { divisions: u64 }
    DivisionsChanged "places.divisions_changed" { divisions: u64 }

    // responders
    VolunteerChanged "responders.volunteer_changed" { volunteer: Id<Volunteer> }
    AvailabilityStated "responders.availability_stated" { volunteer: Id<Volunteer> }
    CorrectionAsked "responders.correction_asked" { correction: Id<Correction>, volunteer: Id<Volunteer> }
    CorrectionSettled "responders.correction_settled" { correction: Id<Correction>, upheld: bool }
    DeedTold "responders.deed_told" { deed: Id<Deed>, volunteer: Id<Volunteer> }
    /// The person told of consents or declines; the assessment group publishes or withdraws.
    DeedDecided "responders.deed_decided" { deed: Id<Deed>, volunteer: Id<Volunteer>, state: String }
    BadgeRenewed "responders.badge_renewed" { volunteer: Id<Volunteer> }
    /// Too many wrong digits were typed with this person's badge; or somebody opened the entrance again.
    EntranceShut "responders.entrance_shut" { volunteer: Id<Volunteer> }
    EntranceOpened "responders.entrance_opened" { volunteer: Id<Volunteer> }
    /// A personal link was made for somebody.
    LinkMade "responders.link_made" { volunteer: Id<Volunteer> }
    Commended "responders.commended" { volunteer: Id<Volunteer>, on: bool }

    // deployments
    OrderGiven "deployments.order_given" { order: Id<Order>, sites: u64, people: u64 }
    OrderChanged "deployments.order_changed" { order: Id<Order> }
    OrderClosed "deployments.order_closed" { order: Id<Order> }
    OrderReopened "deployments.order_reopened" { order: Id<Order> }
    PlanMade "deployments.plan_made" { plan: Id<Plan>, order: Id<Order>, assigned: u64, unmet: u64, objective: i64 }
    PlanPublished "deployments.plan_published" { plan: Id<Plan>, order: Id<Order>, told: u64 }
    PlanWithdrawn "deployments.plan_withdrawn" { plan: Id<Plan>, order: Id<Order> }
    PersonPinned "deployments.person_pinned" { volunteer: Id<Volunteer>, order: Id<Order>, pinned: bool }
    PersonExcluded "deployments.person_excluded" { volunteer: Id<Volunteer>, order: Id<Order>, excluded: bool }
    LinkChanged "deployments.link_changed" { team: Id<Team>, site: Id<Site>, linked: bool }
    ShortageReported "deployments.shortage_reported" { site: Id<Site>, order: Id<Order>, role: PostRole, count: u64 }
    Replanned "deployments.replanned" { plan: Id<Plan>, order: Id<Order>, moved: u64, called: u64, unmet: u64 }
    Acknowledged "deployments.acknowledged" { assignment: Id<Assignment>, order: Id<Order>, site: Id<Site> }
    Declined "deployments.declined" { assignment: Id<Assignment>, order: Id<Order>, site: Id<Site>, reason: String }
    CheckedIn "deployments.checked_in" { volunteer: Id<Volunteer>, order: Id<Order>, site: Id<Site>, role: Option<PostRole>, at: Moment }
    CheckedOut "deployments.checked_out" { volunteer: Id<Volunteer>, order: Id<Order>, site: Id<Site>, at: Moment }
    CheckInUndone "deployments.check_in_undone" { volunteer: Id<Volunteer>, order: Id<Order>, site: Id<Site> }

    // notices
    NoticesQueued "notices.queued" { about: String, count: u64 }
    NoticesSent "notices.sent" { channel: String, count: u64 }
    NoticesSeen "notices.seen" { count: u64 }
    NoticeGivenUp "notices.given_up" { notice: Id<Notice> }
    NoticeTriedAgain "notices.tried_again" { count: u64 }
    Announced "notices.announced" { site: Option<Id<Site>>, role: Option<PostRole>, count: u64 }

    // problems
    RequestRaised "problems.raised" { problem: Id<Problem>, site: Option<Id<Site>>, group: Group }
    RequestTaken "problems.taken" { problem: Id<Problem> }
    RequestAnswered "problems.answered" { problem: Id<Problem>, promised_for: Option<Moment> }
    RequestHandedOver "problems.handed_over" { problem: Id<Problem>, from: Group, to: Group }
    RequestDone "problems.done" { problem: Id<Problem> }
    RequestConfirmed "problems.confirmed" { problem: Id<Problem> }
    RequestReopened "problems.reopened" { problem: Id<Problem> }
    RequestTakenBack "problems.taken_back" { problem: Id<Problem>, state: String, group: Group }
    RequestEscalated "problems.escalated" { problem: Id<Problem>, level: u8 }

    // teams
    TeamChanged "responders.team_changed" { team: Id<Team> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_back_as_it_was_written() {
        let event = Event::Commended { volunteer: Id::fresh(Moment::from_ms(1)), on: true };
        let text = serde_json::to_string(&event).unwrap();
        assert!(text.contains(r#""kind":"responders.commended""#), "{text}");
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }

    #[test]
    fn kinds_are_unique() {
        let mut kinds = Event::KINDS.to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), Event::KINDS.len());
    }
}
