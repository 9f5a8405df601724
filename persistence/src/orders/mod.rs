//! Orders: needs, how far they have come, and who was asked.

/// Narrows a boxed query of orders to those of a venue of a tier.
macro_rules! of_tier {
    ($query:expr, $tier:expr, $venue:expr) => {
        match $tier {
            shijian_domain::orders::Tier::Station => {
                $query.filter($crate::schema::orders::station_id.eq(Some($venue)))
            }
            shijian_domain::orders::Tier::Institute => {
                $query.filter($crate::schema::orders::institute_id.eq(Some($venue)))
            }
            shijian_domain::orders::Tier::Center => {
                $query.filter($crate::schema::orders::center_id.eq($venue))
            }
        }
    };
}

mod boards;
mod care_plans;
mod code_messages;
mod common_needs;
mod events;
mod moves;
mod offers;
mod ratings;
mod reach;
mod rewards;
mod rows;
mod settings;
mod stories;
mod weather;

pub use boards::{
    Area, InboxItem, OrderFilter, OrderReader, board_lane, count_lane, held_by, late_orders,
    offered_to, open_calls_for, orders_by_age, orders_of_requester, same_needs,
};
pub use care_plans::{
    KeptCarePlan, PlacedCarePlan, care_plan, care_plan_orders, care_plans_by_age, due_care_plans,
    insert_care_plan, insert_care_plan_order, lock_care_plan, look_again, put_off_care_plan,
    unserved_before, update_care_plan,
};
pub use code_messages::{CodeMessage, insert_code_message, keep_code_message, lock_due_codes};
pub use common_needs::{
    attach_needs, common_need_at_home, common_need_of_project, common_needs, drop_withdrawn,
    heard_needs, insert_common_need, lock_common_need, orders_behind, release_needs,
    requesters_behind, stale_suggestions, suggested_below, update_common_need,
    weakened_suggestions,
};
pub use events::{KeptEvent, append_event, events_of, histories, last_event_at};
pub use moves::follow_moved;
pub use offers::{
    asked_before, insert_offers, is_offered, lapse_offers, offers_of, open_offer_teams,
    settle_offer,
};
pub use ratings::{insert_rating, lock_rating, rating, satisfaction_of, update_rating};
pub use reach::{
    Reachable, TeamLoad, asked_since, busy_members, change_load, is_reachable, load_of, put_reach,
    reachable, reached_from, skilled_members, touch_reach,
};
pub use rewards::{Reward, insert_reward, rewards_of};
pub use rows::{
    Kept, PlacedOrder, Sealed, due_orders, insert_order, ladder_of, lock_order, merge_into,
    next_due, order, order_by_external_number, order_by_reference, order_of_session, update_need,
    update_progress,
};
pub use settings::{
    forget_work_day, keep_matching_weights, matching_weights, put_work_day, work_days,
};
pub use stories::{Story, insert_story, stories, story};
pub use weather::{WeatherSwitch, look_again_by_weather, switch_weather, switched_days};
