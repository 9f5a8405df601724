//! `/api/v1/volunteers`

use actix_web::{HttpResponse, get, post, put, web::Path};
use shijian_domain::{
    identity::{Permission, Phone, Target},
    ids::VolunteerId,
    venues::VenuePath,
    volunteers::{IdentityNumber, VolunteerRefusal},
};
use shijian_persistence::{
    Transaction,
    volunteers::{self, KeptVolunteer, TextFilter, VolunteerFilter},
};

use super::{
    actions::{self, Review},
    bodies::{
        ApplyAsVolunteer, ContactBody, ListVolunteers, MyVolunteer, OptionalReason, Reason,
        ReplaceMyVolunteer, RevealedVolunteer, VolunteerBody, VolunteerDetail, VolunteerList,
    },
};
use crate::{
    act::Act,
    body::{Body, NoBody, RequestBody},
    context::Context,
    page::Params,
    problem::Answer,
    reply::Reply,
    venues::actions::existing as existing_venue,
};

/// The caller applies as a volunteer. Staff with `volunteer.review` at the home venue apply for somebody else: the account is that of the telephone.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "applyAsVolunteer",
    summary = "Apply as a volunteer · 申请成为志愿者",
    request_body = ApplyAsVolunteer,
    responses((status = 201, body = VolunteerBody, description = "The application, to be reviewed")),
)]
#[post("/volunteers")]
pub async fn apply_as_volunteer(
    context: Context,
    body: Body<ApplyAsVolunteer>,
) -> Answer<HttpResponse> {
    // Another server may be asked: before the transaction, not within it.
    let asked = body.content();
    let is_that_person =
        context.app.real_names.matches(&asked.real_name, &asked.identity_number).await?;
    if !is_that_person {
        return Err(VolunteerRefusal::NotThatPerson.into());
    }
    context
        .write(body, |tx, act, body| {
            let kept = actions::apply(tx, act, &body.application())?;
            let (id, version) = (kept.volunteer.id, kept.volunteer.version);
            let body = VolunteerBody::seen_by(Some(id), kept.volunteer);
            Ok(Reply::created(format!("/api/v1/volunteers/{id}"), &body)?.version(version))
        })
        .await
}

/// One volunteer: the caller, or somebody in the scope of their grants. What identifies the person is masked.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "getVolunteer",
    summary = "Get a volunteer · 志愿者详情",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    responses((status = 200, body = VolunteerDetail, description = "The volunteer")),
)]
#[get("/volunteers/{id}")]
pub async fn get_volunteer(context: Context, id: Path<VolunteerId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let (detail, version) = context
        .read(move |tx, act| {
            let kept = actions::visible(tx, act, id)?;
            let opened = actions::open(act, &kept.sealed)?;
            let version = kept.volunteer.version;
            let body = VolunteerBody::seen_by(act.caller.volunteer_if_any(), kept.volunteer);
            Ok((VolunteerDetail::new(body, opened), version))
        })
        .await?;
    context.one(&detail, version)
}

/// Volunteers whose home lies in the scope of the caller's grants.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "listVolunteers",
    summary = "List volunteers · 志愿者列表",
    params(ListVolunteers),
    responses((status = 200, body = VolunteerList, description = "A page of volunteers")),
)]
#[get("/volunteers")]
pub async fn list_volunteers(
    context: Context,
    params: Params<ListVolunteers>,
) -> Answer<HttpResponse> {
    let page = context.page::<VolunteerId>(&params.0)?;
    let (asked, after, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let filter = VolunteerFilter {
                within: within(tx, act, &asked)?,
                state: asked.state,
                text: asked.q.as_ref().map(|text| text_filter(act, text)),
            };
            Ok(volunteers::volunteers_within(tx, &filter, after, rows)?)
        })
        .await?;
    context.list(
        &page,
        found,
        |kept| kept.volunteer.id,
        |kept| VolunteerBody::seen_by(None, kept.volunteer),
    )
}

/// The subtree to list: the venue that is asked for, or the widest that the caller's grants cover.
fn within(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    asked: &ListVolunteers,
) -> Answer<Option<VenuePath>> {
    if let Some(id) = asked.venue_id {
        let venue = existing_venue(tx, id)?;
        let target = Target::venue(&venue.path);
        act.caller.authorise_read(Permission::VolunteerRead, target, "venue")?;
        return Ok(Some(venue.path));
    }
    act.caller.widest(Permission::VolunteerRead)
}

/// A telephone or an identity number is found by its index, everything else by name or number.
fn text_filter(act: &Act<'_>, text: &str) -> TextFilter {
    if let Ok(phone) = Phone::try_from(text.to_owned()) {
        return TextFilter::Phone(crate::identity::actions::phone_index(act, &phone));
    }
    if let Ok(number) = IdentityNumber::try_from(text.to_owned()) {
        return TextFilter::IdentityNumber(actions::identity_index(act, &number));
    }
    TextFilter::NameOrNumber(text.to_owned())
}

fn told(act: &Act<'_>, kept: KeptVolunteer) -> Answer<Reply> {
    let version = kept.volunteer.version;
    let body = VolunteerBody::seen_by(act.caller.volunteer_if_any(), kept.volunteer);
    Ok(Reply::ok(&body)?.version(version))
}

