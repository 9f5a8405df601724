//! Grants: roles of accounts within scopes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    identity::{Grant, Role, Scope, ScopeKind},
    ids::{AccountId, AnyId, GrantId, PartnerId, TeamId, VenueId},
    venues::VenuePath,
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{grants, partners, teams, venues},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = grants)]
struct GrantRow {
    id: GrantId,
    account_id: AccountId,
    role: Role,
    scope_kind: ScopeKind,
    scope_id: Option<AnyId>,
    valid_from: At,
    valid_to: Option<At>,
    granted_by: Option<AccountId>,
}

impl GrantRow {
    fn of(grant: &Grant) -> Self {
        Self {
            id: grant.id,
            account_id: grant.account_id,
            role: grant.role,
            scope_kind: grant.scope.kind(),
            scope_id: grant.scope.id().map(AnyId),
            valid_from: At(grant.valid_from),
            valid_to: grant.valid_to.map(At),
            granted_by: grant.granted_by,
        }
    }

    fn into_grant(self, path: Option<String>) -> Stored<Grant> {
        let scope = match (self.scope_kind, self.scope_id, path) {
            (ScopeKind::Deployment, None, _) => Scope::Deployment,
            (ScopeKind::Venue, Some(AnyId(id)), Some(path)) => {
                Scope::Venue(VenueId(id), VenuePath::stored(path))
            }
            (ScopeKind::Team, Some(AnyId(id)), _) => Scope::Team(TeamId(id)),
            (ScopeKind::Partner, Some(AnyId(id)), _) => Scope::Partner(PartnerId(id)),
            _ => return Err(Fault::Broken(format!("grant {} has no scope", self.id))),
        };
        Ok(Grant {
            id: self.id,
            account_id: self.account_id,
            role: self.role,
            scope,
            valid_from: self.valid_from.0,
            valid_to: self.valid_to.map(|at| at.0),
            granted_by: self.granted_by,
        })
    }
}

/// The account's grants that are in force at `now`.
pub fn grants_of(
    tx: &mut Transaction<'_>,
    account: AccountId,
    now: DateTime<Utc>,
) -> Stored<Vec<Grant>> {
    let rows: Vec<(GrantRow, Option<String>)> = on_engine!(tx, c => grants::table
        .left_join(venues::table.on(grants::scope_id.eq(venues::id.nullable())))
        .filter(grants::account_id.eq(account))
        .filter(grants::valid_from.le(At(now)))
        .filter(grants::valid_to.is_null().or(grants::valid_to.gt(Some(At(now)))))
        .select((GrantRow::as_select(), venues::path.nullable()))
        .order(grants::id)
        .load(c))?;
    rows.into_iter().map(|(row, path)| row.into_grant(path)).collect()
}

