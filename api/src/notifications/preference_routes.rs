//! `/api/v1/me/notification-preferences` and `/api/v1/me/wechat-subscriptions`

use actix_web::{HttpResponse, get, post, put};

use super::{
    preference_bodies::{AddSubscriptions, PreferencesBody, PreferencesInput},
    preferences,
};
use crate::{body::Body, context::Context, problem::Answer, reply::Reply};

/// How the caller is told beside the inbox, and which subscription messages the mini-program may ask for.
#[utoipa::path(
    tag = "notifications",
    operation_id = "getMyNotificationPreferences",
    summary = "Get my notification preferences · 我的通知设置",
    responses((status = 200, body = PreferencesBody, description = "The preferences, set or not")),
)]
#[get("/me/notification-preferences")]
pub async fn get_my_notification_preferences(context: Context) -> Answer<HttpResponse> {
    let page = context.read(preferences::mine).await?;
    context.one(&page, page.version)
}

/// Replaces how the caller is told beside the inbox. It counts for messages that wait, too.
#[utoipa::path(
    tag = "notifications",
    operation_id = "replaceMyNotificationPreferences",
    summary = "Replace my notification preferences · 修改我的通知设置",
    request_body = PreferencesInput,
    responses((status = 200, body = PreferencesBody, description = "The preferences as they are now")),
)]
#[put("/me/notification-preferences")]
pub async fn replace_my_notification_preferences(
    context: Context,
    body: Body<PreferencesInput>,
) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let page = preferences::replace(tx, act, body.preferences())?;
            Ok(Reply::ok(&page)?.version(page.version))
        })
        .await
}

/// Tells of subscription messages that the person has just granted in the mini-program. Each grant is one message.
#[utoipa::path(
    tag = "notifications",
    operation_id = "addMyWechatSubscriptions",
    summary = "Grant subscription messages · 登记订阅消息授权",
    request_body = AddSubscriptions,
    responses((status = 204, description = "Counted, up to 100 of each template")),
)]
#[post("/me/wechat-subscriptions")]
pub async fn add_my_wechat_subscriptions(
    context: Context,
    body: Body<AddSubscriptions>,
) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            preferences::subscribe(tx, act, body)?;
            Ok(Reply::nothing())
        })
        .await
}
