//! Municipal systems that call as accounts of their own.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::ids::{AccountId, ApiClientId};

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{api_clients, client_assertions},
};

/// A municipal system.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_clients)]
pub struct ApiClient {
    pub id: ApiClientId,
    /// The account that it acts as.
    pub account_id: AccountId,
    pub name: String,
    /// SHA-256 of its secret; `None` for one that signs assertions.
    pub secret_hash: Option<Vec<u8>>,
    /// Its JSON Web Key Set; `None` for one with a secret.
    pub key_set: Option<String>,
    pub created_at: At,
    pub revoked_at: Option<At>,
}

pub fn insert_api_client(tx: &mut Transaction<'_>, client: &ApiClient) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(api_clients::table).values(client).execute(c)).map(drop)
}

pub fn api_client(tx: &mut Transaction<'_>, id: ApiClientId) -> Stored<Option<ApiClient>> {
    on_engine!(tx, c => api_clients::table
        .find(id)
        .select(ApiClient::as_select())
        .first(c)
        .optional())
}

/// Clients by id, from after `after` on.
pub fn api_clients(
    tx: &mut Transaction<'_>,
    after: Option<ApiClientId>,
    limit: i64,
) -> Stored<Vec<ApiClient>> {
    on_engine!(tx, c => {
        let mut query = api_clients::table.select(ApiClient::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(api_clients::id.gt(after));
        }
        query.order(api_clients::id).limit(limit).load(c)
    })
}

pub fn revoke_api_client(
    tx: &mut Transaction<'_>,
    id: ApiClientId,
    at: DateTime<Utc>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(api_clients::table.find(id))
        .set(api_clients::revoked_at.eq(Some(At(at))))
        .execute(c))
    .map(drop)
}

/// Remembers that a client's assertion was used; `false` if it was used before.
pub fn use_assertion(
    tx: &mut Transaction<'_>,
    client: ApiClientId,
    token_id: &str,
    expires_at: DateTime<Utc>,
) -> Stored<bool> {
    let inserted = on_engine!(tx, c => diesel::insert_into(client_assertions::table)
        .values((
            client_assertions::client_id.eq(client),
            client_assertions::token_id.eq(token_id),
            client_assertions::expires_at.eq(At(expires_at)),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted > 0)
}

/// Forgets assertions that could not be used again anyhow.
pub fn forget_assertions(tx: &mut Transaction<'_>, before: DateTime<Utc>) -> Stored<usize> {
    on_engine!(tx, c => diesel::delete(
        client_assertions::table.filter(client_assertions::expires_at.lt(At(before))),
    )
    .execute(c))
}
