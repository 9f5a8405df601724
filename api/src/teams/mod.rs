//! Teams of volunteers and their members.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::operations::Operation;

pub const OPERATIONS: &[Operation] = &[];

pub fn configure(_routes: &mut ServiceConfig<'_>) {}
