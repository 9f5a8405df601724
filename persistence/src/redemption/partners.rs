//! Partners.

use diesel::prelude::*;
use shijian_domain::{
    ids::{PartnerId, VenueId},
    redemption::{CreditCode, Partner, PartnerKind},
    venues::VenuePath,
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    schema::{partners, venues},
    subtree,
    venues::escape_like,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = partners, treat_none_as_default_value = false)]
struct Row {
    id: PartnerId,
    name: String,
    kind: PartnerKind,
    unified_social_credit_code: Option<String>,
    venue_id: VenueId,
    address: Option<String>,
    contact: Option<String>,
    version: i64,
    created_at: At,
}

impl TryFrom<Row> for Partner {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        let code = row
            .unified_social_credit_code
            .map(|code| CreditCode::parse(&code).map_err(|error| Fault::Broken(error.to_string())));
        Ok(Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            unified_social_credit_code: code.transpose()?,
            venue_id: row.venue_id,
            address: row.address,
            contact: row.contact,
            version: row.version,
            created_at: row.created_at.0,
        })
    }
}

/// # Errors
/// [`Fault::Duplicate`] if its unified social credit code is another partner's.
pub fn insert_partner(tx: &mut Transaction<'_>, partner: &Partner) -> Stored<()> {
    let code = partner.unified_social_credit_code.as_ref();
    let row = Row {
        id: partner.id,
        name: partner.name.clone(),
        kind: partner.kind,
        unified_social_credit_code: code.map(|code| code.as_str().to_owned()),
        venue_id: partner.venue_id,
        address: partner.address.clone(),
        contact: partner.contact.clone(),
        version: partner.version,
        created_at: At(partner.created_at),
    };
    on_engine!(tx, c => diesel::insert_into(partners::table).values(&row).execute(c)).map(drop)
}

pub fn partner(tx: &mut Transaction<'_>, id: PartnerId) -> Stored<Option<Partner>> {
    on_engine!(tx, c => partners::table.find(id).select(Row::as_select()).first(c).optional())?
        .map(Partner::try_from)
        .transpose()
}

/// The path of the venue that looks after the partner: it decides who may touch what is the partner's.
pub fn path_of_partner(tx: &mut Transaction<'_>, id: PartnerId) -> Stored<Option<VenuePath>> {
    Ok(on_engine!(tx, c => partners::table
        .inner_join(venues::table)
        .filter(partners::id.eq(id))
        .select(venues::path)
        .first::<String>(c)
        .optional())?
    .map(VenuePath::stored))
}

/// Which partners a list shows.
#[derive(Debug, Clone, Default)]
pub struct PartnerFilter {
    pub within: Option<VenuePath>,
    pub kind: Option<PartnerKind>,
    /// A part of the name.
    pub text: Option<String>,
}

/// Partners, the latest first, from before the one with id `before` on.
pub fn partners(
    tx: &mut Transaction<'_>,
    filter: &PartnerFilter,
    before: Option<PartnerId>,
    limit: i64,
) -> Stored<Vec<Partner>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = partners::table
            .inner_join(venues::table)
            .select(Row::as_select())
            .into_boxed();
        if let Some(path) = &filter.within {
            query = query.filter(subtree!(path));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(partners::kind.eq(kind));
        }
        if let Some(text) = &filter.text {
            let part = format!("%{}%", escape_like(text));
            query = query.filter(partners::name.like(part).escape('\\'));
        }
        if let Some(before) = before {
            query = query.filter(partners::id.lt(before));
        }
        query.order(partners::id.desc()).limit(limit).load(c)
    })?;
    rows.into_iter().map(Partner::try_from).collect()
}
