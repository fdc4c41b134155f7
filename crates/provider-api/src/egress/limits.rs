//! How fast one account may be called: requests a minute, requests at once, and the pauses its provider asked for
//! (RELIABILITY R11). Counted in this process: several nodes may together send more, and then each obeys the provider's 429.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::manifest::Limits;

/// For a provider that says nothing.
const UNSTATED: Limits = Limits {
    per_minute: 300,
    concurrent: 4,
    min_poll_minutes: 5,
};
/// Accounts remembered; beyond this, the idle ones are forgotten.
const MOST_ACCOUNTS: usize = 4_096;

/// All accounts, by provider and account key.
#[derive(Debug)]
pub(super) struct Accounts {
    limits: BTreeMap<String, Limits>,
    accounts: Mutex<HashMap<(String, String), Arc<Account>>>,
}

/// One account's use of its limits.
#[derive(Debug)]
pub(super) struct Account {
    /// Requests at once.
    pub(super) slots: Arc<Semaphore>,
    /// How many slots there are.
    pub(super) concurrent: u32,
    per_minute: u32,
    use_: Mutex<Use>,
}

#[derive(Debug, Default)]
struct Use {
    /// Requests sent in each of the last 61 seconds: (second, requests), oldest first.
    sent: VecDeque<(i64, u32)>,
    total: u32,
    paused_until: Option<Timestamp>,
}

impl Accounts {
    pub(super) fn new(limits: BTreeMap<String, Limits>) -> Self {
        Self {
            limits,
            accounts: Mutex::default(),
        }
    }

    /// The account `account` of `provider`.
    pub(super) fn of(&self, provider: &str, account: &str, now: Timestamp) -> Arc<Account> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (provider.to_owned(), account.to_owned());
        if accounts.len() >= MOST_ACCOUNTS && !accounts.contains_key(&key) {
            accounts.retain(|_, account| Arc::strong_count(account) > 1 || account.in_use(now));
        }
        let limits = self.limits.get(provider).copied().unwrap_or(UNSTATED);
        accounts
            .entry(key)
            .or_insert_with(|| Arc::new(Account::new(limits)))
            .clone()
    }
}

impl Account {
    fn new(limits: Limits) -> Self {
        let concurrent = limits.concurrent.max(1);
        Self {
            slots: Arc::new(Semaphore::new(concurrent as usize)),
            concurrent,
            per_minute: limits.per_minute.max(1),
            use_: Mutex::default(),
        }
    }

    /// Counts so many requests that are about to be sent together, or says how long to wait. In no 60 seconds are there more than
    /// the limit: the window is counted in whole seconds, rounded against us.
    pub(super) fn take(&self, now: Timestamp, requests: u32) -> Result<(), Duration> {
        let requests = requests.clamp(1, self.per_minute);
        let mut use_ = self.lock();
        if let Some(until) = use_.paused_until {
            if now < until {
                return Err(Duration::try_from(until.duration_since(now)).unwrap_or_default());
            }
            use_.paused_until = None;
        }
        let second = now.as_second();
        use_.forget(second);
        if let Some(oldest) = use_.in_the_way(requests, self.per_minute) {
            let wait = (oldest + 61 - second).clamp(1, 61);
            return Err(Duration::from_secs(wait.unsigned_abs()));
        }
        use_.total += requests;
        match use_.sent.back_mut() {
            Some((last, count)) if *last == second => *count += requests,
            _ => use_.sent.push_back((second, requests)),
        }
        Ok(())
    }

    /// Sends nothing for this account before `now + wait`: its provider asked for it.
    pub(super) fn pause(&self, now: Timestamp, wait: Duration) {
        let until = now.checked_add(wait).unwrap_or(now);
        let mut use_ = self.lock();
        use_.paused_until = Some(use_.paused_until.map_or(until, |before| before.max(until)));
    }

    fn in_use(&self, now: Timestamp) -> bool {
        let mut use_ = self.lock();
        use_.forget(now.as_second());
        use_.total > 0 || use_.paused_until.is_some_and(|until| now < until)
    }

    fn lock(&self) -> MutexGuard<'_, Use> {
        self.use_.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Use {
    /// The second whose requests must be forgotten before so many more fit; `None`: they fit now.
    fn in_the_way(&self, requests: u32, limit: u32) -> Option<i64> {
        let mut total = self.total;
        let mut before = None;
        for (second, count) in &self.sent {
            if total + requests <= limit {
                break;
            }
            before = Some(*second);
            total -= count;
        }
        before
    }

    /// Drops what is older than the window, and what a clock that jumped back left in the future.
    fn forget(&mut self, second: i64) {
        let total = &mut self.total;
        self.sent.retain(|(at, count)| {
            let keep = *at > second - 61 && *at <= second + 1;
            if !keep {
                *total -= count;
            }
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    fn account(per_minute: u32) -> Account {
        Account::new(Limits {
            per_minute,
            concurrent: 2,
            min_poll_minutes: 5,
        })
    }

    #[test]
    fn no_minute_ever_holds_more_than_the_limit() {
        let account = account(60);
        let mut sent = Vec::new();
        for step in 0..4_000 {
            let now = step * 77;
            if account.take(at(now), 1).is_ok() {
                sent.push(now);
            }
        }
        assert!(sent.len() > 200, "{}", sent.len());
        for (index, first) in sent.iter().enumerate() {
            let in_window = sent[index..]
                .iter()
                .take_while(|at| **at < first + 60_000)
                .count();
            assert!(in_window <= 60, "{in_window} from {first}");
        }
    }

    #[test]
    fn says_how_long_to_wait() {
        let account = account(1);
        account.take(at(0), 1).unwrap();
        assert_eq!(account.take(at(1_000), 1), Err(Duration::from_secs(60)));
        assert!(account.take(at(61_000), 1).is_ok());
    }

    #[test]
    fn what_goes_together_counts_as_many() {
        let account = account(30);
        account.take(at(0), 20).unwrap();
        account.take(at(5_000), 5).unwrap();
        assert!(account.take(at(9_000), 5).is_ok());
        // Twenty more fit when the first twenty are forgotten; as many as the limit, when all are.
        assert_eq!(account.take(at(10_000), 20), Err(Duration::from_secs(51)));
        assert_eq!(account.take(at(10_000), 99), Err(Duration::from_secs(60)));
        assert!(account.take(at(61_000), 20).is_ok());
    }

    #[test]
    fn a_clock_that_jumps_back_does_not_lock_the_account() {
        let account = account(2);
        account.take(at(600_000), 1).unwrap();
        account.take(at(600_000), 1).unwrap();
        assert!(account.take(at(0), 1).is_ok());
    }

    #[test]
    fn pauses_are_honoured_and_end() {
        let account = account(60);
        account.pause(at(0), Duration::from_secs(3600));
        account.pause(at(0), Duration::from_secs(10));
        assert_eq!(account.take(at(1_000), 1), Err(Duration::from_secs(3599)));
        assert!(account.take(at(3_600_000), 1).is_ok());
    }

    #[test]
    fn idle_accounts_are_forgotten() {
        let accounts = Accounts::new(BTreeMap::new());
        for n in 0..MOST_ACCOUNTS {
            accounts
                .of("google", &n.to_string(), at(0))
                .take(at(0), 1)
                .unwrap();
        }
        accounts.of("google", "one more", at(120_000));
        assert_eq!(accounts.accounts.lock().unwrap().len(), 1);
    }
}