/// The accounts that hold one of `roles` over exactly this venue at `now`, at most `limit`.
pub fn accounts_at(
    tx: &mut Transaction<'_>,
    venue: VenueId,
    roles: &[Role],
    now: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<AccountId>> {
    on_engine!(tx, c => grants::table
        .filter(grants::scope_kind.eq(ScopeKind::Venue))
        .filter(grants::scope_id.eq(Some(AnyId(venue.0))))
        .filter(one_of(grants::role, roles.to_vec()))
        .filter(grants::valid_from.le(At(now)))
        .filter(grants::valid_to.is_null().or(grants::valid_to.gt(Some(At(now)))))
        .order(grants::id)
        .limit(limit)
        .select(grants::account_id)
        .load(c))
}

/// # Errors
/// [`Fault::Duplicate`] if the account already holds this role in this scope.
pub fn insert_grant(tx: &mut Transaction<'_>, grant: &Grant) -> Stored<()> {
    let row = GrantRow::of(grant);
    on_engine!(tx, c => diesel::insert_into(grants::table).values(&row).execute(c)).map(drop)
}

/// Ends the grants of a role in a scope, whoever's they are, or one account's.
pub fn end_grants(
    tx: &mut Transaction<'_>,
    account: Option<AccountId>,
    role: Role,
    scope: &Scope,
    at: DateTime<Utc>,
) -> Stored<usize> {
    macro_rules! ending {
        ($begun:expr, $end:expr) => {
            on_engine!(tx, c => {
                let mut ending = diesel::update(grants::table)
                    .filter(grants::role.eq(role))
                    .filter(grants::scope_kind.eq(scope.kind()))
                    .filter(grants::valid_to.is_null().or(grants::valid_to.gt(Some(At(at)))))
                    .filter($begun)
                    .set(grants::valid_to.eq($end))
                    .into_boxed();
                if let Some(id) = scope.id() {
                    ending = ending.filter(grants::scope_id.eq(Some(AnyId(id))));
                }
                if let Some(account) = account {
                    ending = ending.filter(grants::account_id.eq(account));
                }
                ending.execute(c)
            })
        };
    }
    let ended = ending!(grants::valid_from.le(At(at)), Some(At(at)))?;
    // What has not begun never will.
    let dropped = ending!(grants::valid_from.gt(At(at)), grants::valid_from.nullable())?;
    Ok(ended + dropped)
}

/// Which grants a list shows.
#[derive(Debug, Clone, Default)]
pub struct GrantFilter {
    /// Grants over venues of this subtree, and over teams and partners that belong there.
    pub within: Option<VenuePath>,
    pub account_id: Option<AccountId>,
    pub role: Option<Role>,
    /// The venue, team or partner of the scope.
    pub scope_id: Option<AnyId>,
}

/// Grants by id, from after `after` on, ended ones too.
pub fn grants(
    tx: &mut Transaction<'_>,
    filter: &GrantFilter,
    after: Option<GrantId>,
    limit: i64,
) -> Stored<Vec<Grant>> {
    let homes = diesel::alias!(venues as homes);
    let rows: Vec<(GrantRow, Option<String>)> = on_engine!(tx, c => {
        let mut query = grants::table
            .left_join(venues::table.on(grants::scope_id.eq(venues::id.nullable())))
            .select((GrantRow::as_select(), venues::path.nullable()))
            .into_boxed();
        if let Some(path) = &filter.within {
            let here = homes
                .field(venues::path)
                .ge(path.as_str())
                .and(homes.field(venues::path).lt(path.successor()));
            let teams_here = teams::table
                .inner_join(homes.on(homes.field(venues::id).eq(teams::home_venue_id)))
                .filter(here.clone())
                .select(teams::id.nullable());
            let partners_here = partners::table
                .inner_join(homes.on(homes.field(venues::id).eq(partners::venue_id)))
                .filter(here)
                .select(partners::id.nullable());
            let of_venues = venues::path
                .nullable()
                .ge(path.as_str())
                .and(venues::path.nullable().lt(path.successor()))
                .assume_not_null();
            query = query.filter(
                of_venues
                    .or(grants::scope_id.eq_any(teams_here).assume_not_null())
                    .or(grants::scope_id.eq_any(partners_here).assume_not_null()),
            );
        }
        if let Some(account) = filter.account_id {
            query = query.filter(grants::account_id.eq(account));
        }
        if let Some(role) = filter.role {
            query = query.filter(grants::role.eq(role));
        }
        if let Some(scope) = filter.scope_id {
            query = query.filter(grants::scope_id.eq(Some(scope)));
        }
        if let Some(after) = after {
            query = query.filter(grants::id.gt(after));
        }
        query.order(grants::id).limit(limit).load(c)
    })?;
    rows.into_iter().map(|(row, path)| row.into_grant(path)).collect()
}

pub fn grant(tx: &mut Transaction<'_>, id: GrantId) -> Stored<Option<Grant>> {
    let row: Option<(GrantRow, Option<String>)> = on_engine!(tx, c => grants::table
        .left_join(venues::table.on(grants::scope_id.eq(venues::id.nullable())))
        .filter(grants::id.eq(id))
        .select((GrantRow::as_select(), venues::path.nullable()))
        .first(c)
        .optional())?;
    row.map(|(row, path)| row.into_grant(path)).transpose()
}

/// Ends a grant at `at`; `false` if it ends no later already.
pub fn end_grant(tx: &mut Transaction<'_>, id: GrantId, at: DateTime<Utc>) -> Stored<bool> {
    let ended = on_engine!(tx, c => diesel::update(grants::table.find(id))
        .filter(grants::valid_to.is_null().or(grants::valid_to.gt(Some(At(at)))))
        .set(grants::valid_to.eq(Some(At(at))))
        .execute(c))?;
    Ok(ended > 0)
}

/// Whether anybody holds this role over the whole deployment at `now`.
pub fn is_role_held(tx: &mut Transaction<'_>, role: Role, now: DateTime<Utc>) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(
        grants::table
            .filter(grants::role.eq(role))
            .filter(grants::scope_kind.eq(ScopeKind::Deployment))
            .filter(grants::valid_to.is_null().or(grants::valid_to.gt(Some(At(now))))),
    ))
    .get_result(c))
}
