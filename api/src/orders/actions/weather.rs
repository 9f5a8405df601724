//! Weather that an operator switches on: it has care plans raise orders.

use chrono::{Days, NaiveDate};
use serde_json::json;
use shijian_domain::{
    calendar::day_of,
    identity::{Permission, Target},
    ids::VenueId,
    orders::Weather,
    venues::VenueKind,
};
use shijian_persistence::{
    Transaction,
    orders::{self, WeatherSwitch},
};

use crate::{
    act::{Act, Subject},
    problem::{Answer, Code, Problem},
    venues::actions::existing as existing_venue,
};

/// A forecast reaches so far.
const FARTHEST: Days = Days::new(7);

/// Weather that is switched on.
#[derive(Debug, Clone)]
pub struct Switched {
    pub switch: WeatherSwitch,
    /// How many active plans of the center wait for it.
    pub plans: usize,
}

/// Switches the weather of a day on for a center. The job orders what its plans ask for, once for each plan and day, however often
/// somebody switches it on; so the work of this call is bounded.
pub fn switch(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    center: VenueId,
    kind: Weather,
    day: NaiveDate,
) -> Answer<Switched> {
    let venue = existing_venue(tx, center)?;
    act.caller.authorise(Permission::CarePlanManage, Target::venue(&venue.path))?;
    if venue.kind != VenueKind::Center {
        return Err(Problem::new(Code::NotATier)
            .say("天气按中心设置,请选择中心。", "The weather is a center's: name a center."));
    }
    let today = day_of(act.now, act.zone);
    if day < today || today.checked_add_days(FARTHEST).is_some_and(|last| day > last) {
        return Err(Problem::new(Code::InvalidBody)
            .say("日期应为今天起 7 天内。", "The day is today or one of the next seven.")
            .at("/day"));
    }
    let switch = WeatherSwitch {
        center_id: center,
        day: day.to_string(),
        kind,
        switched_by: act.caller.account_if_any(),
        switched_at: act.now.into(),
    };
    let (switch, is_new) = orders::switch_weather(tx, &switch)?;
    let plans = orders::look_again_by_weather(tx, center, kind, act.now)?;
    if is_new {
        let subject = Subject::new("venue", center.0);
        let after = json!({"kind": kind, "day": day, "plans": plans});
        act.audit(tx, "switchWeather", subject, None, Some(after.clone()))?;
        act.publish(tx, "weather.switched", subject, &after)?;
    }
    Ok(Switched { switch, plans })
}
