//! Activities, sessions and signups as JSON.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    activities::{
        Activity, ActivityKind, ActivityPlan, ActivityState, Period, Position, Requirements,
        Session, SessionPlan, SessionState, Signup, SignupState,
    },
    ids::{ActivityId, PositionId, ProjectId, SessionId, SignupId, TeamId, VenueId, VolunteerId},
    place::Location,
    teams::TeamCategory,
    units::Metres,
    volunteers::masked_name,
};
use shijian_persistence::activities::SignupView;
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::actions::{plans::NewActivity, sessions::NewPosition, signups::SignUp};
use crate::paged;

/// An activity to draft.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "公益理发进社区",
    "description": "每月 5 日为社区老人理发。",
    "kind": "venue_choice",
    "host_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "category": "help_and_care"
}))]
pub struct CreateActivity {
    #[validate(length(min = 2, max = 100))]
    #[schema(min_length = 2, max_length = 100)]
    pub title: String,
    #[validate(length(max = 4000))]
    #[schema(max_length = 4000)]
    pub description: Option<String>,
    pub kind: ActivityKind,
    pub host_venue_id: VenueId,
    pub project_id: Option<ProjectId>,
    pub team_id: Option<TeamId>,
    pub category: Option<TeamCategory>,
}

impl CreateActivity {
    pub fn command(&self) -> NewActivity {
        NewActivity {
            plan: ActivityPlan {
                title: self.title.clone(),
                description: self.description.clone(),
                kind: self.kind,
                category: self.category,
            },
            host_venue_id: self.host_venue_id,
            project_id: self.project_id,
            team_id: self.team_id,
        }
    }
}

/// What a draft says anew.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "公益理发进社区", "kind": "venue_choice", "category": "help_and_care", "version": 1}))]
pub struct ReplaceActivity {
    #[validate(length(min = 2, max = 100))]
    #[schema(min_length = 2, max_length = 100)]
    pub title: String,
    #[validate(length(max = 4000))]
    #[schema(max_length = 4000)]
    pub description: Option<String>,
    pub kind: ActivityKind,
    pub category: Option<TeamCategory>,
    /// The version that this replaces, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

impl ReplaceActivity {
    pub fn plan(&self) -> ActivityPlan {
        ActivityPlan {
            title: self.title.clone(),
            description: self.description.clone(),
            kind: self.kind,
            category: self.category,
        }
    }
}

/// An activity.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01",
    "title": "公益理发进社区",
    "description": "每月 5 日为社区老人理发。",
    "kind": "venue_choice",
    "category": "help_and_care",
    "host_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "project_id": null,
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "state": "published",
    "state_reason": null,
    "version": 2,
    "created_at": "2026-11-23T01:00:00Z"
}))]
pub struct ActivityBody {
    pub id: ActivityId,
    pub title: String,
    pub description: Option<String>,
    pub kind: ActivityKind,
    pub category: Option<TeamCategory>,
    pub host_venue_id: VenueId,
    pub project_id: Option<ProjectId>,
    pub team_id: Option<TeamId>,
    pub state: ActivityState,
    /// Why it was sent back or cancelled.
    pub state_reason: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl From<Activity> for ActivityBody {
    fn from(activity: Activity) -> Self {
        Self {
            id: activity.id,
            title: activity.plan.title,
            description: activity.plan.description,
            kind: activity.plan.kind,
            category: activity.plan.category,
            host_venue_id: activity.host_venue_id,
            project_id: activity.project_id,
            team_id: activity.team_id,
            state: activity.state,
            state_reason: activity.state_reason,
            version: activity.version,
            created_at: activity.created_at,
        }
    }
}

/// Which activities to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListActivities {
    /// Hosted by this venue or one below it.
    pub venue_id: Option<VenueId>,
    /// Of this project.
    pub project_id: Option<ProjectId>,
    /// Of this team.
    pub team_id: Option<TeamId>,
    /// Of this kind.
    pub kind: Option<ActivityKind>,
    /// Of this category.
    pub category: Option<TeamCategory>,
    /// `published`, if not given. Drafts are shown to who works on them.
    pub state: Option<ActivityState>,
    /// A part of the title.
    #[validate(length(min = 1, max = 50))]
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListActivities);

/// A page of activities.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct ActivityList {
    pub items: Vec<ActivityBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// A role with a headcount.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "理发师", "headcount": 4, "requirements": {"skills": ["理发"]}}))]
