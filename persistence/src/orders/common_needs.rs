//! Common needs, and the orders that they rest on.

use chrono::{DateTime, Utc};
use diesel::{dsl, prelude::*};
use shijian_domain::{
    ids::{AccountId, CommonNeedId, OrderId, ProjectId, VenueId},
    orders::{CommonNeed, CommonNeedState, HeardNeed, Ladder, OrderSource, OrderState},
    teams::TeamCategory,
    venues::VenuePath,
};

use super::{
    Kept,
    rows::{NeedRow, OrderRow, Rows, kept},
};
use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{common_need_orders, common_needs, needs, orders, venues},
    subtree,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = common_needs, treat_none_as_null = true)]
struct Row {
    id: CommonNeedId,
    venue_id: VenueId,
    category: TeamCategory,
    state: CommonNeedState,
    needs: i64,
    first_at: At,
    last_at: At,
    project_id: Option<ProjectId>,
    decided_by: Option<AccountId>,
    decided_at: Option<At>,
    reason: Option<String>,
    version: i64,
}

impl From<Row> for CommonNeed {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            venue_id: row.venue_id,
            category: row.category,
            state: row.state,
            needs: row.needs,
            first_at: row.first_at.0,
            last_at: row.last_at.0,
            project_id: row.project_id,
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(|at| at.0),
            reason: row.reason,
            version: row.version,
        }
    }
}

impl Row {
    fn of(common: &CommonNeed) -> Self {
        Self {
            id: common.id,
            venue_id: common.venue_id,
            category: common.category,
            state: common.state,
            needs: common.needs,
            first_at: At(common.first_at),
            last_at: At(common.last_at),
            project_id: common.project_id,
            decided_by: common.decided_by,
            decided_at: common.decided_at.map(At),
            reason: common.reason.clone(),
            version: common.version,
        }
    }
}

