//! How states and reasons are said on pages: the id of a word, and the class of a tag. A state is always word, shape and
//! colour.

use domain::{Id, things};
use places::readiness::{ItemState, Readiness, Stage};
use web::Frame;

use crate::{
    duty_page::show::{DutyPage, TodaysDuty},
    orders::show::OrderPage,
    plans::{
        compare::Figure,
        person::NearerPost,
        show::{PlanPage, PostLine},
    },
    roster::Presence,
    rules::{
        mishap,
        pick::Reason,
        shortfall,
        standing::{DeclineReason, Standing},
    },
    site_page::show::SitePage,
    store::plans::{self, Plan, Score},
};

impl Plan {
    /// Where its page lies below its order.
    pub const fn folder(&self) -> &'static str {
        if self.cause.is_mending() { "proposals" } else { "plans" }
    }

    pub const fn cause_word(&self) -> &'static str {
        match self.cause {
            mishap::Cause::Whole => "deployments-cause-whole",
            mishap::Cause::Gaps => "deployments-cause-gaps",
            mishap::Cause::Shortage { .. } => "deployments-cause-shortage",
            mishap::Cause::SiteClosed { .. } => "deployments-cause-site_closed",
            mishap::Cause::TeamLate { .. } => "deployments-cause-team_late",
            mishap::Cause::NoShows { .. } => "deployments-cause-no_shows",
            mishap::Cause::TooLate { .. } => "deployments-cause-too_late",
        }
    }

    pub const fn state_word(&self) -> &'static str {
        match (&self.stage, self.published_at, self.withdrawn_at) {
            (_, _, Some(_)) => "deployments-stage-withdrawn",
            (_, Some(_), None) => "deployments-stage-published",
            (plans::Stage::Asked, ..) => "deployments-stage-asked",
            (plans::Stage::Reading, ..) => "deployments-stage-reading",
            (plans::Stage::Solving, ..) => "deployments-stage-solving",
            (plans::Stage::Failed { .. }, ..) => "deployments-stage-failed",
            (plans::Stage::Ready(_), ..) => "deployments-stage-ready",
        }
    }

    pub const fn tone(&self) -> &'static str {
        match (&self.stage, self.published_at, self.withdrawn_at) {
            (_, _, Some(_)) => "tag-off",
            (_, Some(_), None) => "tag-good",
            (plans::Stage::Failed { .. }, ..) => "tag-bad",
            (plans::Stage::Ready(_), ..) => "",
            _ => "tag-warn",
        }
    }

    pub fn failure(&self) -> Option<&str> {
        match &self.stage {
            plans::Stage::Failed { why } => Some(why),
            _ => None,
        }
    }
}

impl Score {
    /// The mean way of a person.
    pub fn mean_m(&self) -> i64 {
        self.travel_m / i64::try_from(self.assigned.max(1)).unwrap_or(i64::MAX)
    }

    /// How much a better plan could save at most.
    pub const fn gap_m(&self) -> i64 {
        self.objective - self.lower_bound
    }
}

impl PlanPage {
    pub fn mean_way(&self, frame: &Frame) -> String {
        frame.distance(&self.plan.score().map_or(0, Score::mean_m))
    }

    pub fn gap_way(&self, frame: &Frame) -> String {
        frame.distance(&self.plan.score().map_or(0, Score::gap_m))
    }

    /// People are missing and the proposal changes nothing for anybody: nobody needs to be told.
    pub fn finds_nobody(&self) -> bool {
        let is_still = self.change.is_some_and(|change| change.told() == 0 && change.sent_home == 0);
        is_still && self.plan.cause.is_mending() && self.plan.score().is_some_and(|score| score.unmet > 0)
    }

    /// It is what people were told last.
    pub fn stands(&self) -> bool {
        self.plan.is_published() && self.order.plan == Some(self.plan.id)
    }
}

impl OrderPage {
    /// The plan to compare another with: the whole plan made before it.
    pub fn plan_before(&self, plan: &Plan) -> Option<Id<things::Plan>> {
        let is_whole = |other: &&Plan| !other.cause.is_mending() && other.score().is_some();
        let other = self.plans.iter().filter(is_whole).find(|other| other.number < plan.number);
        other.filter(|_| is_whole(&plan)).map(|other| other.id)
    }
}

impl Figure {
    pub fn change(&self) -> String {
        format!("{:+}", self.other - self.one)
    }
}

impl PostLine {
    pub fn cause_word(&self) -> &'static str {
        match self.shortfall.map(|shortfall| shortfall.cause) {
            Some(shortfall::Cause::NobodyQualified) => "deployments-short-nobody_qualified",
            Some(shortfall::Cause::AllResting) => "deployments-short-all_resting",
            Some(shortfall::Cause::Declined) => "deployments-short-declined",
            Some(shortfall::Cause::OtherOrders) => "deployments-short-other_orders",
            Some(shortfall::Cause::NotAvailable) => "deployments-short-not_available",
            Some(shortfall::Cause::TooFar) => "deployments-short-too_far",
            Some(shortfall::Cause::AllAssigned) | None => "deployments-short-all_assigned",
        }
    }
}

impl NearerPost {
    pub fn obstacle_word(&self) -> &'static str {
        match self.obstacle {
            "chain" => "deployments-obstacle-chain",
            "not_own" => "deployments-obstacle-not_own",
            _ => "deployments-obstacle-far_reaching",
        }
    }
}

