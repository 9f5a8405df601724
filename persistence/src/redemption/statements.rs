//! Partners' accounts of a month.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::{dsl::sql, prelude::*, sql_types};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    calendar::Month,
    ids::{AccountId, AnyId, OfferId, PartnerId, StatementId},
    points::Purse,
    redemption::{RedemptionState, Statement, StatementLine},
    units::Points,
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    schema::{partner_statements, points_entries, redemptions},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = partner_statements, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    id: StatementId,
    partner_id: PartnerId,
    month: String,
    lines: String,
    ledger_points: Points,
    partner_confirmed_by: Option<AccountId>,
    partner_confirmed_at: Option<At>,
    center_confirmed_by: Option<AccountId>,
    center_confirmed_at: Option<At>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    offer_id: OfferId,
    consumed_count: i64,
    consumed_points: Points,
    refunded_count: i64,
    refunded_points: Points,
}

impl Row {
    fn of(statement: &Statement) -> Stored<Self> {
        let line = |line: &StatementLine| Line {
            offer_id: line.offer_id,
            consumed_count: line.consumed_count,
            consumed_points: line.consumed_points,
            refunded_count: line.refunded_count,
            refunded_points: line.refunded_points,
        };
        let lines: Vec<Line> = statement.lines.iter().map(line).collect();
        let (partner, center) = (statement.partner_confirmed, statement.center_confirmed);
        Ok(Self {
            id: statement.id,
            partner_id: statement.partner_id,
            month: statement.month.to_string(),
            lines: serde_json::to_string(&lines)?,
            ledger_points: statement.ledger_points,
            partner_confirmed_by: partner.and_then(|(by, _)| by),
            partner_confirmed_at: partner.map(|(_, at)| At(at)),
            center_confirmed_by: center.and_then(|(by, _)| by),
            center_confirmed_at: center.map(|(_, at)| At(at)),
        })
    }
}

impl TryFrom<Row> for Statement {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        let line = |line: Line| StatementLine {
            offer_id: line.offer_id,
            consumed_count: line.consumed_count,
            consumed_points: line.consumed_points,
            refunded_count: line.refunded_count,
            refunded_points: line.refunded_points,
        };
        let lines: Vec<Line> = serde_json::from_str(&row.lines)?;
        Ok(Self {
            id: row.id,
            partner_id: row.partner_id,
            month: row.month.parse().map_err(|_| {
                Fault::Broken(format!("the month of statement {} is malformed", row.id))
            })?,
            lines: lines.into_iter().map(line).collect(),
            ledger_points: row.ledger_points,
            partner_confirmed: row.partner_confirmed_at.map(|at| (row.partner_confirmed_by, at.0)),
            center_confirmed: row.center_confirmed_at.map(|at| (row.center_confirmed_by, at.0)),
        })
    }
}

/// The statement that somebody has confirmed.
pub fn kept_statement(
    tx: &mut Transaction<'_>,
    partner: PartnerId,
    month: Month,
) -> Stored<Option<Statement>> {
    let rows: Vec<Row> = locked!(
        tx,
        partner_statements::table
            .filter(partner_statements::partner_id.eq(partner))
            .filter(partner_statements::month.eq(month.to_string()))
            .select(Row::as_select())
    )?;
    rows.into_iter().next().map(Statement::try_from).transpose()
}

/// # Errors
/// [`Fault::Duplicate`] if the other side confirmed meanwhile.
pub fn insert_statement(tx: &mut Transaction<'_>, statement: &Statement) -> Stored<()> {
    let row = Row::of(statement)?;
    on_engine!(tx, c => diesel::insert_into(partner_statements::table).values(&row).execute(c))
        .map(drop)
}

pub fn update_statement(tx: &mut Transaction<'_>, statement: &Statement) -> Stored<()> {
    let row = Row::of(statement)?;
    on_engine!(tx, c => diesel::update(partner_statements::table.find(statement.id))
        .set(&row)
        .execute(c))
    .map(drop)
}

type Sums = Vec<(OfferId, i64, Points)>;

/// What a partner's vouchers came to from `start` to before `end`, by offer, and the same by the ledger.
pub fn statement_of(
    tx: &mut Transaction<'_>,
    partner: PartnerId,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> Stored<(Vec<StatementLine>, Points)> {
    let consumed: Sums = on_engine!(tx, c => redemptions::table
        .filter(redemptions::partner_id.eq(partner))
        .filter(redemptions::consumed_at.ge(At(start)))
        .filter(redemptions::consumed_at.lt(At(end)))
        .group_by(redemptions::offer_id)
        .select((
            redemptions::offer_id,
            diesel::dsl::count_star(),
            sql::<sql_types::BigInt>("cast(sum(points) as bigint)"),
        ))
        .load(c))?;
    let refunded: Sums = on_engine!(tx, c => redemptions::table
        .filter(redemptions::partner_id.eq(partner))
        .filter(redemptions::state.eq(RedemptionState::Refunded))
        .filter(redemptions::ended_at.ge(At(start)))
        .filter(redemptions::ended_at.lt(At(end)))
        .group_by(redemptions::offer_id)
        .select((
            redemptions::offer_id,
            diesel::dsl::count_star(),
            sql::<sql_types::BigInt>("cast(sum(points) as bigint)"),
        ))
        .load(c))?;
    let ledger: Points = on_engine!(tx, c => points_entries::table
        .filter(points_entries::owner_id.eq(AnyId(partner.0)))
        .filter(points_entries::purse.eq(Purse::Redeemed))
        .filter(points_entries::posted_at.ge(At(start)))
        .filter(points_entries::posted_at.lt(At(end)))
        .select(sql::<sql_types::BigInt>("coalesce(cast(sum(points) as bigint), 0)"))
        .first(c))?;
    let mut lines: BTreeMap<OfferId, StatementLine> = BTreeMap::new();
    for (offer_id, count, points) in consumed {
        let line = lines.entry(offer_id).or_insert_with(|| empty(offer_id));
        (line.consumed_count, line.consumed_points) = (count, points);
    }
    for (offer_id, count, points) in refunded {
        let line = lines.entry(offer_id).or_insert_with(|| empty(offer_id));
        (line.refunded_count, line.refunded_points) = (count, points);
    }
    Ok((lines.into_values().collect(), ledger))
}

const fn empty(offer_id: OfferId) -> StatementLine {
    StatementLine {
        offer_id,
        consumed_count: 0,
        consumed_points: Points::ZERO,
        refunded_count: 0,
        refunded_points: Points::ZERO,
    }
}