/// Needs of a category at a center, heard since `since`, that count and stand behind no suggestion; the latest first. What a care
/// plan asks for is planned already, and what was ordered from a project has one.
pub fn heard_needs(
    tx: &mut Transaction<'_>,
    center: VenueId,
    category: TeamCategory,
    since: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<HeardNeed>> {
    let rows: Vec<(OrderId, Option<VenueId>, Option<VenueId>, At)> = on_engine!(tx, c => orders::table
            .inner_join(needs::table)
            .filter(orders::center_id.eq(center))
            .filter(orders::category.eq(category))
            .filter(orders::created_at.ge(At(since)))
            .filter(orders::state.ne_all(OrderState::WITHDRAWN))
            .filter(orders::source.ne(OrderSource::CarePlan))
            .filter(needs::project_id.is_null())
            .filter(dsl::not(dsl::exists(
                common_need_orders::table.filter(common_need_orders::order_id.eq(orders::id)),
            )))
            .order(orders::created_at.desc())
            .limit(limit)
            .select((orders::id, orders::station_id, orders::institute_id, orders::created_at))
            .load(c))?;
    let need = |(order_id, station_id, institute_id, at): (_, _, _, At)| HeardNeed {
        order_id,
        ladder: Ladder { station_id, institute_id, center_id: center },
        heard_at: at.0,
    };
    Ok(rows.into_iter().map(need).collect())
}

/// What is suggested for a category at a venue and below it.
pub fn suggested_below(
    tx: &mut Transaction<'_>,
    path: &VenuePath,
    category: TeamCategory,
) -> Stored<Vec<CommonNeed>> {
    let rows: Vec<Row> = on_engine!(tx, c => common_needs::table
        .inner_join(venues::table)
        .filter(common_needs::state.eq(CommonNeedState::Suggested))
        .filter(common_needs::category.eq(category))
        .filter(subtree!(path))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(CommonNeed::from).collect())
}

/// A common need with the path of its venue.
pub fn common_need_at_home(
    tx: &mut Transaction<'_>,
    id: CommonNeedId,
) -> Stored<Option<(CommonNeed, VenuePath)>> {
    let row: Option<(Row, String)> = on_engine!(tx, c => common_needs::table
        .inner_join(venues::table)
        .filter(common_needs::id.eq(id))
        .select((Row::as_select(), venues::path))
        .first(c)
        .optional())?;
    Ok(row.map(|(row, path)| (row.into(), VenuePath::stored(path))))
}

/// The common need, held until the transaction ends.
pub fn lock_common_need(tx: &mut Transaction<'_>, id: CommonNeedId) -> Stored<Option<CommonNeed>> {
    let rows: Vec<Row> = locked!(tx, common_needs::table.find(id).select(Row::as_select()))?;
    Ok(rows.into_iter().next().map(CommonNeed::from))
}

/// The common need that a project answers.
pub fn common_need_of_project(
    tx: &mut Transaction<'_>,
    project: ProjectId,
) -> Stored<Option<CommonNeed>> {
    let row: Option<Row> = on_engine!(tx, c => common_needs::table
        .filter(common_needs::project_id.eq(Some(project)))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(CommonNeed::from))
}

pub fn insert_common_need(tx: &mut Transaction<'_>, common: &CommonNeed) -> Stored<()> {
    let row = Row::of(common);
    on_engine!(tx, c => diesel::insert_into(common_needs::table).values(&row).execute(c)).map(drop)
}

pub fn update_common_need(tx: &mut Transaction<'_>, common: &CommonNeed) -> Stored<()> {
    let row = Row::of(common);
    on_engine!(tx, c => diesel::update(common_needs::table.find(row.id)).set(&row).execute(c))
        .map(drop)
}

/// Lets a common need rest on further orders.
pub fn attach_needs(tx: &mut Transaction<'_>, id: CommonNeedId, heard: &[HeardNeed]) -> Stored<()> {
    let rows: Vec<_> = heard
        .iter()
        .map(|need| {
            (
                common_need_orders::order_id.eq(need.order_id),
                common_need_orders::common_need_id.eq(id),
            )
        })
        .collect();
    on_engine!(tx, c => diesel::insert_into(common_need_orders::table).values(&rows).execute(c))
        .map(drop)
}

/// Suggestions whose last need was heard before `before`, at most `limit`.
pub fn stale_suggestions(
    tx: &mut Transaction<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<CommonNeedId>> {
    on_engine!(tx, c => common_needs::table
        .filter(common_needs::state.eq(CommonNeedState::Suggested))
        .filter(common_needs::last_at.lt(At(before)))
        .order(common_needs::last_at)
        .limit(limit)
        .select(common_needs::id)
        .load(c))
}

/// Suggestions that rest on a need that was withdrawn, at most `limit`.
pub fn weakened_suggestions(tx: &mut Transaction<'_>, limit: i64) -> Stored<Vec<CommonNeedId>> {
    on_engine!(tx, c => common_needs::table
        .inner_join(common_need_orders::table.inner_join(orders::table))
        .filter(common_needs::state.eq(CommonNeedState::Suggested))
        .filter(orders::state.eq_any(OrderState::WITHDRAWN))
        .select(common_needs::id)
        .distinct()
        .limit(limit)
        .load(c))
}

/// Takes away what was withdrawn, and says how many needs are left.
pub fn drop_withdrawn(tx: &mut Transaction<'_>, id: CommonNeedId) -> Stored<i64> {
    let withdrawn: Vec<OrderId> = on_engine!(tx, c => common_need_orders::table
        .inner_join(orders::table)
        .filter(common_need_orders::common_need_id.eq(id))
        .filter(orders::state.eq_any(OrderState::WITHDRAWN))
        .select(orders::id)
        .load(c))?;
    on_engine!(tx, c => diesel::delete(
        common_need_orders::table.filter(one_of(common_need_orders::order_id, withdrawn.clone())))
        .execute(c))?;
    on_engine!(tx, c => common_need_orders::table
        .filter(common_need_orders::common_need_id.eq(id))
        .count()
        .get_result(c))
}

/// Lets all needs of a suggestion count anew.
pub fn release_needs(tx: &mut Transaction<'_>, id: CommonNeedId) -> Stored<()> {
    on_engine!(tx, c => diesel::delete(
        common_need_orders::table.filter(common_need_orders::common_need_id.eq(id)))
        .execute(c))
    .map(drop)
}

/// The orders that a common need rests on, the newest first.
pub fn orders_behind(tx: &mut Transaction<'_>, id: CommonNeedId, limit: i64) -> Stored<Vec<Kept>> {
    let rows: Vec<Rows> = on_engine!(tx, c => common_need_orders::table
        .inner_join(orders::table.inner_join(needs::table))
        .filter(common_need_orders::common_need_id.eq(id))
        .order(common_need_orders::order_id.desc())
        .limit(limit)
        .select((OrderRow::as_select(), NeedRow::as_select()))
        .load(c))?;
    rows.into_iter().map(kept).collect()
}

/// Whose need it was: the accounts that reported the orders, each once.
pub fn requesters_behind(tx: &mut Transaction<'_>, id: CommonNeedId) -> Stored<Vec<AccountId>> {
    let found: Vec<Option<AccountId>> = on_engine!(tx, c => common_need_orders::table
        .inner_join(needs::table.on(needs::order_id.eq(common_need_orders::order_id)))
        .filter(common_need_orders::common_need_id.eq(id))
        .filter(needs::requester_id.is_not_null())
        .select(needs::requester_id)
        .distinct()
        .load(c))?;
    Ok(found.into_iter().flatten().collect())
}

/// Common needs of `readable` subtrees, all if none are given, the newest first, from before `before` on.
pub fn common_needs(
    tx: &mut Transaction<'_>,
    within: Option<&VenuePath>,
    state: Option<CommonNeedState>,
    readable: Option<&[VenuePath]>,
    before: Option<CommonNeedId>,
    limit: i64,
) -> Stored<Vec<CommonNeed>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query =
            common_needs::table.inner_join(venues::table).select(Row::as_select()).into_boxed();
        if let Some(readable) = readable {
            // Alternatives join what stands before them: nobody's comes first.
            query = query.filter(one_of(common_needs::venue_id, Vec::<VenueId>::new()));
            for path in readable {
                query = query.or_filter(subtree!(path));
            }
        }
        if let Some(path) = within {
            query = query.filter(subtree!(path));
        }
        if let Some(state) = state {
            query = query.filter(common_needs::state.eq(state));
        }
        if let Some(before) = before {
            query = query.filter(common_needs::id.lt(before));
        }
        query.order(common_needs::id.desc()).limit(limit).load(c)
    })?;
    Ok(rows.into_iter().map(CommonNeed::from).collect())
}
