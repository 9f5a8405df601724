//! Projects: what a venue plans to do for its residents.

use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, ProjectId, TeamId, VenueId},
    projects::{Project, ProjectPlan, ProjectState},
    teams::TeamCategory,
    venues::VenuePath,
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{projects, venues},
    subtree,
    venues::escape_like,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, treat_none_as_null = true)]
struct Row {
    id: ProjectId,
    title: String,
    summary: Option<String>,
    owner_venue_id: VenueId,
    team_id: Option<TeamId>,
    category: TeamCategory,
    goals: String,
    orderable: bool,
    order_note: Option<String>,
    state: ProjectState,
    state_reason: Option<String>,
    author_id: Option<AccountId>,
    version: i64,
    created_at: At,
}

impl TryFrom<Row> for Project {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            plan: ProjectPlan {
                title: row.title,
                summary: row.summary,
                category: row.category,
                goals: serde_json::from_str(&row.goals)?,
                orderable: row.orderable,
                order_note: row.order_note,
            },
            owner_venue_id: row.owner_venue_id,
            team_id: row.team_id,
            state: row.state,
            state_reason: row.state_reason,
            author_id: row.author_id,
            version: row.version,
            created_at: row.created_at.0,
        })
    }
}

impl Row {
    fn of(project: &Project) -> Stored<Self> {
        Ok(Self {
            id: project.id,
            title: project.plan.title.clone(),
            summary: project.plan.summary.clone(),
            owner_venue_id: project.owner_venue_id,
            team_id: project.team_id,
            category: project.plan.category,
            goals: serde_json::to_string(&project.plan.goals)?,
            orderable: project.plan.orderable,
            order_note: project.plan.order_note.clone(),
            state: project.state,
            state_reason: project.state_reason.clone(),
            author_id: project.author_id,
            version: project.version,
            created_at: At(project.created_at),
        })
    }
}

pub fn project(tx: &mut Transaction<'_>, id: ProjectId) -> Stored<Option<Project>> {
    on_engine!(tx, c => projects::table.find(id).select(Row::as_select()).first(c).optional())?
        .map(Project::try_from)
        .transpose()
}

/// The project, with the path of its owner venue: enough to decide who may touch it.
pub fn project_at_home(
    tx: &mut Transaction<'_>,
    id: ProjectId,
) -> Stored<Option<(Project, VenuePath)>> {
    let row: Option<(Row, String)> = on_engine!(tx, c => projects::table
        .inner_join(venues::table)
        .filter(projects::id.eq(id))
        .select((Row::as_select(), venues::path))
        .first(c)
        .optional())?;
    row.map(|(row, path)| Ok((Project::try_from(row)?, VenuePath::stored(path)))).transpose()
}

/// The project, held until the transaction ends.
pub fn lock_project(tx: &mut Transaction<'_>, id: ProjectId) -> Stored<Option<Project>> {
    let rows: Vec<Row> = locked!(tx, projects::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(Project::try_from).transpose()
}

pub fn insert_project(tx: &mut Transaction<'_>, project: &Project) -> Stored<()> {
    let row = Row::of(project)?;
    on_engine!(tx, c => diesel::insert_into(projects::table).values(&row).execute(c)).map(drop)
}

pub fn update_project(tx: &mut Transaction<'_>, project: &Project) -> Stored<()> {
    let row = Row::of(project)?;
    on_engine!(tx, c => diesel::update(projects::table.find(project.id)).set(&row).execute(c))
        .map(drop)
}

/// Who asks for a list, as far as it matters to what they see.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// Sees every state everywhere.
    pub everywhere: bool,
    /// Sees every state in this subtree.
    pub within: Option<VenuePath>,
    /// Sees every state of these teams' projects.
    pub teams: Vec<TeamId>,
}

/// Which projects a list shows.
#[derive(Debug, Clone, Default)]
pub struct ProjectFilter {
    pub within: Option<VenuePath>,
    pub team_id: Option<TeamId>,
    pub category: Option<TeamCategory>,
    pub state: Option<ProjectState>,
    /// A part of the title.
    pub text: Option<String>,
}

/// Projects by id that the reader may see, from after `after` on.
pub fn projects(
    tx: &mut Transaction<'_>,
    filter: &ProjectFilter,
    reader: &Reader,
    after: Option<ProjectId>,
    limit: i64,
) -> Stored<Vec<Project>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query =
            projects::table.inner_join(venues::table).select(Row::as_select()).into_boxed();
        if !reader.everywhere {
            let shown = projects::state
                .eq_any(ProjectState::PUBLIC)
                .or(projects::team_id.eq_any(reader.teams.iter().copied().map(Some)));
            query = match &reader.within {
                Some(path) => query.filter(shown.or(subtree!(path))),
                None => query.filter(shown),
            };
        }
        if let Some(path) = &filter.within {
            query = query.filter(subtree!(path));
        }
        if let Some(team) = filter.team_id {
            query = query.filter(projects::team_id.eq(Some(team)));
        }
        if let Some(category) = filter.category {
            query = query.filter(projects::category.eq(category));
        }
        if let Some(state) = filter.state {
            query = query.filter(projects::state.eq(state));
        }
        if let Some(text) = &filter.text {
            query =
                query.filter(projects::title.like(format!("%{}%", escape_like(text))).escape('\\'));
        }
        if let Some(after) = after {
            query = query.filter(projects::id.gt(after));
        }
        query.order(projects::id).limit(limit).load(c)
    })?;
    rows.into_iter().map(Project::try_from).collect()
}

/// What residents can order, at one place or anywhere.
#[derive(Debug, Clone, Default)]
pub struct MenuFilter {
    /// Offered at the venue of this path, those above it or those below it.
    pub at: Option<VenuePath>,
    pub category: Option<TeamCategory>,
    /// A part of the title.
    pub text: Option<String>,
}

/// A project as residents order it.
#[derive(Debug, Clone)]
pub struct MenuItem {
    pub project: Project,
    pub venue_name: String,
}

/// The orderable projects that are published, by id, from after `after` on.
pub fn service_menu(
    tx: &mut Transaction<'_>,
    filter: &MenuFilter,
    after: Option<ProjectId>,
    limit: i64,
) -> Stored<Vec<MenuItem>> {
    let rows: Vec<(Row, String)> = on_engine!(tx, c => {
        let mut query = projects::table
            .inner_join(venues::table)
            .filter(projects::orderable.eq(true))
            .filter(projects::state.eq(ProjectState::Published))
            .select((Row::as_select(), venues::name))
            .into_boxed();
        if let Some(path) = &filter.at {
            query = query.filter(subtree!(path).or(one_of(venues::path, path.and_above())));
        }
        if let Some(category) = filter.category {
            query = query.filter(projects::category.eq(category));
        }
        if let Some(text) = &filter.text {
            query =
                query.filter(projects::title.like(format!("%{}%", escape_like(text))).escape('\\'));
        }
        if let Some(after) = after {
            query = query.filter(projects::id.gt(after));
        }
        query.order(projects::id).limit(limit).load(c)
    })?;
    rows.into_iter()
        .map(|(row, venue_name)| Ok(MenuItem { project: Project::try_from(row)?, venue_name }))
        .collect()
}
