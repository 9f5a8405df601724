//! Queries and pages: strict parameters and keyset cursors that are signed.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use std::future::{Ready, ready};
use subtle::ConstantTimeEq;
use validator::Validate;

use crate::{
    body::{clean_text, invalid},
    problem::{Answer, Code, Problem},
    settings::Key,
    vault::keyed_hash,
};

/// Items of a page where the caller does not say.
const LIMIT_DEFAULT: i64 = 20;
/// Items of a page at most.
const LIMIT_MAX: i64 = 100;
/// Bytes of a cursor's signature.
const TAG_BYTES: usize = 12;

/// The query of a request, as type `T`: unknown parameters are refused.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Validate> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Answer<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::read(request.query_string()))
    }
}

impl<T: DeserializeOwned + Validate> Params<T> {
    fn read(query: &str) -> Answer<Self> {
        // PostgreSQL keeps no text with NUL, so such a filter could not even be asked for.
        if let Some((name, _)) = form_pairs(query).find(|(_, value)| clean_text(value).is_none()) {
            return Err(Problem::new(Code::MalformedParameter)
                .say("不能包含控制字符。", "It must not contain control characters.")
                .at(name));
        }
        let pairs = serde_urlencoded::Deserializer::new(form_pairs(query));
        let value: T = serde_path_to_error::deserialize(pairs).map_err(|error| {
            let name = error.path().to_string();
            let inner = error.into_inner();
            Problem::new(Code::MalformedParameter)
                .say(format!("查询参数有误:{inner}。"), format!("The query is wrong: {inner}."))
                .at(name)
        })?;
        value.validate().map_err(|errors| invalid(&errors).as_parameter())?;
        Ok(Self(value))
    }
}

fn form_pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

/// A query that asks for a page.
pub trait Paged {
    fn limit(&self) -> Option<i64>;
    fn cursor(&self) -> Option<&str>;
}

/// Makes queries with fields `limit` and `cursor` ask for pages.
#[macro_export]
macro_rules! paged {
    ($($query:ty),+ $(,)?) => {$(
        impl $crate::page::Paged for $query {
            fn limit(&self) -> Option<i64> {
                self.limit
            }

            fn cursor(&self) -> Option<&str> {
                self.cursor.as_deref()
            }
        }
    )+};
}

/// The page that a caller asks for.
#[derive(Debug, Clone)]
pub struct Page<K> {
    /// Items to show, 1 to 100.
    pub limit: i64,
    /// The key of the last item of the page before.
    pub after: Option<K>,
    /// What the cursor is good for: the operation and its other parameters.
    purpose: String,
}

impl<K> Page<K> {
    /// Rows to load: one more than are shown, to see whether there is a next page.
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }
}

/// The parameters of a query other than `cursor` and `limit`: a cursor is good only with the same ones.
fn purpose(operation: &str, query: &str) -> String {
    let mut pairs: Vec<_> =
        form_pairs(query).filter(|(name, _)| name != "cursor" && name != "limit").collect();
    pairs.sort();
    let mut text = operation.to_owned();
    for (name, value) in pairs {
        text.push('\n');
        text.push_str(&name);
        text.push('=');
        text.push_str(&value);
    }
    text
}

/// Reads the page that `query` asks for.
///
/// # Errors
/// [`Code::MalformedParameter`] for a limit out of range, [`Code::MalformedCursor`] for a cursor that we did not make
/// for this operation with these parameters.
pub fn page<K: DeserializeOwned>(
    key: &Key,
    operation: &str,
    query: &str,
    asked: &impl Paged,
) -> Answer<Page<K>> {
    let limit = asked.limit().unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::new(Code::MalformedParameter)
            .say(
                format!("limit 应为 1 到 {LIMIT_MAX}。"),
                format!("limit must be 1 to {LIMIT_MAX}."),
            )
            .at("limit"));
    }
    let purpose = purpose(operation, query);
    let after = asked.cursor().map(|cursor| open(key, &purpose, cursor)).transpose()?;
    Ok(Page { limit, after, purpose })
}

fn open<K: DeserializeOwned>(key: &Key, purpose: &str, cursor: &str) -> Answer<K> {
    let refused = || Problem::new(Code::MalformedCursor).at("cursor");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let (tag, payload) = bytes.split_first_chunk::<TAG_BYTES>().ok_or_else(refused)?;
    if !bool::from(sign(key, purpose, payload).ct_eq(tag)) {
        return Err(refused());
    }
    serde_json::from_slice(payload).map_err(|_| refused())
}

fn sign(key: &Key, purpose: &str, payload: &[u8]) -> [u8; TAG_BYTES] {
    let hash = keyed_hash(key, &[b"cursor", purpose.as_bytes(), payload]);
    hash.first_chunk().copied().unwrap_or_default()
}

/// The cursor that continues `page` after the item with key `last`.
pub fn cursor<K: Serialize>(key: &Key, page: &Page<K>, last: &K) -> String {
    let payload = serde_json::to_vec(last).unwrap_or_default();
    let mut bytes = sign(key, &page.purpose, &payload).to_vec();
    bytes.extend_from_slice(&payload);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Query {
        limit: Option<i64>,
        cursor: Option<String>,
    }
    crate::paged!(Query);

    fn key() -> Key {
        Key::new([7; 32])
    }

    fn asked(cursor: Option<String>) -> Query {
        Query { limit: None, cursor }
    }

    #[test]
    fn a_cursor_continues_the_list_that_made_it_and_no_other() {
        let first: Page<i64> = page(&key(), "listVenues", "kind=station", &asked(None)).unwrap();
        let next = cursor(&key(), &first, &41);
        let query = format!("limit=5&kind=station&cursor={next}");
        let second: Page<i64> =
            page(&key(), "listVenues", &query, &asked(Some(next.clone()))).unwrap();
        assert_eq!(second.after, Some(41));
        let other = page::<i64>(&key(), "listVenues", "kind=base", &asked(Some(next.clone())));
        assert_eq!(other.unwrap_err().code(), Code::MalformedCursor);
        let elsewhere = page::<i64>(&key(), "listTeams", "kind=station", &asked(Some(next)));
        assert!(elsewhere.is_err());
    }

    #[test]
    fn control_characters_in_a_query_are_refused() {
        #[derive(Debug, serde::Deserialize, Validate)]
        struct Search {
            q: String,
        }
        let refused = Params::<Search>::read("q=a%00b").unwrap_err();
        assert_eq!(refused.code(), Code::MalformedParameter);
        assert_eq!(Params::<Search>::read("q=a%20b").unwrap().0.q, "a b");
    }

    #[test]
    fn a_limit_out_of_range_is_refused() {
        for limit in [0, 101, -1] {
            let query = Query { limit: Some(limit), cursor: None };
            assert!(page::<i64>(&key(), "listVenues", "", &query).is_err());
        }
    }
}
