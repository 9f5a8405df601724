//! What can go wrong in the database, in kinds that a caller can act on.

use diesel::result::{DatabaseErrorKind, Error};

pub type Stored<T> = Result<T, Fault>;

/// The database did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The queue before the database is full: try again in a moment.
    #[error("the queue before the database is full")]
    Busy,
    /// The database cannot be reached, is full, or hangs.
    #[error("the database is away: {0}")]
    Unavailable(String),
    /// Another transaction was in the way; the whole transaction may run again.
    #[error("another transaction was in the way: {0}")]
    Transient(String),
    /// A unique key holds this already. SQLite does not name the key, so nobody is told it.
    #[error("already kept: {0}")]
    Duplicate(String),
    /// A row that this one refers to does not exist, or is still referred to.
    #[error("a reference does not hold: {0}")]
    Reference(String),
    /// A constraint of the migrations stopped what the code should have refused.
    #[error("a constraint does not hold: {0}")]
    Constraint(String),
    /// A bug of ours or a broken file.
    #[error("the database answered unexpectedly: {0}")]
    Broken(String),
}

impl Fault {
    /// Whether running the whole transaction again may succeed.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Transient(_))
    }

    pub const fn is_duplicate(&self) -> bool {
        matches!(self, Self::Duplicate(_))
    }
}

/// Messages of engines for which diesel has no kind.
const TRANSIENT: &[&str] =
    &["deadlock detected", "lock timeout", "database is locked", "could not serialize"];
const AWAY: &[&str] = &[
    "closed the connection",
    "no connection to the server",
    "connection refused",
    "connection not open",
    "terminating connection",
    "the database system is",
    "disk is full",
    "disk I/O error",
    "No space left",
    "could not receive data",
    "statement timeout",
    "SSL connection has been closed",
];

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
        match &error {
            Error::DatabaseError(kind, _) => match kind {
                DatabaseErrorKind::UniqueViolation => Self::Duplicate(text),
                DatabaseErrorKind::ForeignKeyViolation => Self::Reference(text),
                DatabaseErrorKind::CheckViolation | DatabaseErrorKind::NotNullViolation => {
                    Self::Constraint(text)
                }
                DatabaseErrorKind::SerializationFailure => Self::Transient(text),
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                    Self::Unavailable(text)
                }
                _ if says(TRANSIENT) => Self::Transient(text),
                _ if says(AWAY) => Self::Unavailable(text),
                _ => Self::Broken(text),
            },
            Error::BrokenTransactionManager => Self::Unavailable(text),
            _ => Self::Broken(text),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(format!("a stored document is malformed: {error}"))
    }
}
