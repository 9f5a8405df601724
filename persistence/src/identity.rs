//! Accounts, their grants and logins, and the audit log.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    identity::{AccountState, Grant, Role, Scope, ScopeKind},
    ids::{
        AccountId, AnyId, AuditRecordId, GrantId, PartnerId, TeamId, TokenFamilyId, VenueId,
        VolunteerId,
    },
    venues::VenuePath,
};
use uuid::Uuid;

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    schema::{accounts, audit_records, grants, token_families, venues},
};

/// A person's login, as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
pub struct Account {
    pub id: AccountId,
    /// Lower case; `None` for people who sign in by telephone.
    pub username: Option<String>,
    pub display_name: String,
    /// Argon2id, in PHC string form.
    pub password_hash: Option<String>,
    pub sealed_phone: Option<Vec<u8>>,
    /// Keyed hash of the telephone number.
    pub phone_index: Option<Vec<u8>>,
    pub volunteer_id: Option<VolunteerId>,
    pub state: AccountState,
    /// Made by the demo seed.
    pub demo: bool,
    pub version: i64,
    pub created_at: At,
}

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

/// Who stands behind a login: enough to load a caller in one statement.
#[derive(Debug, Clone, Queryable)]
pub struct Bearer {
    pub account_id: AccountId,
    pub account_state: AccountState,
    pub username: Option<String>,
    pub display_name: String,
    pub volunteer_id: Option<VolunteerId>,
    pub revoked_at: Option<At>,
}

/// The account behind a login, and whether that login was revoked.
pub fn bearer(tx: &mut Transaction<'_>, family: TokenFamilyId) -> Stored<Option<Bearer>> {
    on_engine!(tx, c => token_families::table
        .inner_join(accounts::table)
        .filter(token_families::id.eq(family))
        .select((
            accounts::id,
            accounts::state,
            accounts::username,
            accounts::display_name,
            accounts::volunteer_id,
            token_families::revoked_at,
        ))
        .first(c)
        .optional())
}

pub fn account(tx: &mut Transaction<'_>, id: AccountId) -> Stored<Option<Account>> {
    on_engine!(tx, c => accounts::table.find(id).select(Account::as_select()).first(c).optional())
}

pub fn account_by_username(tx: &mut Transaction<'_>, username: &str) -> Stored<Option<Account>> {
    on_engine!(tx, c => accounts::table
        .filter(accounts::username.eq(Some(username)))
        .select(Account::as_select())
        .first(c)
        .optional())
}

pub fn account_by_phone(tx: &mut Transaction<'_>, phone_index: &[u8]) -> Stored<Option<Account>> {
    on_engine!(tx, c => accounts::table
        .filter(accounts::phone_index.eq(Some(phone_index)))
        .select(Account::as_select())
        .first(c)
        .optional())
}

/// # Errors
/// [`Fault::Duplicate`] if the username or the telephone number is taken.
pub fn insert_account(tx: &mut Transaction<'_>, account: &Account) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(accounts::table).values(account).execute(c)).map(drop)
}

/// Ties a person's volunteer profile to the account.
///
/// # Errors
/// [`Fault::Duplicate`] if the profile belongs to another account.
pub fn link_volunteer(
    tx: &mut Transaction<'_>,
    account: AccountId,
    volunteer: VolunteerId,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(accounts::table.find(account))
        .set(accounts::volunteer_id.eq(Some(volunteer)))
        .execute(c))
    .map(drop)
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
    on_engine!(tx, c => {
        let mut ending = diesel::update(grants::table)
            .filter(grants::role.eq(role))
            .filter(grants::scope_kind.eq(scope.kind()))
            .filter(grants::valid_to.is_null())
            .set(grants::valid_to.eq(Some(At(at))))
            .into_boxed();
        if let Some(id) = scope.id() {
            ending = ending.filter(grants::scope_id.eq(Some(AnyId(id))));
        }
        if let Some(account) = account {
            ending = ending.filter(grants::account_id.eq(account));
        }
        ending.execute(c)
    })
}

/// One login and the refresh tokens that descend from it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = token_families)]
pub struct TokenFamily {
    pub id: TokenFamilyId,
    pub account_id: AccountId,
    pub created_at: At,
    pub expires_at: At,
    pub revoked_at: Option<At>,
}

pub fn insert_token_family(tx: &mut Transaction<'_>, family: &TokenFamily) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(token_families::table).values(family).execute(c))
        .map(drop)
}

/// A change that staff made.
#[derive(Debug, Clone)]
pub struct AuditRecord {
    pub id: AuditRecordId,
    pub at: DateTime<Utc>,
    pub account_id: Option<AccountId>,
    pub request_id: Option<String>,
    pub address: Option<String>,
    /// The operation's id, or the job's name.
    pub operation: String,
    pub subject_kind: String,
    pub subject_id: Option<Uuid>,
    /// JSON, personal data masked.
    pub before: Option<String>,
    /// JSON, personal data masked.
    pub after: Option<String>,
}

pub fn insert_audit_record(tx: &mut Transaction<'_>, record: &AuditRecord) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(audit_records::table)
        .values((
            audit_records::id.eq(record.id),
            audit_records::at.eq(At(record.at)),
            audit_records::account_id.eq(record.account_id),
            audit_records::request_id.eq(record.request_id.as_deref()),
            audit_records::address.eq(record.address.as_deref()),
            audit_records::operation.eq(&record.operation),
            audit_records::subject_kind.eq(&record.subject_kind),
            audit_records::subject_id.eq(record.subject_id.map(AnyId)),
            audit_records::before.eq(record.before.as_deref()),
            audit_records::after.eq(record.after.as_deref()),
        ))
        .execute(c))
    .map(drop)
}

/// Whether any account was made by the demo seed.
pub fn has_demo_accounts(tx: &mut Transaction<'_>) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(accounts::table.filter(accounts::demo.eq(true))))
        .get_result(c))
}
