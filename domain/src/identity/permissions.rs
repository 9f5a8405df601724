//! The table of permissions: what each role may do, and over which part of the district.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    ids::{AccountId, GrantId, PartnerId, TeamId, VenueId},
    venues::VenuePath,
};

vocabulary! {
    /// What an account may be trusted with, within a scope.
    pub enum Role {
        /// Runs the deployment: everything within the scope, grants and keys included.
        Admin = "admin",
        /// Heads a venue: reviews, settles and corrects what happens in its subtree.
        Manager = "manager",
        /// Works at a venue: runs its activities, sessions and volunteers.
        Staff = "staff",
        /// Walks a grid and reports what residents need.
        GridWorker = "grid_worker",
        /// Gives lectures and courses.
        Instructor = "instructor",
        /// Leads one team and runs its sessions.
        TeamLeader = "team_leader",
        /// Serves at a partner's counter.
        PartnerClerk = "partner_clerk",
        /// Reads everything within the scope, changes nothing.
        Auditor = "auditor",
    }
}

vocabulary! {
    /// One thing that an operation may need a grant for.
    pub enum Permission {
        VenueManage = "venue.manage",
        GrantRead = "grant.read",
        GrantManage = "grant.manage",
        ApiClientManage = "api_client.manage",
        AuditRead = "audit.read",
        PersonalDataReveal = "personal_data.reveal",
        VolunteerRead = "volunteer.read",
        VolunteerReview = "volunteer.review",
        TeamRead = "team.read",
        TeamReview = "team.review",
        TeamManage = "team.manage",
        ProjectRead = "project.read",
        ProjectWrite = "project.write",
        ProjectReview = "project.review",
        ActivityWrite = "activity.write",
        ActivityReview = "activity.review",
        SessionWrite = "session.write",
        SignupManage = "signup.manage",
        AttendanceRun = "attendance.run",
        ServiceRecordRead = "service_record.read",
        ServiceRecordReview = "service_record.review",
        PointsRead = "points.read",
        PointsCorrect = "points.correct",
        EarningRulesRead = "earning_rules.read",
        EarningRulesManage = "earning_rules.manage",
        PartnerManage = "partner.manage",
        OfferWrite = "offer.write",
        OfferReview = "offer.review",
        RedemptionRead = "redemption.read",
        RedemptionRefund = "redemption.refund",
        VoucherConsume = "voucher.consume",
        StatementRead = "statement.read",
        StatementConfirm = "statement.confirm",
        OrderRead = "order.read",
        /// To report a need that somebody else has.
        OrderSolicit = "order.solicit",
        /// To register, dispatch and end orders.
        OrderDispatch = "order.dispatch",
        /// To take orders for a team.
        OrderServe = "order.serve",
        /// To confirm and rate for whoever was served.
        OrderRate = "order.rate",
        /// To plan recurring services, and to switch the weather on for those that wait for it.
        CarePlanManage = "care_plan.manage",
        MatchingManage = "matching.manage",
        WorkCalendarManage = "work_calendar.manage",
        JobRun = "job.run",
        DemoClockMove = "demo_clock.move",
    }
}

/// What an auditor may do, and every other member of staff too.
const READING: &[Permission] = &[
    Permission::VolunteerRead,
    Permission::TeamRead,
    Permission::ProjectRead,
    Permission::ServiceRecordRead,
    Permission::EarningRulesRead,
    Permission::RedemptionRead,
    Permission::PointsRead,
    Permission::OrderRead,
];

const AUDITOR: &[Permission] =
    &[Permission::AuditRead, Permission::GrantRead, Permission::StatementRead];

const STAFF: &[Permission] = &[
    Permission::VolunteerReview,
    Permission::TeamReview,
    Permission::TeamManage,
    Permission::ProjectWrite,
    Permission::ActivityWrite,
    Permission::SessionWrite,
    Permission::SignupManage,
    Permission::AttendanceRun,
    Permission::ServiceRecordReview,
    Permission::OfferWrite,
    Permission::OrderSolicit,
    Permission::OrderDispatch,
    Permission::OrderServe,
    Permission::CarePlanManage,
];