pub struct PositionInput {
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50)]
    pub name: String,
    #[validate(range(min = 1, max = 10_000))]
    #[schema(minimum = 1, maximum = 10_000)]
    pub headcount: i64,
    #[serde(default)]
    #[validate(custom(function = good_requirements))]
    pub requirements: Requirements,
}

fn good_requirements(needs: &Requirements) -> Result<(), ValidationError> {
    let short = |skill: &String| (1..=30).contains(&skill.chars().count());
    let is_good = needs.skills.len() <= 10
        && needs.skills.iter().all(short)
        && needs.minimum_age.is_none_or(|age| age <= 120);
    if is_good { Ok(()) } else { Err(ValidationError::new("requirements_out_of_range")) }
}

fn on_earth(location: &Location) -> Result<(), ValidationError> {
    if location.is_on_earth() { Ok(()) } else { Err(ValidationError::new("off_the_map")) }
}

/// An instant as databases keep it, in whole microseconds: what is answered is what is read later.
pub fn kept(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

macro_rules! session_input {
    ($(#[$meta:meta])* $name:ident { $($extra:tt)* }) => {
        #[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name {
            pub starts_at: DateTime<Utc>,
            /// At most 24 hours after the start.
            pub ends_at: DateTime<Utc>,
            /// Times within the session that are not served.
            #[serde(default)]
            #[validate(length(max = 10))]
            #[schema(max_items = 10)]
            pub breaks: Vec<Period>,
            /// Where people meet, in words.
            #[validate(length(min = 1, max = 200))]
            #[schema(min_length = 1, max_length = 200)]
            pub place: String,
            #[validate(custom(function = on_earth))]
            pub location: Location,
            /// Now, if not given.
            pub signup_opens_at: Option<DateTime<Utc>>,
            /// The start, if not given.
            pub signup_closes_at: Option<DateTime<Utc>>,
            /// Metres around the location within which a scan is usual; 500 if not given.
            #[validate(range(min = 10, max = 100_000))]
            #[schema(minimum = 10, maximum = 100_000)]
            pub check_in_radius: Option<i64>,
            /// Service in the home of who is served.
            #[serde(default)]
            pub home_visit: bool,
            #[serde(default)]
            pub high_risk: bool,
            /// The number of the insurance policy; a high-risk session needs one.
            #[validate(length(min = 1, max = 60))]
            #[schema(min_length = 1, max_length = 60)]
            pub insurance_policy: Option<String>,
            $($extra)*
        }

        impl $name {
            pub fn plan(&self) -> SessionPlan {
                SessionPlan {
                    when: Period { starts_at: kept(self.starts_at), ends_at: kept(self.ends_at) },
                    breaks: self.breaks.clone(),
                    place: self.place.clone(),
                    location: self.location,
                    signup_opens_at: self.signup_opens_at.map(kept),
                    signup_closes_at: self.signup_closes_at.map(kept),
                    check_in_radius: self.check_in_radius.map(Metres),
                    home_visit: self.home_visit,
                    high_risk: self.high_risk,
                    insurance_policy: self.insurance_policy.clone(),
                }
            }
        }
    };
}

session_input! {
    /// A session to put on the calendar.
    #[schema(example = json!({
        "starts_at": "2026-12-05T01:00:00Z",
        "ends_at": "2026-12-05T03:00:00Z",
        "place": "中上园社区活动室",
        "location": {"longitude": 116.6584, "latitude": 39.9102},
        "positions": [{"name": "理发师", "headcount": 4}]
    }))]
    CreateSession {
        #[validate(length(min = 1, max = 30), nested)]
        #[schema(min_items = 1, max_items = 30)]
        pub positions: Vec<PositionInput>,
    }
}

session_input! {
    /// When and where a session takes place from now on.
    #[schema(example = json!({
        "starts_at": "2026-12-05T06:00:00Z",
        "ends_at": "2026-12-05T08:00:00Z",
        "place": "中上园社区活动室",
        "location": {"longitude": 116.6584, "latitude": 39.9102},
        "version": 1
    }))]
    ReplaceSession {
        /// The version that this replaces, where `If-Match` cannot be sent.
        pub version: Option<i64>,
    }
}

