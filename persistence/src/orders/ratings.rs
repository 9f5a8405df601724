//! What the people served said.

use chrono::{DateTime, Utc};
use diesel::{dsl::count_star, prelude::*};
use shijian_domain::{
    ids::{AccountId, OrderId, TeamId, VenueId},
    orders::{AppealState, Outcome, Rating, Satisfaction, Stars, Tier, satisfaction},
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    schema::{order_ratings, orders},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = order_ratings, treat_none_as_null = true)]
struct Row {
    order_id: OrderId,
    round: i64,
    team_id: TeamId,
    attitude: i64,
    quality: i64,
    timeliness: i64,
    overall: i64,
    outcome: Outcome,
    comment: Option<String>,
    rated_by: Option<AccountId>,
    rated_at: At,
    appeal: Option<AppealState>,
    appeal_reason: Option<String>,
}

impl TryFrom<Row> for Rating {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        let stars = |number| {
            Stars::new(number).ok_or_else(|| Fault::Broken("stars are out of range".to_owned()))
        };
        Ok(Self {
            order_id: row.order_id,
            round: row.round,
            team_id: row.team_id,
            attitude: stars(row.attitude)?,
            quality: stars(row.quality)?,
            timeliness: stars(row.timeliness)?,
            overall: stars(row.overall)?,
            outcome: row.outcome,
            comment: row.comment,
            rated_by: row.rated_by,
            rated_at: row.rated_at.0,
            appeal: row.appeal,
            appeal_reason: row.appeal_reason,
        })
    }
}

impl From<&Rating> for Row {
    fn from(rating: &Rating) -> Self {
        Self {
            order_id: rating.order_id,
            round: rating.round,
            team_id: rating.team_id,
            attitude: rating.attitude.get(),
            quality: rating.quality.get(),
            timeliness: rating.timeliness.get(),
            overall: rating.overall.get(),
            outcome: rating.outcome,
            comment: rating.comment.clone(),
            rated_by: rating.rated_by,
            rated_at: At(rating.rated_at),
            appeal: rating.appeal,
            appeal_reason: rating.appeal_reason.clone(),
        }
    }
}

/// # Errors
/// A duplicate fault if this round was rated.
pub fn insert_rating(tx: &mut Transaction<'_>, rating: &Rating) -> Stored<()> {
    let row = Row::from(rating);
    on_engine!(tx, c => diesel::insert_into(order_ratings::table).values(&row).execute(c)).map(drop)
}

pub fn rating(tx: &mut Transaction<'_>, order: OrderId, round: i64) -> Stored<Option<Rating>> {
    let row: Option<Row> = on_engine!(tx, c => order_ratings::table
        .find((order, round))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(Rating::try_from).transpose()
}

/// The rating, held until the transaction ends.
pub fn lock_rating(tx: &mut Transaction<'_>, order: OrderId, round: i64) -> Stored<Option<Rating>> {
    let rows: Vec<Row> =
        locked!(tx, order_ratings::table.find((order, round)).select(Row::as_select()))?;
    rows.into_iter().next().map(Rating::try_from).transpose()
}

pub fn update_rating(tx: &mut Transaction<'_>, rating: &Rating) -> Stored<()> {
    let row = Row::from(rating);
    on_engine!(tx, c => diesel::update(order_ratings::table.find((row.order_id, row.round)))
        .set(&row)
        .execute(c))
    .map(drop)
}

/// How satisfied the people under a venue of a tier were, of ratings that count, given from `from` until before `to`.
pub fn satisfaction_of(
    tx: &mut Transaction<'_>,
    tier: Tier,
    venue: VenueId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Stored<Satisfaction> {
    let rows: Vec<(i64, i64)> = on_engine!(tx, c => {
        let query = order_ratings::table
            .inner_join(orders::table)
            .filter(order_ratings::rated_at.ge(At(from)))
            .filter(order_ratings::rated_at.lt(At(to)))
            .filter(
                order_ratings::appeal
                    .is_null()
                    .or(order_ratings::appeal.ne(Some(AppealState::Upheld)).assume_not_null()),
            )
            .group_by(order_ratings::overall)
            .select((order_ratings::overall, count_star()))
            .into_boxed();
        of_tier!(query, tier, venue).load(c)
    })?;
    let rated = rows.iter().map(|(_, number)| number).sum();
    let satisfied = rows
        .iter()
        .filter(|(stars, _)| Stars::new(*stars).is_some_and(Stars::is_satisfied))
        .map(|(_, number)| number)
        .sum();
    Ok(satisfaction(satisfied, rated))
}
