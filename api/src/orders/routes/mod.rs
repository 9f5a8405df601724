//! `/api/v1/orders`

pub mod boards;
pub mod care_plans;
pub mod common_needs;
pub mod dispatch;
pub mod menu;
pub mod needs;
pub mod ratings;
pub mod service;
pub mod settings;
pub mod triage;

use shijian_persistence::orders::PlacedOrder;

use super::bodies::OrderBody;
use crate::{act::Act, problem::Answer, reply::Reply};

fn told(act: &Act<'_>, placed: PlacedOrder) -> Answer<Reply> {
    let version = placed.kept.order.progress.version;
    Ok(Reply::ok(&OrderBody::shown(act, placed.kept))?.version(version))
}
