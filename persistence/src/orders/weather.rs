//! Days for which the weather is switched on at a center.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, VenueId},
    orders::{CarePlanState, Weather},
};

use super::care_plans::day_in;
use crate::{
    Stored, Transaction,
    columns::At,
    schema::{care_plans, weather_switches},
};

/// Weather that somebody switched on for a day.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = weather_switches, treat_none_as_default_value = false)]
pub struct WeatherSwitch {
    pub center_id: VenueId,
    /// YYYY-MM-DD
    pub day: String,
    pub kind: Weather,
    pub switched_by: Option<AccountId>,
    pub switched_at: At,
}

/// Switches the weather on, unless somebody did before; gives the switch that holds, and whether it is this one.
pub fn switch_weather(
    tx: &mut Transaction<'_>,
    switch: &WeatherSwitch,
) -> Stored<(WeatherSwitch, bool)> {
    let made = on_engine!(tx, c => diesel::insert_into(weather_switches::table)
        .values(switch)
        .on_conflict_do_nothing()
        .execute(c))?;
    let held = on_engine!(tx, c => weather_switches::table
        .find((switch.center_id, &switch.day, switch.kind))
        .select(WeatherSwitch::as_select())
        .first(c))?;
    Ok((held, made > 0))
}

/// The days from `from` on for which the weather is switched on.
pub fn switched_days(
    tx: &mut Transaction<'_>,
    center: VenueId,
    kind: Weather,
    from: NaiveDate,
) -> Stored<Vec<NaiveDate>> {
    let from = from.to_string();
    let days: Vec<String> = on_engine!(tx, c => weather_switches::table
        .filter(weather_switches::center_id.eq(center))
        .filter(weather_switches::kind.eq(kind))
        .filter(weather_switches::day.ge(&from))
        .order(weather_switches::day)
        .select(weather_switches::day)
        .load(c))?;
    days.iter().map(|day| day_in(day)).collect()
}

/// Has the active plans of a center looked at that wait for the weather; says how many they are.
pub fn look_again_by_weather(
    tx: &mut Transaction<'_>,
    center: VenueId,
    kind: Weather,
    now: DateTime<Utc>,
) -> Stored<usize> {
    on_engine!(tx, c => diesel::update(care_plans::table)
        .filter(care_plans::center_id.eq(center))
        .filter(care_plans::weather.eq(Some(kind)))
        .filter(care_plans::state.eq(CarePlanState::Active))
        .set(care_plans::next_look_at.eq(Some(At(now))))
        .execute(c))
}
