//! Points given or taken by hand.

use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, AdjustmentId, VenueId, VolunteerId},
    points::{Adjustment, AdjustmentState},
    units::Points,
};

use crate::{Stored, Transaction, columns::At, schema::points_adjustments};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = points_adjustments, treat_none_as_default_value = false)]
struct Row {
    id: AdjustmentId,
    volunteer_id: VolunteerId,
    center_id: VenueId,
    points: Points,
    reason: String,
    state: AdjustmentState,
    asked_by: Option<AccountId>,
    asked_at: At,
    decided_by: Option<AccountId>,
    decided_at: Option<At>,
}

impl Row {
    fn of(adjustment: &Adjustment) -> Self {
        Self {
            id: adjustment.id,
            volunteer_id: adjustment.volunteer_id,
            center_id: adjustment.center_id,
            points: adjustment.points,
            reason: adjustment.reason.clone(),
            state: adjustment.state,
            asked_by: adjustment.asked_by,
            asked_at: At(adjustment.asked_at),
            decided_by: adjustment.decided_by,
            decided_at: adjustment.decided_at.map(At),
        }
    }
}

impl From<Row> for Adjustment {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            volunteer_id: row.volunteer_id,
            center_id: row.center_id,
            points: row.points,
            reason: row.reason,
            state: row.state,
            asked_by: row.asked_by,
            asked_at: row.asked_at.0,
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(|at| at.0),
        }
    }
}

pub fn lock_adjustment(tx: &mut Transaction<'_>, id: AdjustmentId) -> Stored<Option<Adjustment>> {
    let rows: Vec<Row> = locked!(tx, points_adjustments::table.find(id).select(Row::as_select()))?;
    Ok(rows.into_iter().next().map(Adjustment::from))
}

pub fn insert_adjustment(tx: &mut Transaction<'_>, adjustment: &Adjustment) -> Stored<()> {
    let row = Row::of(adjustment);
    on_engine!(tx, c => diesel::insert_into(points_adjustments::table).values(&row).execute(c))
        .map(drop)
}

/// Keeps how an adjustment was decided.
pub fn update_adjustment(tx: &mut Transaction<'_>, adjustment: &Adjustment) -> Stored<()> {
    on_engine!(tx, c => diesel::update(points_adjustments::table.find(adjustment.id))
        .set((
            points_adjustments::state.eq(adjustment.state),
            points_adjustments::decided_by.eq(adjustment.decided_by),
            points_adjustments::decided_at.eq(adjustment.decided_at.map(At)),
        ))
        .execute(c))
    .map(drop)
}

/// A center's adjustments in a state, the oldest first, from after `after` on.
pub fn adjustments(
    tx: &mut Transaction<'_>,
    center: VenueId,
    state: AdjustmentState,
    after: Option<AdjustmentId>,
    limit: i64,
) -> Stored<Vec<Adjustment>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = points_adjustments::table
            .filter(points_adjustments::center_id.eq(center))
            .filter(points_adjustments::state.eq(state))
            .select(Row::as_select())
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(points_adjustments::id.gt(after));
        }
        query.order(points_adjustments::id).limit(limit).load(c)
    })?;
    Ok(rows.into_iter().map(Adjustment::from).collect())
}