impl CreateSession {
    pub fn places(&self) -> Vec<NewPosition> {
        let place = |position: &PositionInput| NewPosition {
            name: position.name.clone(),
            headcount: position.headcount,
            requirements: position.requirements.clone(),
        };
        self.positions.iter().map(place).collect()
    }
}

/// A role with its places.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d03",
    "name": "理发师",
    "headcount": 4,
    "confirmed": 3,
    "offered": 0,
    "waitlisted": 0,
    "requirements": {"skills": ["理发"], "minimum_age": null, "minimum_star_level": 0, "induction": false, "team_members_only": false}
}))]
pub struct PositionBody {
    pub id: PositionId,
    pub name: String,
    pub headcount: i64,
    /// Places taken.
    pub confirmed: i64,
    /// Places held for somebody of the waitlist who is asked.
    pub offered: i64,
    pub waitlisted: i64,
    pub requirements: Requirements,
}

impl From<Position> for PositionBody {
    fn from(position: Position) -> Self {
        Self {
            id: position.id,
            name: position.name,
            headcount: position.headcount,
            confirmed: position.confirmed,
            offered: position.offered,
            waitlisted: position.waitlisted,
            requirements: position.requirements,
        }
    }
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d02",
    "activity_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01",
    "title": "公益理发进社区",
    "host_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "team_id": null,
    "starts_at": "2026-12-05T01:00:00Z",
    "ends_at": "2026-12-05T03:00:00Z",
    "breaks": [],
    "place": "中上园社区活动室",
    "location": {"longitude": 116.6584, "latitude": 39.9102},
    "distance": null,
    "signup_opens_at": null,
    "signup_closes_at": "2026-12-05T01:00:00Z",
    "check_in_opens_at": "2026-12-05T00:30:00Z",
    "check_in_radius": 500,
    "home_visit": false,
    "high_risk": false,
    "state": "scheduled",
    "positions": [{
        "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d03", "name": "理发师", "headcount": 4, "confirmed": 3, "offered": 0, "waitlisted": 0,
        "requirements": {"skills": [], "minimum_age": null, "minimum_star_level": 0, "induction": false, "team_members_only": false}
    }],
    "version": 1
}))]
pub struct SessionBody {
    pub id: SessionId,
    pub activity_id: ActivityId,
    /// The activity's.
    pub title: String,
    pub host_venue_id: VenueId,
    pub team_id: Option<TeamId>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub breaks: Vec<Period>,
    pub place: String,
    pub location: Location,
    /// Metres from the place searched around.
    pub distance: Option<Metres>,
    pub signup_opens_at: Option<DateTime<Utc>>,
    pub signup_closes_at: DateTime<Utc>,
    pub check_in_opens_at: DateTime<Utc>,
    /// Metres.
    pub check_in_radius: Metres,
    pub home_visit: bool,
    pub high_risk: bool,
    pub state: SessionState,
    pub positions: Vec<PositionBody>,
    pub version: i64,
}

impl SessionBody {
    pub fn new(
        session: Session,
        title: String,
        positions: Vec<Position>,
        distance: Option<Metres>,
    ) -> Self {
        let policy = shijian_domain::activities::SessionPolicy::default();
        let plan = session.plan;
        Self {
            id: session.id,
            activity_id: session.activity_id,
            title,
            host_venue_id: session.host_venue_id,
            team_id: session.team_id,
            starts_at: plan.when.starts_at,
            ends_at: plan.when.ends_at,
            signup_closes_at: plan.signup_closes(),
            check_in_radius: plan.radius(),
            breaks: plan.breaks,
            place: plan.place,
            location: plan.location,
            distance,
            signup_opens_at: plan.signup_opens_at,
            check_in_opens_at: plan.when.starts_at - policy.check_in_opens_before,
            home_visit: plan.home_visit,
            high_risk: plan.high_risk,
            state: session.state,
            positions: positions.into_iter().map(PositionBody::from).collect(),
            version: session.version,
        }
    }
}

