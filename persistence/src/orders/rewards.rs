//! What teams were given for served orders (奖单).

use diesel::prelude::*;
use shijian_domain::{
    ids::{OrderId, TeamId},
    units::Points,
};

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{needs, team_rewards},
};

/// What a team was given for one order.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = team_rewards)]
pub struct Reward {
    pub order_id: OrderId,
    pub round: i64,
    pub team_id: TeamId,
    pub points: Points,
    pub given_at: At,
}

/// # Errors
/// A duplicate fault if this round of the order was rewarded.
pub fn insert_reward(tx: &mut Transaction<'_>, reward: &Reward) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(team_rewards::table).values(reward).execute(c))
        .map(drop)
}

/// A team's rewards with the titles of their orders, the newest orders first, from before `before` on.
pub fn rewards_of(
    tx: &mut Transaction<'_>,
    team: TeamId,
    before: Option<OrderId>,
    limit: i64,
) -> Stored<Vec<(Reward, String)>> {
    on_engine!(tx, c => {
        let mut query = team_rewards::table
            .inner_join(needs::table.on(needs::order_id.eq(team_rewards::order_id)))
            .filter(team_rewards::team_id.eq(team))
            .select((Reward::as_select(), needs::title))
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(team_rewards::order_id.lt(before));
        }
        query.order(team_rewards::order_id.desc()).limit(limit).load(c)
    })
}
