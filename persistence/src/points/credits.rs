//! What service records earned.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use shijian_domain::{
    activities::ActivityKind,
    ids::{EarningRulesId, PointsTransactionId, ServiceRecordId, VenueId, VolunteerId},
    points::EarnedService,
    teams::TeamCategory,
    units::{Minutes, Points},
    volunteers::StarLevel,
};

use crate::{Fault, Stored, Transaction, columns::At, schema::points_credits};

/// What one verified service record earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The record as the rules saw it.
    pub service: EarnedService,
    /// `None` where the center had no rules of its own.
    pub rules_id: Option<EarningRulesId>,
    pub points: Points,
    /// How many more minutes were carried over after it than before.
    pub carried_change: Minutes,
    /// `None` where it made no whole point.
    pub transaction_id: Option<PointsTransactionId>,
    pub reversed_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = points_credits, treat_none_as_default_value = false)]
struct Row {
    record_id: ServiceRecordId,
    volunteer_id: VolunteerId,
    center_id: VenueId,
    rules_id: Option<EarningRulesId>,
    activity_kind: ActivityKind,
    category: Option<TeamCategory>,
    position_name: String,
    promotion_day: bool,
    star_level: StarLevel,
    measured: bool,
    served_on: String,
    minutes: Minutes,
    points: Points,
    carried_change: Minutes,
    transaction_id: Option<PointsTransactionId>,
    reversed_at: Option<At>,
}

impl Row {
    fn of(credit: &Credit) -> Self {
        let service = &credit.service;
        Self {
            record_id: service.record_id,
            volunteer_id: service.volunteer_id,
            center_id: service.center_id,
            rules_id: credit.rules_id,
            activity_kind: service.activity_kind,
            category: service.category,
            position_name: service.position_name.clone(),
            promotion_day: service.promotion_day,
            star_level: service.star_level,
            measured: service.measured,
            served_on: service.served_on.to_string(),
            minutes: service.minutes,
            points: credit.points,
            carried_change: credit.carried_change,
            transaction_id: credit.transaction_id,
            reversed_at: credit.reversed_at.map(At),
        }
    }
}

impl TryFrom<Row> for Credit {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        Ok(Self {
            service: EarnedService {
                record_id: row.record_id,
                volunteer_id: row.volunteer_id,
                center_id: row.center_id,
                activity_kind: row.activity_kind,
                category: row.category,
                position_name: row.position_name,
                promotion_day: row.promotion_day,
                star_level: row.star_level,
                measured: row.measured,
                served_on: row.served_on.parse().map_err(|_| {
                    Fault::Broken(format!("the day of credit {} is malformed", row.record_id))
                })?,
                minutes: row.minutes,
            },
            rules_id: row.rules_id,
            points: row.points,
            carried_change: row.carried_change,
            transaction_id: row.transaction_id,
            reversed_at: row.reversed_at.map(|at| at.0),
        })
    }
}

pub fn credit_of_record(
    tx: &mut Transaction<'_>,
    record: ServiceRecordId,
) -> Stored<Option<Credit>> {
    on_engine!(tx, c => points_credits::table
        .find(record)
        .select(Row::as_select())
        .first(c)
        .optional())?
    .map(Credit::try_from)
    .transpose()
}

pub fn insert_credit(tx: &mut Transaction<'_>, credit: &Credit) -> Stored<()> {
    let row = Row::of(credit);
    on_engine!(tx, c => diesel::insert_into(points_credits::table).values(&row).execute(c))
        .map(drop)
}

pub fn reverse_credit(
    tx: &mut Transaction<'_>,
    record: ServiceRecordId,
    at: DateTime<Utc>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(points_credits::table.find(record))
        .set(points_credits::reversed_at.eq(Some(At(at))))
        .execute(c))
    .map(drop)
}

/// What service from the day `first` to the day `last` earned a person, without what was reversed.
pub fn credited_points(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
    first: NaiveDate,
    last: NaiveDate,
) -> Stored<Points> {
    let points: Vec<Points> = on_engine!(tx, c => points_credits::table
        .filter(points_credits::volunteer_id.eq(volunteer))
        .filter(points_credits::served_on.between(first.to_string(), last.to_string()))
        .filter(points_credits::reversed_at.is_null())
        .select(points_credits::points)
        .load(c))?;
    Ok(Points(points.into_iter().map(|points| points.0).sum()))
}

/// What service at a center in a period earned, by day and record, without what was reversed.
pub fn credits_of_center(
    tx: &mut Transaction<'_>,
    center: VenueId,
    first: NaiveDate,
    last: NaiveDate,
    limit: i64,
) -> Stored<Vec<Credit>> {
    let rows: Vec<Row> = on_engine!(tx, c => points_credits::table
        .filter(points_credits::center_id.eq(center))
        .filter(points_credits::served_on.between(first.to_string(), last.to_string()))
        .filter(points_credits::reversed_at.is_null())
        .order((points_credits::served_on, points_credits::record_id))
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Credit::try_from).collect()
}
