//! Passwords: hashed with Argon2id (RFC 9106), with OWASP's parameters: 19 MiB, two passes, one lane.

use std::time::Duration;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::{
    chance::{Chance, draw},
    problem::{Answer, Code, Problem},
};

/// The hash of a password that nobody has: verifying against it takes as long as against a real one.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How many are hashed at once: each takes 19 MiB and a core, so that more would only be slower together.
static TURNS: Semaphore = Semaphore::const_new(4);
/// How long a caller waits for a turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashes on a thread of its own when it is this caller's turn: not on the threads that serve, nor on a lane.
///
/// # Errors
/// [`Code::Overloaded`] if the turn does not come in time; whatever `work` returns.
pub async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let overloaded = || Problem::new(Code::Overloaded).retry_after(1);
    let turn = tokio::time::timeout(PATIENCE, TURNS.acquire())
        .await
        .ok()
        .and_then(Result::ok)
        .ok_or_else(overloaded)?;
    // The turn ends with the work, also where the caller has hung up.
    let hashing = actix_web::web::block(move || {
        let _turn = turn;
        work()
    });
    hashing.await.map_err(|_| overloaded())?
}

/// The hash of `password` in PHC string form. Slow on purpose: see [`in_turn`].
///
/// # Errors
/// [`Code::Internal`] if the hash cannot be made.
pub fn hash(password: &str, chance: &dyn Chance) -> Answer<String> {
    let salt: [u8; 16] = draw(chance);
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| Problem::new(Code::Internal))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed. It takes the same time where nothing was.
pub fn matches(password: &str, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODYS)) else { return false };
    let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    right && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;

    #[test]
    fn only_the_right_password_matches() {
        let hash = hash("shijian-demo", &SystemChance).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches("shijian-demo", Some(&hash)));
        assert!(!matches("shijian-dem0", Some(&hash)));
        assert!(!matches("shijian-demo", None));
        assert!(!matches("shijian-demo", Some("nonsense")));
    }
}
