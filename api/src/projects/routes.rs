//! `/api/v1/projects`

use actix_web::{HttpResponse, get, post, put, web::Path};
use shijian_domain::{
    ids::ProjectId,
    projects::{Project, ProjectMove, ProjectState},
};
use shijian_persistence::{
    orders::common_need_of_project,
    projects::{self, ProjectFilter},
};

use super::{
    actions,
    bodies::{CreateProject, ListProjects, ProjectBody, ProjectList, ReplaceProject},
};
use crate::{
    body::Body,
    context::Context,
    page::Params,
    problem::Answer,
    reply::Reply,
    venues::actions::existing as existing_venue,
    volunteers::bodies::{OptionalReason, Reason},
};

fn told(project: Project) -> Answer<Reply> {
    let version = project.version;
    Ok(Reply::ok(&ProjectBody::from(project))?.version(version))
}

/// Writes a draft.
#[utoipa::path(
    tag = "projects",
    operation_id = "createProject",
    summary = "Draft a project · 新建项目",
    request_body = CreateProject,
    responses((status = 201, body = ProjectBody, description = "The draft")),
)]
#[post("/projects")]
pub async fn create_project(context: Context, body: Body<CreateProject>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let project = actions::create_project(tx, act, &body.command())?;
            let (location, version) = (format!("/api/v1/projects/{}", project.id), project.version);
            Ok(Reply::created(location, &ProjectBody::from(project))?.version(version))
        })
        .await
}

/// One project: a published one, or one that the caller works on.
#[utoipa::path(
    tag = "projects",
    operation_id = "getProject",
    summary = "Get a project · 项目详情",
    params(("id" = ProjectId, Path, description = "The project")),
    responses((status = 200, body = ProjectBody, description = "The project")),
)]
#[get("/projects/{id}")]
pub async fn get_project(context: Context, id: Path<ProjectId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let body = context
        .read(move |tx, act| {
            let project = actions::visible(tx, act, id)?;
            let common = common_need_of_project(tx, id)?;
            Ok(ProjectBody {
                common_need_id: common.as_ref().map(|common| common.id),
                needs: common.map(|common| common.needs),
                ..project.into()
            })
        })
        .await?;
    let version = body.version;
    context.one(&body, version)
}

/// Published projects; those in another state to who works on them.
#[utoipa::path(
    tag = "projects",
    operation_id = "listProjects",
    summary = "List projects · 项目列表",
    params(ListProjects),
    responses((status = 200, body = ProjectList, description = "A page of projects")),
)]
#[get("/projects")]
pub async fn list_projects(context: Context, params: Params<ListProjects>) -> Answer<HttpResponse> {
    let page = context.page::<ProjectId>(&params.0)?;
    let (asked, after, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let within = match asked.venue_id {
                Some(id) => Some(existing_venue(tx, id)?.path),
                None => None,
            };
            let filter = ProjectFilter {
                within,
                team_id: asked.team_id,
                category: asked.category,
                state: Some(asked.state.unwrap_or(ProjectState::Published)),
                text: asked.q.clone(),
            };
            let reader = actions::reader(act);
            Ok(projects::projects(tx, &filter, &reader, after, rows)?)
        })
        .await?;
    context.list(&page, found, |project| project.id, ProjectBody::from)
}

/// Rewrites a draft, or a project that was sent back.
#[utoipa::path(
    tag = "projects",
    operation_id = "replaceProject",
    summary = "Rewrite a project · 修改项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = ReplaceProject,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[put("/projects/{id}")]
pub async fn replace_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<ReplaceProject>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(actions::replace_project(tx, act, id, body.plan())?))
        .await
}

/// Hands a draft in for review.
#[utoipa::path(
    tag = "projects",
    operation_id = "submitProject",
    summary = "Submit a project · 提交项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = OptionalReason,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[post("/projects/{id}/submit")]
pub async fn submit_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::move_project(tx, act, id, ProjectMove::Submit, body.reason.clone())?)
        })
        .await
}

/// Sends a project back with reasons.
#[utoipa::path(
    tag = "projects",
    operation_id = "returnProject",
    summary = "Return a project · 退回项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = Reason,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[post("/projects/{id}/return")]
pub async fn return_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::move_project(
                tx,
                act,
                id,
                ProjectMove::Return,
                Some(body.reason.clone()),
            )?)
        })
        .await
}

/// Approves a project; its author cannot.
#[utoipa::path(
    tag = "projects",
    operation_id = "approveProject",
    summary = "Approve a project · 批准项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = OptionalReason,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[post("/projects/{id}/approve")]
pub async fn approve_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::move_project(tx, act, id, ProjectMove::Approve, body.reason.clone())?)
        })
        .await
}

/// Opens an approved project to residents.
#[utoipa::path(
    tag = "projects",
    operation_id = "publishProject",
    summary = "Publish a project · 发布项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = OptionalReason,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[post("/projects/{id}/publish")]
pub async fn publish_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::move_project(tx, act, id, ProjectMove::Publish, body.reason.clone())?)
        })
        .await
}

/// Takes a published project off the menu for a while.
#[utoipa::path(
    tag = "projects",
    operation_id = "pauseProject",
    summary = "Pause a project · 暂停项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = Reason,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[post("/projects/{id}/pause")]
pub async fn pause_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::move_project(tx, act, id, ProjectMove::Pause, Some(body.reason.clone()))?)
        })
        .await
}

/// Puts a paused project back on the menu.
#[utoipa::path(
    tag = "projects",
    operation_id = "resumeProject",
    summary = "Resume a project · 恢复项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = OptionalReason,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[post("/projects/{id}/resume")]
pub async fn resume_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::move_project(tx, act, id, ProjectMove::Resume, body.reason.clone())?)
        })
        .await
}

/// Closes a project that did its work.
#[utoipa::path(
    tag = "projects",
    operation_id = "completeProject",
    summary = "Complete a project · 完成项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = OptionalReason,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[post("/projects/{id}/complete")]
pub async fn complete_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::move_project(tx, act, id, ProjectMove::Complete, body.reason.clone())?)
        })
        .await
}

/// Puts a project away.
#[utoipa::path(
    tag = "projects",
    operation_id = "archiveProject",
    summary = "Archive a project · 归档项目",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = OptionalReason,
    responses((status = 200, body = ProjectBody, description = "The project as it is now")),
)]
#[post("/projects/{id}/archive")]
pub async fn archive_project(
    context: Context,
    id: Path<ProjectId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::move_project(tx, act, id, ProjectMove::Archive, body.reason.clone())?)
        })
        .await
}
