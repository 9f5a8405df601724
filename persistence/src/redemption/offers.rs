//! Offers and their stock.

use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, OfferId, PartnerId},
    redemption::{NewOffer, Offer, OfferCategory, OfferState},
    units::Points,
    venues::VenuePath,
    volunteers::StarLevel,
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    schema::{offers, partners, venues},
    subtree,
    venues::escape_like,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = offers, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    id: OfferId,
    partner_id: PartnerId,
    title: String,
    description: Option<String>,
    category: OfferCategory,
    points: Points,
    stock: i64,
    stock_left: i64,
    limit_per_person: Option<i64>,
    limit_days: Option<i64>,
    voucher_days: i64,
    minimum_star_level: StarLevel,
    valid_from: Option<At>,
    valid_to: Option<At>,
    places: String,
    state: OfferState,
    return_reason: Option<String>,
    created_by: Option<AccountId>,
    created_at: At,
    version: i64,
}

impl Row {
    fn of(offer: &Offer) -> Stored<Self> {
        let content = offer.content.clone();
        Ok(Self {
            id: offer.id,
            partner_id: offer.partner_id,
            title: content.title,
            description: content.description,
            category: content.category,
            points: content.points,
            stock: content.stock,
            stock_left: offer.stock_left,
            limit_per_person: content.limit_per_person,
            limit_days: content.limit_days,
            voucher_days: content.voucher_days,
            minimum_star_level: content.minimum_star_level,
            valid_from: content.valid_from.map(At),
            valid_to: content.valid_to.map(At),
            places: serde_json::to_string(&content.places)?,
            state: offer.state,
            return_reason: offer.return_reason.clone(),
            created_by: offer.created_by,
            created_at: At(offer.created_at),
            version: offer.version,
        })
    }
}

impl TryFrom<Row> for Offer {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            partner_id: row.partner_id,
            content: NewOffer {
                title: row.title,
                description: row.description,
                category: row.category,
                points: row.points,
                stock: row.stock,
                limit_per_person: row.limit_per_person,
                limit_days: row.limit_days,
                voucher_days: row.voucher_days,
                minimum_star_level: row.minimum_star_level,
                valid_from: row.valid_from.map(|at| at.0),
                valid_to: row.valid_to.map(|at| at.0),
                places: serde_json::from_str(&row.places)?,
            },
            stock_left: row.stock_left,
            state: row.state,
            return_reason: row.return_reason,
            created_by: row.created_by,
            created_at: row.created_at.0,
            version: row.version,
        })
    }
}

pub fn offer(tx: &mut Transaction<'_>, id: OfferId) -> Stored<Option<Offer>> {
    on_engine!(tx, c => offers::table.find(id).select(Row::as_select()).first(c).optional())?
        .map(Offer::try_from)
        .transpose()
}

/// The offer, held until the transaction ends.
pub fn lock_offer(tx: &mut Transaction<'_>, id: OfferId) -> Stored<Option<Offer>> {
    let rows: Vec<Row> = locked!(tx, offers::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(Offer::try_from).transpose()
}

pub fn insert_offer(tx: &mut Transaction<'_>, offer: &Offer) -> Stored<()> {
    let row = Row::of(offer)?;
    on_engine!(tx, c => diesel::insert_into(offers::table).values(&row).execute(c)).map(drop)
}

/// Writes an offer whose lock is held.
pub fn update_offer(tx: &mut Transaction<'_>, offer: &Offer) -> Stored<()> {
    let row = Row::of(offer)?;
    on_engine!(tx, c => diesel::update(offers::table.find(offer.id)).set(&row).execute(c)).map(drop)
}

/// Takes from the stock, or gives back to it. Its version is that of its content, which stays.
pub fn change_stock(tx: &mut Transaction<'_>, id: OfferId, change: i64) -> Stored<()> {
    on_engine!(tx, c => diesel::update(offers::table.find(id))
        .set(offers::stock_left.eq(offers::stock_left + change))
        .execute(c))
    .map(drop)
}

/// Which offers a list shows.
#[derive(Debug, Clone, Default)]
pub struct OfferFilter {
    pub state: Option<OfferState>,
    pub category: Option<OfferCategory>,
    pub partner_id: Option<PartnerId>,
    /// Of partners that venues of this subtree look after.
    pub within: Option<VenuePath>,
    /// A part of the title.
    pub text: Option<String>,
}

/// Offers, the latest first, from before the one with id `before` on.
pub fn offers(
    tx: &mut Transaction<'_>,
    filter: &OfferFilter,
    before: Option<OfferId>,
    limit: i64,
) -> Stored<Vec<Offer>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = offers::table
            .inner_join(partners::table.inner_join(venues::table))
            .select(Row::as_select())
            .into_boxed();
        if let Some(state) = filter.state {
            query = query.filter(offers::state.eq(state));
        }
        if let Some(category) = filter.category {
            query = query.filter(offers::category.eq(category));
        }
        if let Some(partner) = filter.partner_id {
            query = query.filter(offers::partner_id.eq(partner));
        }
        if let Some(path) = &filter.within {
            query = query.filter(subtree!(path));
        }
        if let Some(text) = &filter.text {
            let part = format!("%{}%", escape_like(text));
            query = query.filter(offers::title.like(part).escape('\\'));
        }
        if let Some(before) = before {
            query = query.filter(offers::id.lt(before));
        }
        query.order(offers::id.desc()).limit(limit).load(c)
    })?;
    rows.into_iter().map(Offer::try_from).collect()
}
