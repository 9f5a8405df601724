//! The demo district: of Tongzhou's shape, with a year of service, the same for the same seed.

pub mod clock;
mod dice;
mod district;
mod gate;
mod people;
pub mod seed;
mod words;

pub use gate::{refuse, welcome};

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

pub const OPERATIONS: &[Operation] = &[Operation::new(
    "moveDemoClock",
    Access::Permission(Permission::DemoClockMove),
    &[Code::ClockOutOfReach],
)];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(clock::move_demo_clock);
}

shijian_domain::plain_vocabulary! {
    /// How much the demo seed makes.
    pub enum Scale {
        /// Two institutes and a month: seconds, for tests.
        Small = "small",
        /// The whole district with about 5,000 volunteers and a year.
        District = "district",
        /// The district with all of its 365,000 volunteers.
        Full = "full",
    }
}
