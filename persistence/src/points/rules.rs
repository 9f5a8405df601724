//! Versions of centers' earning rules.

use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, EarningRulesId, VenueId},
    points::{Caps, EarningRules, EarningRulesState},
    units::Points,
};

use crate::{Fault, Stored, Transaction, columns::At, schema::earning_rules};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = earning_rules, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    id: EarningRulesId,
    center_id: VenueId,
    title: String,
    state: EarningRulesState,
    rules: String,
    day_cap: Option<Points>,
    month_cap: Option<Points>,
    created_by: Option<AccountId>,
    created_at: At,
    active_from: Option<At>,
    active_to: Option<At>,
    version: i64,
}

impl Row {
    fn of(rules: &EarningRules) -> Stored<Self> {
        Ok(Self {
            id: rules.id,
            center_id: rules.center_id,
            title: rules.title.clone(),
            state: rules.state,
            rules: serde_json::to_string(&rules.rules)?,
            day_cap: rules.caps.day,
            month_cap: rules.caps.month,
            created_by: rules.created_by,
            created_at: At(rules.created_at),
            active_from: rules.active_from.map(At),
            active_to: rules.active_to.map(At),
            version: rules.version,
        })
    }
}

impl TryFrom<Row> for EarningRules {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            center_id: row.center_id,
            title: row.title,
            state: row.state,
            rules: serde_json::from_str(&row.rules)?,
            caps: Caps { day: row.day_cap, month: row.month_cap },
            created_by: row.created_by,
            created_at: row.created_at.0,
            active_from: row.active_from.map(|at| at.0),
            active_to: row.active_to.map(|at| at.0),
            version: row.version,
        })
    }
}

/// The version in force at a center, if it has rules of its own.
pub fn rules_in_force(tx: &mut Transaction<'_>, center: VenueId) -> Stored<Option<EarningRules>> {
    on_engine!(tx, c => earning_rules::table
        .filter(earning_rules::center_id.eq(center))
        .filter(earning_rules::state.eq(EarningRulesState::Active))
        .select(Row::as_select())
        .first(c)
        .optional())?
    .map(EarningRules::try_from)
    .transpose()
}

pub fn lock_rules_in_force(
    tx: &mut Transaction<'_>,
    center: VenueId,
) -> Stored<Option<EarningRules>> {
    let rows: Vec<Row> = locked!(
        tx,
        earning_rules::table
            .filter(earning_rules::center_id.eq(center))
            .filter(earning_rules::state.eq(EarningRulesState::Active))
            .select(Row::as_select())
    )?;
    rows.into_iter().next().map(EarningRules::try_from).transpose()
}

pub fn lock_rules(tx: &mut Transaction<'_>, id: EarningRulesId) -> Stored<Option<EarningRules>> {
    let rows: Vec<Row> = locked!(tx, earning_rules::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(EarningRules::try_from).transpose()
}

pub fn rules(tx: &mut Transaction<'_>, id: EarningRulesId) -> Stored<Option<EarningRules>> {
    on_engine!(tx, c => earning_rules::table.find(id).select(Row::as_select()).first(c).optional())?
        .map(EarningRules::try_from)
        .transpose()
}

pub fn insert_rules(tx: &mut Transaction<'_>, rules: &EarningRules) -> Stored<()> {
    let row = Row::of(rules)?;
    on_engine!(tx, c => diesel::insert_into(earning_rules::table).values(&row).execute(c)).map(drop)
}

pub fn update_rules(tx: &mut Transaction<'_>, rules: &EarningRules) -> Stored<()> {
    let row = Row::of(rules)?;
    on_engine!(tx, c => diesel::update(earning_rules::table.find(rules.id)).set(&row).execute(c))
        .map(drop)
}

/// A center's versions, the latest first, from before the one with id `before` on.
pub fn rules_of_center(
    tx: &mut Transaction<'_>,
    center: VenueId,
    before: Option<EarningRulesId>,
    limit: i64,
) -> Stored<Vec<EarningRules>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = earning_rules::table
            .filter(earning_rules::center_id.eq(center))
            .select(Row::as_select())
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(earning_rules::id.lt(before));
        }
        query.order(earning_rules::id.desc()).limit(limit).load(c)
    })?;
    rows.into_iter().map(EarningRules::try_from).collect()
}