/// Which sessions to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSessions {
    /// Hosted by this venue or one below it.
    pub venue_id: Option<VenueId>,
    /// Of this activity.
    pub activity_id: Option<ActivityId>,
    /// Of this team's activities.
    pub team_id: Option<TeamId>,
    /// Ends after; now, if neither this nor an activity is given.
    pub from: Option<DateTime<Utc>>,
    /// Starts before.
    pub to: Option<DateTime<Utc>>,
    /// Degrees east of the place to search around; with `latitude`. The nearest come first.
    #[validate(range(min = -180.0, max = 180.0))]
    #[param(minimum = -180, maximum = 180)]
    pub longitude: Option<f64>,
    /// Degrees north of the place to search around.
    #[validate(range(min = -90.0, max = 90.0))]
    #[param(minimum = -90, maximum = 90)]
    pub latitude: Option<f64>,
    /// Metres around the place; 3,000 if not given.
    #[validate(range(min = 1, max = 100_000))]
    #[param(minimum = 1, maximum = 100_000)]
    pub radius: Option<i64>,
    /// Only sessions that take signups now.
    pub open: Option<bool>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListSessions);

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct SessionList {
    pub items: Vec<SessionBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// A wish to serve.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"position_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d03"}))]
pub struct SignUpBody {
    pub position_id: PositionId,
    /// The adult volunteer with a place in the same session who comes along with a minor.
    pub companion_id: Option<VolunteerId>,
}

impl SignUpBody {
    pub fn command(&self, session_id: SessionId) -> SignUp {
        SignUp { session_id, position_id: self.position_id, companion_id: self.companion_id }
    }
}

/// A place in a session, or in the queue behind it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d04",
    "session_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d02",
    "position_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d03",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "state": "confirmed",
    "waitlist_place": null,
    "offered_until": null,
    "must_confirm": false,
    "starts_at": "2026-12-05T01:00:00Z",
    "ends_at": "2026-12-05T03:00:00Z",
    "created_at": "2026-11-23T01:00:00Z",
    "version": 1
}))]
pub struct SignupBody {
    pub id: SignupId,
    pub session_id: SessionId,
    pub position_id: PositionId,
    pub volunteer_id: VolunteerId,
    pub state: SignupState,
    /// From 1, while waitlisted and where it was asked for.
    pub waitlist_place: Option<i64>,
    /// Until when an offered place is held.
    pub offered_until: Option<DateTime<Utc>>,
    /// The session moved: confirm again, or leave freely.
    pub must_confirm: bool,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub version: i64,
}

impl SignupBody {
    pub fn new(signup: Signup, waitlist_place: Option<i64>) -> Self {
        Self {
            id: signup.id,
            session_id: signup.session_id,
            position_id: signup.position_id,
            volunteer_id: signup.volunteer_id,
            state: signup.state,
            waitlist_place,
            offered_until: signup.offered_until,
            must_confirm: signup.must_confirm,
            starts_at: signup.when.starts_at,
            ends_at: signup.when.ends_at,
            created_at: signup.created_at,
            version: signup.version,
        }
    }
}

/// A signup with what it is for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d04",
    "session_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d02",
    "position_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d03",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "state": "confirmed",
    "waitlist_place": null,
    "offered_until": null,
    "must_confirm": false,
    "starts_at": "2026-12-05T01:00:00Z",
    "ends_at": "2026-12-05T03:00:00Z",
    "created_at": "2026-11-23T01:00:00Z",
    "version": 1,
    "activity_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01",
    "title": "公益理发进社区",
    "position_name": "理发师",
    "place": "中上园社区活动室",
    "volunteer": {"number": "V7K3M9Q2X4A", "real_name": "王**"}
}))]
pub struct SignupDetail {
    #[serde(flatten)]
    pub signup: SignupBody,
    pub activity_id: ActivityId,
    pub title: String,
    pub position_name: String,
    pub place: String,
    pub volunteer: NamedVolunteer,
}

/// Whom it is about; the name is masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"number": "V7K3M9Q2X4A", "real_name": "王**"}))]
pub struct NamedVolunteer {
    pub number: String,
    /// Masked.
    pub real_name: String,
}

impl NamedVolunteer {
    pub fn new((number, real_name): (String, String)) -> Self {
        Self { number, real_name: masked_name(&real_name) }
    }
}

impl From<SignupView> for SignupDetail {
    fn from(view: SignupView) -> Self {
        Self {
            signup: SignupBody::new(view.signup, None),
            activity_id: view.activity_id,
            title: view.title,
            position_name: view.position_name,
            place: view.place,
            volunteer: NamedVolunteer::new(view.volunteer),
        }
    }
}

/// Which signups to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSignups {
    /// In this state.
    pub state: Option<SignupState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListSignups);

/// A page of signups.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct SignupList {
    pub items: Vec<SignupDetail>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
