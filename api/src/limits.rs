//! How often callers may call. Each instance counts for itself.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use shijian_domain::ids::AccountId;

use crate::{
    clock::{Clock, SystemClock},
    context::{Holder, Token},
    problem::{Answer, Code, Problem},
    settings::RateLimits,
};

/// How long a failure counts.
const QUARTER: TimeDelta = TimeDelta::minutes(15);
const HOUR: TimeDelta = TimeDelta::hours(1);

type PerMinute<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// All limits of the settings.
pub struct Limits {
    accounts: Limit<AccountId>,
    clients: Limit<AccountId>,
    addresses: Limit<String>,
    /// Failed logins, by username, telephone number or client.
    pub login_failures: Counter,
    pub login_failures_by_address: Counter,
    pub phone_codes: Counter,
    pub phone_codes_by_address: Counter,
    /// Voucher codes that do not exist, by who tried.
    pub voucher_failures: Counter,
    /// Wrong confirmation codes, by order.
    pub confirmation_failures: Counter,
}

/// One limit of requests a minute.
struct Limit<K: Hash + Eq + Clone> {
    name: &'static str,
    quota: NonZeroU32,
    limiter: PerMinute<K>,
}

/// How much a caller has left, for the headers of the answer (draft-ietf-httpapi-ratelimit-headers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub policy: String,
    pub remaining: String,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(name: &'static str, per_minute: u32) -> Self {
        let quota = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::dashmap(Quota::per_minute(quota)).with_middleware();
        Self { name, quota, limiter }
    }

    fn pass(&self, key: &K) -> Result<Standing, (Problem, Standing)> {
        let standing = |remaining: u32, seconds: u64| Standing {
            policy: format!("\"{}\";q={};w=60", self.name, self.quota),
            remaining: format!("\"{}\";r={remaining};t={seconds}", self.name),
        };
        match self.limiter.check_key(key) {
            Ok(state) => Ok(standing(state.remaining_burst_capacity(), 60)),
            Err(until) => {
                let wait = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                Err((too_many(wait), standing(0, wait)))
            }
        }
    }
}

impl Limits {
    pub fn new(settings: &RateLimits) -> Self {
        Self {
            accounts: Limit::new("account", settings.account_per_minute),
            clients: Limit::new("client", settings.client_per_minute),
            addresses: Limit::new("address", settings.address_per_minute),
            login_failures: Counter::new(settings.login_failures, QUARTER),
            login_failures_by_address: Counter::new(settings.login_failures_per_address, QUARTER),
            phone_codes: Counter::new(settings.phone_codes, HOUR),
            phone_codes_by_address: Counter::new(settings.phone_codes_per_address, HOUR),
            voucher_failures: Counter::new(settings.voucher_failures, QUARTER),
            confirmation_failures: Counter::new(settings.confirmation_failures, HOUR),
        }
    }

    /// Forgets callers who have their whole limit again: it would grow with every address that ever called.
    pub fn forget_idle(&self) {
        self.accounts.limiter.retain_recent();
        self.clients.limiter.retain_recent();
        self.addresses.limiter.retain_recent();
        for counter in [
            &self.login_failures,
            &self.login_failures_by_address,
            &self.phone_codes,
            &self.phone_codes_by_address,
            &self.voucher_failures,
            &self.confirmation_failures,
        ] {
            counter.forget_ended();
        }
    }

    /// Counts a request of whoever holds `token`, or of `address`.
    ///
    /// # Errors
    /// [`Code::TooManyRequests`], with when to come back.
    pub fn pass(
        &self,
        token: Option<Token>,
        address: &str,
    ) -> Result<Standing, (Problem, Standing)> {
        match token {
            Some(Token { account_id, holder: Holder::Person, .. }) => {
                self.accounts.pass(&account_id)
            }
            Some(Token { account_id, holder: Holder::Client, .. }) => {
                self.clients.pass(&account_id)
            }
            None => self.addresses.pass(&network(address)),
        }
    }
}

/// Who an address stands for: with IPv6 its network of 64 bits, which one household or phone has to itself.
pub fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

