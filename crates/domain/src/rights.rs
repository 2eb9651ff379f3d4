//! Rights, and the roles that are sets of them. A route names one right; a role says which rights its holder has; a
//! grant ties a person, a role and a [`Scope`](crate::Scope).

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The three groups of the headquarters that work through queues of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// 志愿者调配组
    Allocation,
    /// 防控服务组
    Prevention,
    /// 干部考察组
    Assessment,
}

impl Group {
    pub const ALL: [Self; 3] = [Self::Allocation, Self::Prevention, Self::Assessment];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Allocation => "allocation",
            Self::Prevention => "prevention",
            Self::Assessment => "assessment",
        }
    }
}

impl FromStr for Group {
    type Err = NoSuchName;
    fn from_str(text: &str) -> Result<Self, NoSuchName> {
        Self::ALL.into_iter().find(|group| group.name() == text).ok_or(NoSuchName)
    }
}

/// One thing that somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// No right needed: a public page.
    Anybody,
    /// Signed in, whoever it is: own settings, signing out.
    SignedIn,
    /// Create accounts, grants, tokens and personal links.
    ManageAccounts,
    /// Import sites, teams, links and volunteers.
    ImportRegisters,
    /// Read the journal.
    ReadJournal,
    /// See registers of sites, teams and volunteers (masked).
    SeeRegisters,
    /// See a person's telephone number in full; each look is logged.
    RevealPerson,
    /// Change sites, teams, links and volunteers by hand.
    EditRegisters,
    /// Create, change and close orders.
    GiveOrders,
    /// Make, pin, compare and undo plans.
    Allocate,
    /// Publish a plan: from then on people are told.
    PublishPlans,
    /// See the board and situation reports.
    SeeBoard,
    /// Send announcements to a whole district.
    Announce,
    /// See messages and their delivery.
    SeeNotices,
    /// Work a group's queue: take, answer, hand over, close.
    WorkRequests,
    /// See a site's people, checklist and requests.
    SeeSite,
    /// Run a site: checklist, opening, announcements.
    RunSite,
    /// Check people in and out at a site.
    CheckPeopleIn,
    /// Raise a request for a site, confirm or contest its answer.
    RaiseRequests,
    /// Read and change one's own duty: acknowledge, decline, check in and out, availability, corrections.
    OwnDuty,
    /// Tell of somebody's good deed.
    TellDeeds,
    /// Settle corrections of records and put people on the commendation list.
    AssessRecords,
    /// Decide what is true when two versions came under one key.
    SettleConflicts,
    /// Agree that somebody else takes a long list of people as a file.
    ApproveExports,
    /// Erase what is known of people who have left.
    ErasePeople,
    /// Pause and speed up the clock of a demonstration.
    MoveClock,
}

impl Right {
    pub const ALL: [Self; 26] = [
        Self::Anybody,
        Self::SignedIn,
        Self::ManageAccounts,
        Self::ImportRegisters,
        Self::ReadJournal,
        Self::SeeRegisters,
        Self::RevealPerson,
        Self::EditRegisters,
        Self::GiveOrders,
        Self::Allocate,
        Self::PublishPlans,
        Self::SeeBoard,
        Self::Announce,
        Self::SeeNotices,
        Self::WorkRequests,
        Self::SeeSite,
        Self::RunSite,
        Self::CheckPeopleIn,
        Self::RaiseRequests,
        Self::OwnDuty,
        Self::TellDeeds,
        Self::AssessRecords,
        Self::SettleConflicts,
        Self::ApproveExports,
        Self::ErasePeople,
        Self::MoveClock,
    ];
}

/// A named set of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Administrator,
    DutyOfficer,
    Allocator,
    PreventionGroup,
    AssessmentGroup,
    ZoneLead,
    SiteChief,
    Volunteer,
}

impl Role {
    pub const ALL: [Self; 8] = [
        Self::Administrator,
        Self::DutyOfficer,
        Self::Allocator,
        Self::PreventionGroup,
        Self::AssessmentGroup,
        Self::ZoneLead,
        Self::SiteChief,
        Self::Volunteer,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::DutyOfficer => "duty_officer",
            Self::Allocator => "allocator",
            Self::PreventionGroup => "prevention_group",
            Self::AssessmentGroup => "assessment_group",
            Self::ZoneLead => "zone_lead",
            Self::SiteChief => "site_chief",
            Self::Volunteer => "volunteer",
        }
    }

    /// The rights of this role, within the scope of the grant.
    pub const fn rights(self) -> &'static [Right] {
        use Right::{
            Allocate, Announce, ApproveExports, AssessRecords, CheckPeopleIn, EditRegisters, ErasePeople, GiveOrders,
            ImportRegisters, ManageAccounts, MoveClock, OwnDuty, PublishPlans, RaiseRequests, ReadJournal,
            RevealPerson, RunSite, SeeBoard, SeeNotices, SeeRegisters, SeeSite, SettleConflicts, TellDeeds,
            WorkRequests,
        };
        match self {
            Self::Administrator => &[
                ManageAccounts,
                ImportRegisters,
                EditRegisters,
                ReadJournal,
                SeeRegisters,
                SeeNotices,
                ApproveExports,
                ErasePeople,
                MoveClock,
            ],
            Self::DutyOfficer => &[
                ImportRegisters,
                EditRegisters,
                SeeRegisters,
                RevealPerson,
                GiveOrders,
                Allocate,
                PublishPlans,
                SeeBoard,
                Announce,
                SeeNotices,
                WorkRequests,
                SeeSite,
                RunSite,
                CheckPeopleIn,
                RaiseRequests,
                TellDeeds,
                SettleConflicts,
                ApproveExports,
                MoveClock,
            ],
            Self::Allocator => &[
                ImportRegisters,
                EditRegisters,
                SeeRegisters,
                RevealPerson,
                Allocate,
                PublishPlans,
                SeeBoard,
                SeeNotices,
                WorkRequests,
                SeeSite,
                TellDeeds,
            ],
            Self::PreventionGroup => &[SeeRegisters, SeeBoard, WorkRequests, SeeSite, TellDeeds],
            Self::AssessmentGroup => &[SeeRegisters, SeeBoard, WorkRequests, SeeSite, TellDeeds, AssessRecords],
            Self::ZoneLead => &[SeeSite, RunSite, CheckPeopleIn, RaiseRequests, WorkRequests, RevealPerson, TellDeeds],
            Self::SiteChief => &[SeeSite, RunSite, CheckPeopleIn, RaiseRequests, RevealPerson, TellDeeds],
            Self::Volunteer => &[OwnDuty, TellDeeds],
        }
    }

    pub fn has(self, right: Right) -> bool {
        matches!(right, Right::Anybody | Right::SignedIn) || self.rights().contains(&right)
    }

    /// The queue this role works, if it works one.
    pub const fn group(self) -> Option<Group> {
        match self {
            Self::Allocator => Some(Group::Allocation),
            Self::PreventionGroup => Some(Group::Prevention),
            Self::AssessmentGroup => Some(Group::Assessment),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such name")]
pub struct NoSuchName;

impl FromStr for Role {
    type Err = NoSuchName;
    fn from_str(text: &str) -> Result<Self, NoSuchName> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or(NoSuchName)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
