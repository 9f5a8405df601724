//! `/api/v1/orders`

pub mod boards;
pub mod dispatch;
pub mod needs;
pub mod ratings;
pub mod service;
pub mod settings;
pub mod triage;

use shijian_persistence::orders::PlacedOrder;

use super::bodies::OrderBody;
use crate::{problem::Answer, reply::Reply};

fn told(placed: PlacedOrder) -> Answer<Reply> {
    let version = placed.kept.order.progress.version;
    Ok(Reply::ok(&OrderBody::from(placed.kept))?.version(version))
}