fn too_many(seconds: u64) -> Problem {
    Problem::new(Code::TooManyRequests)
        .say(
            format!("请求过于频繁,请在 {seconds} 秒后再试。"),
            format!("Too many requests: try again in {seconds} seconds."),
        )
        .retry_after(seconds)
}

/// Counts what happens to each key within a window of time.
pub struct Counter {
    limit: u32,
    window: TimeDelta,
    counts: Mutex<HashMap<String, (DateTime<Utc>, u32)>>,
}

impl Counter {
    fn new(limit: u32, window: TimeDelta) -> Self {
        Self { limit, window, counts: Mutex::default() }
    }

    /// # Errors
    /// [`Code::TooManyRequests`] if `key` has used up its window.
    pub fn allows(&self, key: &str) -> Answer<()> {
        let now = SystemClock.now();
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get(key) {
            Some((ends, count)) if now < *ends && *count >= self.limit => {
                Err(too_many((*ends - now).num_seconds().max(1).unsigned_abs()))
            }
            _ => Ok(()),
        }
    }

    pub fn count(&self, key: &str) {
        let now = SystemClock.now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counts.entry(key.to_owned()).or_insert((now + self.window, 0));
        if now >= counter.0 {
            *counter = (now + self.window, 0);
        }
        counter.1 = counter.1.saturating_add(1);
    }

    /// Counts a try before it is made, so that tries at once are no more than tries in a row. One that was no failure is
    /// given back.
    ///
    /// # Errors
    /// [`Code::TooManyRequests`] if `key` has used up its window.
    pub fn take(&self, key: &str) -> Answer<()> {
        let now = SystemClock.now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counts.entry(key.to_owned()).or_insert((now + self.window, 0));
        if now >= counter.0 {
            *counter = (now + self.window, 0);
        }
        if counter.1 >= self.limit {
            return Err(too_many((counter.0 - now).num_seconds().max(1).unsigned_abs()));
        }
        counter.1 += 1;
        Ok(())
    }

    /// The try that was counted before was none.
    pub fn give_back(&self, key: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, count)) = counts.get_mut(key) {
            *count = count.saturating_sub(1);
        }
    }

    fn forget_ended(&self) {
        let now = SystemClock.now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.retain(|_, (ends, _)| now < *ends);
    }

    /// Begins anew: whoever got it right is no longer suspected.
    pub fn forget(&self, key: &str) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_used_up_its_window_is_refused_and_others_are_not() {
        let counter = Counter::new(2, QUARTER);
        counter.count("station");
        assert!(counter.allows("station").is_ok());
        counter.count("station");
        let refused = counter.allows("station").unwrap_err();
        assert_eq!(refused.code(), Code::TooManyRequests);
        assert!(refused.retry_after_seconds().is_some_and(|seconds| seconds > 800));
        assert!(counter.allows("center").is_ok());
        counter.forget("station");
        assert!(counter.allows("station").is_ok());
    }

    #[test]
    fn a_try_is_counted_before_it_is_made_and_given_back_where_it_was_no_failure() {
        let counter = Counter::new(2, QUARTER);
        assert!(counter.take("order").is_ok() && counter.take("order").is_ok());
        assert_eq!(counter.take("order").unwrap_err().code(), Code::TooManyRequests);
        counter.give_back("order");
        assert!(counter.take("order").is_ok());
        assert!(counter.take("order").is_err() && counter.take("other").is_ok());
    }

    #[test]
    fn a_limit_tells_what_is_left() {
        let limit = Limit::new("address", 2);
        let first = limit.pass(&"1.2.3.4".to_owned()).unwrap();
        assert_eq!(first.policy, "\"address\";q=2;w=60");
        assert!(first.remaining.starts_with("\"address\";r=1;"));
        limit.pass(&"1.2.3.4".to_owned()).unwrap();
        assert!(limit.pass(&"1.2.3.4".to_owned()).is_err());
        assert!(limit.pass(&"1.2.3.5".to_owned()).is_ok());
    }

    #[test]
    fn one_ipv6_network_is_one_caller() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
