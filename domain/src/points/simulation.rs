//! What a draft of earning rules would have given in a past period.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::{Caps, EarnedService, EarningRule, earn};
use crate::{
    calendar::Month,
    ids::VolunteerId,
    units::{Minutes, OutOfRange, Points},
};

/// One volunteer's points of the period, as they were and as the draft would have made them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Simulated {
    /// Service records of the period.
    pub records: i64,
    pub given: Points,
    pub simulated: Points,
}

/// What a person's service of the period has made so far.
#[derive(Default)]
struct SoFar {
    carried: Minutes,
    by_day: HashMap<NaiveDate, Points>,
    by_month: HashMap<Month, Points>,
}

/// Plays `records`, each with the points that it made, by other rules. Nobody carries minutes into the period.
///
/// # Errors
/// [`OutOfRange`] for rates and minutes beyond 64 bits.
pub fn simulate(
    rules: &[EarningRule],
    caps: Caps,
    records: &[(EarnedService, Points)],
) -> Result<BTreeMap<VolunteerId, Simulated>, OutOfRange> {
    let mut totals: BTreeMap<VolunteerId, Simulated> = BTreeMap::new();
    let mut so_far: HashMap<VolunteerId, SoFar> = HashMap::new();
    for (service, given) in records {
        let person = so_far.entry(service.volunteer_id).or_default();
        let today = person.by_day.entry(service.served_on).or_default();
        let month = person.by_month.entry(Month::containing(service.served_on)).or_default();
        let earned = earn(rules, caps, service, person.carried, *today, *month)?;
        person.carried = earned.carried;
        *today = today.plus(earned.points)?;
        *month = month.plus(earned.points)?;
        let total = totals.entry(service.volunteer_id).or_default();
        total.records += 1;
        total.given = total.given.plus(*given)?;
        total.simulated = total.simulated.plus(earned.points)?;
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        activities::ActivityKind,
        ids::{ServiceRecordId, VenueId},
        points::default_rules,
        volunteers::StarLevel,
    };

    #[test]
    fn the_rules_that_were_in_force_simulate_to_no_difference() {
        let record = |number: u128, minutes| {
            let service = EarnedService {
                record_id: ServiceRecordId(Uuid::from_u128(number)),
                volunteer_id: VolunteerId(Uuid::from_u128(number % 2)),
                center_id: VenueId(Uuid::nil()),
                activity_kind: ActivityKind::Lecture,
                category: None,
                position_name: "引导".to_owned(),
                promotion_day: false,
                star_level: StarLevel::NONE,
                measured: true,
                served_on: NaiveDate::from_ymd_opt(2026, 10, 8).unwrap(),
                minutes: Minutes(minutes),
            };
            (service, Points(minutes / 6))
        };
        let records = [record(1, 60), record(2, 90), record(3, 120)];
        let totals = simulate(&default_rules(), Caps::default(), &records).unwrap();
        assert_eq!(totals.len(), 2);
        assert!(totals.values().all(|total| total.given == total.simulated));
        let capped = Caps { day: Some(Points(12)), month: None };
        let totals = simulate(&default_rules(), capped, &records).unwrap();
        assert!(totals.values().all(|total| total.simulated == Points(12)));
    }
}
