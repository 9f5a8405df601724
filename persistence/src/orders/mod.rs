//! Orders: needs, how far they have come, and who was asked.

mod boards;
mod care_plans;
mod events;
mod offers;
mod ratings;
mod reach;
mod rows;
mod settings;
mod stories;
mod weather;

pub use boards::{
    InboxItem, OrderFilter, OrderReader, board_lane, count_lane, held_by, late_orders, offered_to,
    open_calls_for, orders_by_age, orders_of_requester, same_needs,
};
pub use care_plans::{
    KeptCarePlan, PlacedCarePlan, care_plan, care_plan_orders, care_plans_by_age, due_care_plans,
    insert_care_plan, insert_care_plan_order, lock_care_plan, look_again, put_off_care_plan,
    unserved_before, update_care_plan,
};
pub use events::{KeptEvent, append_event, events_of, histories};
pub use offers::{
    asked_before, insert_offers, is_offered, lapse_offers, offers_of, open_offer_teams,
    settle_offer,
};
pub use ratings::{Whose, insert_rating, lock_rating, rating, satisfaction_of, update_rating};
pub use reach::{
    Reachable, TeamLoad, asked_since, busy_members, change_load, is_reachable, put_reach,
    reachable, reached_from, skilled_members, touch_reach,
};
pub use rows::{
    Kept, PlacedOrder, Sealed, due_orders, insert_order, ladder_of, lock_order, merge_into, order,
    order_by_reference, order_of_session, update_need, update_progress,
};
pub use settings::{
    forget_work_day, keep_matching_weights, matching_weights, put_work_day, work_days,
};
pub use stories::{Story, insert_story, stories, story};
pub use weather::{WeatherSwitch, look_again_by_weather, switch_weather, switched_days};
