//! Services told to the public (晒单).

use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, OrderId, TeamId, VenueId},
    teams::TeamCategory,
};

use crate::{Stored, Transaction, columns::At, schema::order_stories};

/// A service told without personal data, with consent.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_stories, treat_none_as_default_value = false)]
pub struct Story {
    pub order_id: OrderId,
    pub center_id: VenueId,
    pub station_id: Option<VenueId>,
    pub team_id: TeamId,
    pub category: TeamCategory,
    pub title: String,
    pub text: String,
    /// JSON
    pub photos: String,
    pub published_at: At,
    pub published_by: Option<AccountId>,
}

/// # Errors
/// A duplicate fault if the order was told before.
pub fn insert_story(tx: &mut Transaction<'_>, story: &Story) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(order_stories::table).values(story).execute(c))
        .map(drop)
}

pub fn story(tx: &mut Transaction<'_>, order: OrderId) -> Stored<Option<Story>> {
    on_engine!(tx, c => order_stories::table
        .find(order)
        .select(Story::as_select())
        .first(c)
        .optional())
}

/// Stories, those of the newest orders first, from before `before` on.
pub fn stories(
    tx: &mut Transaction<'_>,
    center: Option<VenueId>,
    before: Option<OrderId>,
    limit: i64,
) -> Stored<Vec<Story>> {
    on_engine!(tx, c => {
        let mut query = order_stories::table.select(Story::as_select()).into_boxed();
        if let Some(center) = center {
            query = query.filter(order_stories::center_id.eq(center));
        }
        if let Some(before) = before {
            query = query.filter(order_stories::order_id.lt(before));
        }
        query.order(order_stories::order_id.desc()).limit(limit).load(c)
    })
}
