//! How values of the domain lie in columns of either engine (feature `diesel`).
//!
//! The implementations stand here because Rust asks that they stand with the type; no rule uses them.

use diesel::{query_builder::QueryId, sql_types::SqlType};

/// An id: `uuid` on PostgreSQL, a blob of 16 bytes on SQLite.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
pub struct Id;

/// What the macros below need in scope.
pub(crate) mod parts {
    pub use diesel::{
        backend::Backend,
        deserialize::{self, FromSql},
        pg::Pg,
        serialize::{self, IsNull, Output, ToSql},
        sql_types::{BigInt, Binary, Text, Uuid as PgUuid},
        sqlite::Sqlite,
    };
}

/// Keeps an id in a column of [`Id`].
macro_rules! id_column {
    ($name:ident) => {
        const _: () = {
            use crate::columns::{Id, parts::*};

            impl ToSql<Id, Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    ToSql::<PgUuid, Pg>::to_sql(&self.0, out)
                }
            }

            impl FromSql<Id, Pg> for $name {
                fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    <Uuid as FromSql<PgUuid, Pg>>::from_sql(bytes).map(Self)
                }
            }

            impl ToSql<Id, Sqlite> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                    out.set_value(self.0.as_bytes().as_slice());
                    Ok(IsNull::No)
                }
            }

            impl FromSql<Id, Sqlite> for $name {
                fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
                    Ok(Self(Uuid::from_slice(&bytes)?))
                }
            }
        };
    };
}

/// Keeps a quantity in a column of integers.
macro_rules! quantity_column {
    ($name:ident) => {
        const _: () = {
            use crate::columns::parts::*;

            impl<DB: Backend> ToSql<BigInt, DB> for $name
            where
                i64: ToSql<BigInt, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    self.0.to_sql(out)
                }
            }

            impl<DB: Backend> FromSql<BigInt, DB> for $name
            where
                i64: FromSql<BigInt, DB>,
            {
                fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    i64::from_sql(value).map(Self)
                }
            }
        };
    };
}

/// Keeps a word in a column of text.
macro_rules! word_column {
    ($name:ident) => {
        const _: () = {
            use crate::columns::parts::*;

            impl<DB: Backend> ToSql<Text, DB> for $name
            where
                str: ToSql<Text, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    self.as_str().to_sql(out)
                }
            }

            impl<DB: Backend> FromSql<Text, DB> for $name
            where
                String: FromSql<Text, DB>,
            {
                fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    Ok(String::from_sql(value)?.parse()?)
                }
            }
        };
    };
}