/// A reason is told by the engine's crate, which has no words.
pub trait InWords {
    fn word(&self) -> &'static str;
    fn is_surplus(&self) -> bool;
}

impl InWords for Reason {
    fn word(&self) -> &'static str {
        match self {
            Self::Pinned => "deployments-reason-pinned",
            Self::Kept => "deployments-reason-kept",
            Self::OwnLink => "deployments-reason-own_link",
            Self::Nearest => "deployments-reason-nearest",
            Self::Surplus => "deployments-reason-surplus",
            Self::Reserve => "deployments-reason-reserve",
        }
    }

    fn is_surplus(&self) -> bool {
        matches!(self, Self::Surplus)
    }
}

/// One of the buttons that say how far a site has come.
pub struct StageStep {
    pub stage: Stage,
    pub address: &'static str,
    pub word: &'static str,
    pub is_so: bool,
    /// What is asked before.
    pub sure_word: Option<&'static str>,
}

impl SitePage {
    pub fn stage_word(&self) -> String {
        let stage = self.readiness.as_ref().map_or(Stage::Preparing, |ready| ready.stage);
        format!("places-stage-{}", stage.name())
    }

    pub fn stage_tone(&self) -> &'static str {
        match self.readiness.as_ref().map(|ready| ready.stage) {
            Some(Stage::SetUp | Stage::Open) => "tag-good",
            Some(Stage::Closed) => "tag-off",
            Some(Stage::Preparing) | None => "tag-warn",
        }
    }

    /// The three buttons of the site's day.
    pub fn stage_steps(&self) -> [StageStep; 3] {
        let stage = self.readiness.as_ref().map_or(Stage::Preparing, |ready| ready.stage);
        let stands = self.readiness.as_ref().is_some_and(|ready| ready.times.set_up_at.is_some());
        let step = |stage, address, word, is_so| StageStep { stage, address, word, is_so, sure_word: None };
        let closing = step(Stage::Closed, "closure", "places-say-close", stage == Stage::Closed);
        [
            step(Stage::SetUp, "set-up", "places-say-set-up", stands),
            step(Stage::Open, "opening", "places-say-open", stage == Stage::Open),
            StageStep { sure_word: Some("places-close-sure"), ..closing },
        ]
    }

    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    pub fn item_word(&self, state: &ItemState) -> String {
        format!("places-item-{}", state.item)
    }

    /// How many of the required items are ticked: `3/5`.
    pub fn required_done(&self) -> String {
        let required = |ready: &Readiness| ready.items.iter().filter(|state| state.required).count();
        let (required, missing) =
            self.readiness.as_ref().map_or((0, 0), |ready| (required(ready), ready.missing().len()));
        format!("{}/{required}", required - missing)
    }
}

impl Presence {
    /// As programs and our own scripts name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Coming => "coming",
            Self::Arrived { .. } => "arrived",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Left { .. } => "left",
            Self::WalkedIn { .. } => "walked_in",
        }
    }

    pub const fn word(&self) -> &'static str {
        match self {
            Self::Told => "deployments-presence-told",
            Self::Coming => "deployments-presence-coming",
            Self::Arrived { .. } => "deployments-presence-arrived",
            Self::Elsewhere { .. } => "deployments-presence-elsewhere",
            Self::Left { .. } => "deployments-presence-left",
            Self::WalkedIn { .. } => "deployments-presence-walked_in",
        }
    }

    /// The class of its tag.
    pub const fn tone(&self) -> &'static str {
        match self {
            Self::Told => "tag-warn",
            Self::Coming | Self::WalkedIn { .. } => "",
            Self::Arrived { .. } => "tag-good",
            Self::Elsewhere { .. } => "tag-bad",
            Self::Left { .. } => "tag-off",
        }
    }
}

impl DeclineReason {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ill => "deployments-why-ill",
            Self::Working => "deployments-why-working",
            Self::Family => "deployments-why-family",
            Self::TooFar => "deployments-why-too_far",
            Self::Other => "deployments-why-other",
        }
    }
}

impl TodaysDuty {
    pub const fn state_word(&self) -> &'static str {
        match self.standing {
            Standing::Told => "deployments-you-told",
            Standing::Acknowledged { .. } => "deployments-you-coming",
            Standing::Arrived { .. } => "deployments-you-arrived",
            Standing::Left { .. } => "deployments-you-left",
            Standing::Declined { .. } => "deployments-you-declined",
            Standing::Withdrawn { .. } => "deployments-you-withdrawn",
        }
    }

    pub const fn tone(&self) -> &'static str {
        match self.standing {
            Standing::Told => "tag-warn",
            Standing::Acknowledged { .. } | Standing::Arrived { .. } => "tag-good",
            Standing::Left { .. } | Standing::Declined { .. } | Standing::Withdrawn { .. } => "tag-off",
        }
    }

    pub fn reason_word(&self) -> &'static str {
        self.why.word()
    }
}

impl DutyPage {
    /// What became of the last duty, when there is none now.
    pub const fn gone_word(&self) -> Option<&'static str> {
        match self.gone {
            Some(Standing::Declined { .. }) if self.open_again.is_some() => Some("deployments-you-declined-open"),
            Some(Standing::Declined { .. }) => Some("deployments-you-declined-long"),
            Some(Standing::Withdrawn { .. }) => Some("deployments-you-withdrawn-long"),
            _ => None,
        }
    }
}