const MANAGER: &[Permission] = &[
    Permission::VenueManage,
    Permission::GrantRead,
    Permission::GrantManage,
    Permission::AuditRead,
    Permission::PersonalDataReveal,
    Permission::ProjectReview,
    Permission::ActivityReview,
    Permission::PointsCorrect,
    Permission::EarningRulesManage,
    Permission::PartnerManage,
    Permission::OfferReview,
    Permission::RedemptionRefund,
    Permission::StatementRead,
    Permission::StatementConfirm,
    Permission::MatchingManage,
];

const ADMIN: &[Permission] = &[
    Permission::ApiClientManage,
    Permission::VoucherConsume,
    Permission::OrderRate,
    Permission::WorkCalendarManage,
    Permission::JobRun,
    Permission::DemoClockMove,
];

const TEAM_LEADER: &[Permission] = &[
    Permission::TeamRead,
    Permission::TeamManage,
    Permission::ProjectRead,
    Permission::ProjectWrite,
    Permission::ActivityWrite,
    Permission::SessionWrite,
    Permission::SignupManage,
    Permission::AttendanceRun,
    Permission::ServiceRecordRead,
    Permission::ServiceRecordReview,
    Permission::OrderServe,
];

/// A grid worker speaks for the residents of the grid.
const GRID_WORKER: &[Permission] =
    &[Permission::TeamRead, Permission::OrderRead, Permission::OrderSolicit, Permission::OrderRate];

const PARTNER_CLERK: &[Permission] = &[
    Permission::OfferWrite,
    Permission::RedemptionRead,
    Permission::VoucherConsume,
    Permission::StatementRead,
    Permission::StatementConfirm,
];

impl Role {
    /// The lists of permissions that together make up this role: the table of permissions.
    const fn lists(self) -> &'static [&'static [Permission]] {
        match self {
            Self::Admin => &[READING, STAFF, MANAGER, ADMIN],
            Self::Manager => &[READING, STAFF, MANAGER],
            Self::Staff => &[READING, STAFF],
            Self::Auditor => &[READING, AUDITOR],
            Self::TeamLeader => &[TEAM_LEADER],
            Self::PartnerClerk => &[PARTNER_CLERK],
            Self::GridWorker => &[GRID_WORKER],
            Self::Instructor => &[&[Permission::TeamRead]],
        }
    }

    /// What it is called, in Chinese and in English.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Admin => ("系统管理员", "Administrator"),
            Self::Manager => ("阵地负责人", "Manager"),
            Self::Staff => ("工作人员", "Staff"),
            Self::GridWorker => ("网格员", "Grid worker"),
            Self::Instructor => ("宣讲员", "Instructor"),
            Self::TeamLeader => ("志愿服务队队长", "Team leader"),
            Self::PartnerClerk => ("商户店员", "Partner clerk"),
            Self::Auditor => ("审计员", "Auditor"),
        }
    }

    /// Over what it can be given.
    pub const fn scopes(self) -> &'static [ScopeKind] {
        match self {
            Self::Admin => &[ScopeKind::Deployment],
            Self::TeamLeader => &[ScopeKind::Team],
            Self::PartnerClerk => &[ScopeKind::Partner],
            Self::Manager | Self::Staff | Self::GridWorker | Self::Instructor | Self::Auditor => {
                &[ScopeKind::Deployment, ScopeKind::Venue]
            }
        }
    }

    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        self.lists().iter().copied().flatten().copied()
    }

    pub fn allows(self, permission: Permission) -> bool {
        self.permissions().any(|held| held == permission)
    }
}

vocabulary! {
    /// What a grant's scope is.
    pub enum ScopeKind {
        Deployment = "deployment",
        Venue = "venue",
        Team = "team",
        Partner = "partner",
    }
}

vocabulary! {
    /// Whether an account can still sign in.
    pub enum AccountState {
        Active = "active",
        Closed = "closed",
    }
}

/// The part of the district that a grant covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole deployment.
    Deployment,
    /// A venue and everything below it.
    Venue(VenueId, VenuePath),
    /// One team.
    Team(TeamId),
    /// One partner.
    Partner(PartnerId),
}

