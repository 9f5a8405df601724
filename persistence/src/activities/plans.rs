//! Activities.

use diesel::prelude::*;
use shijian_domain::{
    activities::{Activity, ActivityKind, ActivityPlan, ActivityState},
    ids::{AccountId, ActivityId, ProjectId, TeamId, VenueId},
    teams::TeamCategory,
    venues::VenuePath,
};

use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{activities, venues},
    subtree,
    venues::escape_like,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = activities, treat_none_as_null = true)]
pub(super) struct ActivityRow {
    id: ActivityId,
    title: String,
    description: Option<String>,
    kind: ActivityKind,
    category: Option<TeamCategory>,
    host_venue_id: VenueId,
    project_id: Option<ProjectId>,
    team_id: Option<TeamId>,
    state: ActivityState,
    state_reason: Option<String>,
    author_id: Option<AccountId>,
    version: i64,
    created_at: At,
}

impl From<ActivityRow> for Activity {
    fn from(row: ActivityRow) -> Self {
        Self {
            id: row.id,
            plan: ActivityPlan {
                title: row.title,
                description: row.description,
                kind: row.kind,
                category: row.category,
            },
            host_venue_id: row.host_venue_id,
            project_id: row.project_id,
            team_id: row.team_id,
            state: row.state,
            state_reason: row.state_reason,
            author_id: row.author_id,
            version: row.version,
            created_at: row.created_at.0,
        }
    }
}

impl ActivityRow {
    fn of(activity: &Activity) -> Self {
        Self {
            id: activity.id,
            title: activity.plan.title.clone(),
            description: activity.plan.description.clone(),
            kind: activity.plan.kind,
            category: activity.plan.category,
            host_venue_id: activity.host_venue_id,
            project_id: activity.project_id,
            team_id: activity.team_id,
            state: activity.state,
            state_reason: activity.state_reason.clone(),
            author_id: activity.author_id,
            version: activity.version,
            created_at: At(activity.created_at),
        }
    }
}

/// The activity, with the path of its host venue: enough to decide who may touch it.
pub fn activity(tx: &mut Transaction<'_>, id: ActivityId) -> Stored<Option<(Activity, VenuePath)>> {
    let row: Option<(ActivityRow, String)> = on_engine!(tx, c => activities::table
        .inner_join(venues::table)
        .filter(activities::id.eq(id))
        .select((ActivityRow::as_select(), venues::path))
        .first(c)
        .optional())?;
    Ok(row.map(|(row, path)| (row.into(), VenuePath::stored(path))))
}

/// The activity, held until the transaction ends.
pub fn lock_activity(tx: &mut Transaction<'_>, id: ActivityId) -> Stored<Option<Activity>> {
    let rows: Vec<ActivityRow> =
        locked!(tx, activities::table.find(id).select(ActivityRow::as_select()))?;
    Ok(rows.into_iter().next().map(Activity::from))
}

pub fn insert_activity(tx: &mut Transaction<'_>, activity: &Activity) -> Stored<()> {
    let row = ActivityRow::of(activity);
    on_engine!(tx, c => diesel::insert_into(activities::table).values(&row).execute(c)).map(drop)
}

pub fn update_activity(tx: &mut Transaction<'_>, activity: &Activity) -> Stored<()> {
    let row = ActivityRow::of(activity);
    on_engine!(tx, c => diesel::update(activities::table.find(activity.id)).set(&row).execute(c))
        .map(drop)
}

/// Which activities a list shows.
#[derive(Debug, Clone, Default)]
pub struct ActivityFilter {
    pub within: Option<VenuePath>,
    pub project_id: Option<ProjectId>,
    pub team_id: Option<TeamId>,
    pub kind: Option<ActivityKind>,
    pub category: Option<TeamCategory>,
    pub state: Option<ActivityState>,
    /// A part of the title.
    pub text: Option<String>,
}

/// Who asks for a list, as far as it matters to what they see.
#[derive(Debug, Clone, Default)]
pub struct ActivityReader {
    /// Sees every state everywhere.
    pub everywhere: bool,
    /// Sees every state in these subtrees.
    pub within: Vec<VenuePath>,
    /// Sees every state of these teams' activities.
    pub teams: Vec<TeamId>,
}

/// Activities that the reader may see, the newest first, from before `before` on.
pub fn activities(
    tx: &mut Transaction<'_>,
    filter: &ActivityFilter,
    reader: &ActivityReader,
    before: Option<ActivityId>,
    limit: i64,
) -> Stored<Vec<Activity>> {
    let rows: Vec<ActivityRow> = on_engine!(tx, c => {
        let mut query = activities::table
            .inner_join(venues::table)
            .select(ActivityRow::as_select())
            .into_boxed();
        if !reader.everywhere {
            // Alternatives join what stands before them: they come first.
            query = query.filter(
                one_of(activities::state, ActivityState::PUBLIC)
                    .and(activities::kind.ne(ActivityKind::OnDemand)),
            );
            if !reader.teams.is_empty() {
                query = query.or_filter(
                    activities::team_id.eq_any(reader.teams.iter().copied().map(Some)),
                );
            }
            for path in &reader.within {
                query = query.or_filter(subtree!(path));
            }
        }
        if let Some(path) = &filter.within {
            query = query.filter(subtree!(path));
        }
        if let Some(project) = filter.project_id {
            query = query.filter(activities::project_id.eq(Some(project)));
        }
        if let Some(team) = filter.team_id {
            query = query.filter(activities::team_id.eq(Some(team)));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(activities::kind.eq(kind));
        }
        if let Some(category) = filter.category {
            query = query.filter(activities::category.eq(Some(category)));
        }
        if let Some(state) = filter.state {
            query = query.filter(activities::state.eq(state));
        }
        if let Some(text) = &filter.text {
            query = query
                .filter(activities::title.like(format!("%{}%", escape_like(text))).escape('\\'));
        }
        if let Some(before) = before {
            query = query.filter(activities::id.lt(before));
        }
        query.order(activities::id.desc()).limit(limit).load(c)
    })?;
    Ok(rows.into_iter().map(Activity::from).collect())
}
