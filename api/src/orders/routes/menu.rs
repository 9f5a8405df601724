//! What residents can order.

use actix_web::{HttpResponse, get};
use shijian_domain::ids::ProjectId;
use shijian_persistence::projects::{MenuFilter, service_menu};

use crate::{
    context::Context,
    orders::bodies::{MenuItem, ServiceMenu, ShowMenu},
    page::Params,
    problem::Answer,
    venues::actions::existing as existing_venue,
};

/// What residents can order: published projects that are meant for it, at a venue or anywhere.
#[utoipa::path(
    tag = "orders",
    operation_id = "getServiceMenu",
    summary = "Get the service menu · 服务菜单",
    params(ShowMenu),
    responses((status = 200, body = ServiceMenu, description = "A page of the menu")),
)]
#[get("/service-menu")]
pub async fn get_service_menu(context: Context, params: Params<ShowMenu>) -> Answer<HttpResponse> {
    let page = context.page::<ProjectId>(&params.0)?;
    let (asked, after, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, _| {
            let at = match asked.venue_id {
                Some(id) => Some(existing_venue(tx, id)?.path),
                None => None,
            };
            let filter = MenuFilter { at, category: asked.category, text: asked.q.clone() };
            Ok(service_menu(tx, &filter, after, rows)?)
        })
        .await?;
    context.list(&page, found, |item| item.project.id, MenuItem::from)
}