impl Scope {
    pub const fn kind(&self) -> ScopeKind {
        match self {
            Self::Deployment => ScopeKind::Deployment,
            Self::Venue(..) => ScopeKind::Venue,
            Self::Team(_) => ScopeKind::Team,
            Self::Partner(_) => ScopeKind::Partner,
        }
    }

    /// `None` for the whole deployment.
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::Deployment => None,
            Self::Venue(id, _) => Some(id.0),
            Self::Team(id) => Some(id.0),
            Self::Partner(id) => Some(id.0),
        }
    }

    /// What it reaches. `venue` is where a team or a partner belongs.
    pub fn target<'a>(&'a self, venue: Option<&'a VenuePath>) -> Target<'a> {
        match self {
            Self::Deployment => Target::DEPLOYMENT,
            Self::Venue(_, path) => Target::venue(path),
            Self::Team(team) => Target { venue, team: Some(*team), partner: None },
            Self::Partner(partner) => Target { venue, team: None, partner: Some(*partner) },
        }
    }
}

/// A role given to an account within a scope, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    pub account_id: AccountId,
    pub role: Role,
    pub scope: Scope,
    pub valid_from: DateTime<Utc>,
    /// `None` until somebody ends it.
    pub valid_to: Option<DateTime<Utc>>,
    /// `None` for the first administrator.
    pub granted_by: Option<AccountId>,
}

/// What an operation touches; a grant that covers any of it is enough.
#[derive(Debug, Clone, Copy, Default)]
pub struct Target<'a> {
    pub venue: Option<&'a VenuePath>,
    pub team: Option<TeamId>,
    pub partner: Option<PartnerId>,
}

impl<'a> Target<'a> {
    /// What belongs to no venue, team or partner: only a grant on the deployment covers it.
    pub const DEPLOYMENT: Self = Self { venue: None, team: None, partner: None };

    pub const fn venue(path: &'a VenuePath) -> Self {
        Self { venue: Some(path), team: None, partner: None }
    }

    pub const fn team(team: TeamId) -> Self {
        Self { venue: None, team: Some(team), partner: None }
    }

    pub const fn partner(partner: PartnerId) -> Self {
        Self { venue: None, team: None, partner: Some(partner) }
    }

    /// Also reached through a grant on this team.
    #[must_use]
    pub fn or_team(self, team: impl Into<Option<TeamId>>) -> Self {
        Self { team: team.into(), ..self }
    }

    /// Also reached through a grant on this partner.
    #[must_use]
    pub const fn or_partner(self, partner: PartnerId) -> Self {
        Self { partner: Some(partner), ..self }
    }
}

impl Grant {
    pub fn is_valid_at(&self, now: DateTime<Utc>) -> bool {
        self.valid_from <= now && self.valid_to.is_none_or(|end| now < end)
    }

    /// Whether this grant's scope reaches `target`.
    pub fn covers(&self, target: Target<'_>) -> bool {
        match &self.scope {
            Scope::Deployment => true,
            Scope::Venue(_, path) => target.venue.is_some_and(|venue| path.covers(venue)),
            Scope::Team(team) => target.team == Some(*team),
            Scope::Partner(partner) => target.partner == Some(*partner),
        }
    }

    pub fn allows(&self, permission: Permission, target: Target<'_>) -> bool {
        self.role.allows(permission) && self.covers(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_holds_every_permission() {
        for permission in Permission::ALL {
            assert!(Role::Admin.allows(*permission), "{permission}");
        }
    }

    #[test]
    fn an_auditor_changes_nothing() {
        for permission in Role::Auditor.permissions() {
            assert_eq!(permission.as_str().rsplit('.').next(), Some("read"), "{permission}");
        }
    }

    #[test]
    fn a_role_lists_no_permission_twice() {
        for role in Role::ALL {
            let mut seen = Vec::new();
            for permission in role.permissions() {
                assert!(!seen.contains(&permission), "{role} lists {permission} twice");
                seen.push(permission);
            }
        }
    }
}
