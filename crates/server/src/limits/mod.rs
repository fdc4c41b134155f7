//! Rate limits: one token bucket per key, in memory, on the server's clock (RELIABILITY §8).

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use daybook_domain::UserId;
use jiff::Timestamp;
use uuid::Uuid;

/// Buckets above which the full ones are forgotten.
const PRUNE_ABOVE: usize = 10_000;

/// A limit: `per_minute` on average, `burst` at once.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Requests a minute on average.
    pub per_minute: u32,
    /// Requests at once.
    pub burst: u32,
}

/// Whether a request may pass, and what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may pass.
    pub allowed: bool,
    /// The burst.
    pub limit: u32,
    /// Requests left at once.
    pub remaining: u32,
    /// Seconds until the next one may pass; 0 when one may pass now.
    pub retry_after: u64,
    /// Seconds until the bucket is full again.
    pub reset: u64,
}

/// One token bucket per key. Implemented as the generic cell rate algorithm: a key is one instant, the time its bucket will be full.
#[derive(Debug)]
pub struct Limiter<K> {
    rate: Rate,
    full_at_us: Mutex<HashMap<K, i64>>,
}

impl<K: Hash + Eq> Limiter<K> {
    /// A limiter with nothing spent.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            full_at_us: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one token, if there is one.
    pub fn take(&self, key: K, now: Timestamp) -> Verdict {
        self.spend(key, now, true)
    }

    /// Whether there is a token, without taking it.
    pub fn peek(&self, key: K, now: Timestamp) -> Verdict {
        self.spend(key, now, false)
    }

    fn spend(&self, key: K, now: Timestamp, take: bool) -> Verdict {
        let now = now.as_microsecond();
        let step = 60_000_000 / i64::from(self.rate.per_minute.max(1));
        let depth = step * i64::from(self.rate.burst);
        let mut buckets = self
            .full_at_us
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > PRUNE_ABOVE {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.get(&key).copied().unwrap_or(now).max(now);
        let after = full_at + step;
        let allowed = after - now <= depth;
        let settled = if allowed && take { after } else { full_at };
        if allowed && take {
            buckets.insert(key, after);
        }
        drop(buckets);
        let free = ((depth - (settled - now)) / step).max(0);
        Verdict {
            allowed,
            limit: self.rate.burst,
            remaining: u32::try_from(free).unwrap_or(0),
            retry_after: if allowed {
                0
            } else {
                seconds_up(after - now - depth)
            },
            reset: seconds_up(settled - now),
        }
    }
}

fn seconds_up(micros: i64) -> u64 {
    u64::try_from((micros.max(0) + 999_999) / 1_000_000).unwrap_or(0)
}

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A session or an API key.
    Credential(Uuid),
    /// Somebody who has not signed in.
    Address(Option<IpAddr>),
}

/// Every limit of the HTTP API.
#[derive(Debug)]
pub struct RateLimits {
    /// Requests of one credential.
    pub api: Limiter<Caller>,
    /// Failed sign-ins to one account.
    pub login_account: Limiter<String>,
    /// Failed sign-ins from one address.
    pub login_address: Limiter<Option<IpAddr>>,
    /// OAuth authorisations started by one user.
    pub oauth: Limiter<UserId>,
    /// Links for a new password asked for from one address.
    pub forgot: Limiter<Option<IpAddr>>,
    /// Wrong links for a new password from one address.
    pub reset: Limiter<Option<IpAddr>>,
    /// Notices of providers from one address.
    pub hooks: Limiter<Option<IpAddr>>,
}

impl Default for RateLimits {
    fn default() -> Self {
        let rate = |per_minute, burst| Rate { per_minute, burst };
        Self {
            api: Limiter::new(rate(600, 100)),
            login_account: Limiter::new(rate(5, 5)),
            login_address: Limiter::new(rate(20, 20)),
            oauth: Limiter::new(rate(20, 20)),
            forgot: Limiter::new(rate(5, 10)),
            reset: Limiter::new(rate(30, 30)),
            hooks: Limiter::new(rate(300 * 60, 300)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;

    #[test]
    fn a_burst_passes_then_the_average_holds() {
        let limiter = Limiter::new(Rate {
            per_minute: 5,
            burst: 5,
        });
        let start = Timestamp::UNIX_EPOCH;
        for left in (0..5).rev() {
            assert_eq!(limiter.take("a", start).remaining, left);
        }
        let refused = limiter.take("a", start);
        assert!(!refused.allowed && refused.retry_after == 12, "{refused:?}");
        assert!(limiter.take("b", start).allowed);
        assert!(limiter.take("a", start + 12.seconds()).allowed);
        assert!(!limiter.take("a", start + 12.seconds()).allowed);
    }

    #[test]
    fn looking_takes_nothing() {
        let limiter = Limiter::new(Rate {
            per_minute: 1,
            burst: 1,
        });
        let now = Timestamp::UNIX_EPOCH;
        assert!(limiter.peek("a", now).allowed && limiter.peek("a", now).allowed);
        assert!(limiter.take("a", now).allowed && !limiter.peek("a", now).allowed);
    }
}