/// Takes a person on as a volunteer.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "approveVolunteer",
    summary = "Approve a volunteer · 通过志愿者申请",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    request_body = OptionalReason,
    responses((status = 200, body = VolunteerBody, description = "The volunteer, active")),
)]
#[post("/volunteers/{id}/approve")]
pub async fn approve_volunteer(
    context: Context,
    id: Path<VolunteerId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, _| {
            let kept = actions::review(tx, act, id, &Review::Approve)?;
            told(act, kept)
        })
        .await
}

/// Stops a volunteer from signing up, for a reason that they are told. Hours and points stay.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "suspendVolunteer",
    summary = "Suspend a volunteer · 暂停志愿者",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    request_body = Reason,
    responses((status = 200, body = VolunteerBody, description = "The volunteer, suspended")),
)]
#[post("/volunteers/{id}/suspend")]
pub async fn suspend_volunteer(
    context: Context,
    id: Path<VolunteerId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let suspend = Review::Suspend { reason: body.reason.clone() };
            let kept = actions::review(tx, act, id, &suspend)?;
            told(act, kept)
        })
        .await
}

/// Lets a suspended volunteer serve again.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "reinstateVolunteer",
    summary = "Reinstate a volunteer · 恢复志愿者",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    request_body = OptionalReason,
    responses((status = 200, body = VolunteerBody, description = "The volunteer, active again")),
)]
#[post("/volunteers/{id}/reinstate")]
pub async fn reinstate_volunteer(
    context: Context,
    id: Path<VolunteerId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let reinstate = Review::Reinstate { reason: body.reason.clone() };
            let kept = actions::review(tx, act, id, &reinstate)?;
            told(act, kept)
        })
        .await
}

/// The caller stops being a volunteer. Hours and points stay in the books; a new application is possible.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "withdrawAsVolunteer",
    summary = "Withdraw as a volunteer · 退出志愿者",
    request_body = OptionalReason,
    responses((status = 200, body = VolunteerBody, description = "The volunteer, withdrawn")),
)]
#[post("/me/volunteer/withdraw")]
pub async fn withdraw_as_volunteer(
    context: Context,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let kept = actions::withdraw(tx, act, body.reason.clone())?;
            told(act, kept)
        })
        .await
}

/// Records that a volunteer completed the induction and safety training.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "recordInduction",
    summary = "Record the induction training · 登记岗前培训",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    responses((status = 200, body = VolunteerBody, description = "The volunteer, inducted")),
)]
#[post("/volunteers/{id}/induction")]
pub async fn record_induction(
    context: Context,
    id: Path<VolunteerId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, ()| {
            let kept = actions::record_induction(tx, act, id)?;
            told(act, kept)
        })
        .await
}

/// Records a guardian's consent to the service of somebody under 18.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "recordGuardianConsent",
    summary = "Record a guardian's consent · 登记监护人同意",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    request_body = ContactBody,
    responses((status = 200, body = VolunteerBody, description = "The volunteer, with the consent")),
)]
#[post("/volunteers/{id}/guardian-consent")]
pub async fn record_guardian_consent(
    context: Context,
    id: Path<VolunteerId>,
    body: Body<ContactBody>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let kept = actions::record_guardian_consent(tx, act, id, body.contact())?;
            told(act, kept)
        })
        .await
}

/// Shows personal data in clear to staff with `personal_data.reveal` who say why. Who, when and why is recorded.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "revealVolunteer",
    summary = "Reveal personal data · 查看完整个人信息",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    request_body = Reason,
    responses((status = 200, body = RevealedVolunteer, description = "The personal data")),
)]
#[post("/volunteers/{id}/reveal")]
pub async fn reveal_volunteer(
    context: Context,
    id: Path<VolunteerId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let (id, reason) = (id.into_inner(), body.content().reason.clone());
    context
        .write_unkept(move |tx, act| {
            let (volunteer, opened) = actions::reveal(tx, act, id, &reason)?;
            Reply::ok(&RevealedVolunteer::new(volunteer, opened))
        })
        .await
}

/// Everything that is held about the caller as a volunteer, in clear.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "getMyVolunteer",
    summary = "Get my registration · 我的志愿者档案",
    responses((status = 200, body = MyVolunteer, description = "The caller's registration")),
)]
#[get("/me/volunteer")]
pub async fn get_my_volunteer(context: Context) -> Answer<HttpResponse> {
    let (volunteer, opened) = context.read(actions::mine).await?;
    let version = volunteer.version;
    context.one(&MyVolunteer::new(volunteer, opened), version)
}

/// Replaces what volunteers may change of their own registration; name and identity number were checked and stay.
#[utoipa::path(
    tag = "volunteers",
    operation_id = "replaceMyVolunteer",
    summary = "Replace my registration · 修改我的档案",
    request_body = ReplaceMyVolunteer,
    responses((status = 200, body = MyVolunteer, description = "The registration as it is now")),
)]
#[put("/me/volunteer")]
pub async fn replace_my_volunteer(
    context: Context,
    body: Body<ReplaceMyVolunteer>,
) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let (volunteer, opened) = actions::replace_mine(tx, act, &body.profile())?;
            let version = volunteer.version;
            Ok(Reply::ok(&MyVolunteer::new(volunteer, opened))?.version(version))
        })
        .await
}
