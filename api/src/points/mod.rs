//! Points: the double-entry ledger, earning rules, corrections.

pub mod actions;
pub(crate) mod ledger;
mod problems;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::operations::Operation;

pub const OPERATIONS: &[Operation] = &[];

pub fn configure(_routes: &mut ServiceConfig<'_>) {}
