//! What centers set for everything below them.

use diesel::prelude::*;
use shijian_domain::{
    ids::VenueId,
    venues::{CenterRules, CommonNeedsThreshold, InductionRule, LeastShare, PromotionDay},
};

use crate::{Fault, Stored, Transaction, schema::center_rules};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = center_rules, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    center_id: VenueId,
    least_share: i64,
    promotion_day: Option<i64>,
    induction: InductionRule,
    common_needs_threshold: i64,
    version: i64,
}

impl TryFrom<Row> for CenterRules {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        let broken = || Fault::Broken("a center's rules are out of range".to_owned());
        Ok(Self {
            center_id: row.center_id,
            least_share: LeastShare::percent(row.least_share).ok_or_else(broken)?,
            promotion_day: PromotionDay::on(
                row.promotion_day.map(u32::try_from).transpose().map_err(|_| broken())?,
            ),
            induction: row.induction,
            common_needs_threshold: CommonNeedsThreshold::needs(row.common_needs_threshold)
                .ok_or_else(broken)?,
            version: row.version,
        })
    }
}

impl Row {
    fn of(rules: &CenterRules) -> Self {
        Self {
            center_id: rules.center_id,
            least_share: rules.least_share.as_percent(),
            promotion_day: rules.promotion_day.day().map(i64::from),
            induction: rules.induction,
            common_needs_threshold: rules.common_needs_threshold.as_needs(),
            version: rules.version,
        }
    }
}

/// The rules of a center, set or not.
pub fn center_rules(tx: &mut Transaction<'_>, center: VenueId) -> Stored<CenterRules> {
    let row: Option<Row> = on_engine!(tx, c => center_rules::table
        .find(center)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map_or_else(|| Ok(CenterRules::unset(center)), CenterRules::try_from)
}

pub fn keep_center_rules(tx: &mut Transaction<'_>, rules: &CenterRules) -> Stored<()> {
    let row = Row::of(rules);
    on_engine!(tx, c => diesel::insert_into(center_rules::table)
        .values(&row)
        .on_conflict(center_rules::center_id)
        .do_update()
        .set(&row)
        .execute(c))
    .map(drop)
}
