//! Passwords: what is accepted, and how they are kept (argon2id, RELIABILITY §8).

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use daybook_domain::Ids;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Shortest password, in characters.
pub const MIN_LENGTH: usize = 12;
/// Longest password, in bytes.
pub const MAX_LENGTH: usize = 1024;

/// At most two hashes at once: each takes 19 MiB, and sign-ins must not crowd out other work.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Verified when there is no account, so that the answer takes as long as for one (no enumeration by time).
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$ZGF5Ym9vay1ub2JvZHkh$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// What hashes made with today's parameters begin with.
const CURRENT: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// The passwords of at least [`MIN_LENGTH`] characters that people try first.
const COMMON: &[&str] = &[
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789123",
    "1234567890987654321",
    "012345678910",
    "111111111111",
    "000000000000",
    "123123123123",
    "112233445566",
    "987654321098",
    "121212121212",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdf",
    "qwertyuiop[]",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "qwerty123456",
    "qwerty1234567",
    "qwerty12345678",
    "asdfghjkl123",
    "zxcvbnm12345",
    "qazwsxedcrfv",
    "password1234",
    "password12345",
    "password123456",
    "password1234!",
    "passwordpassword",
    "password@123",
    "p@ssw0rd1234",
    "passw0rd1234",
    "mypassword123",
    "changeme1234",
    "changeme12345",
    "changemechangeme",
    "administrator",
    "administrator1",
    "admin1234567",
    "adminadminadmin",
    "letmein12345",
    "letmeinletmein",
    "welcome12345",
    "welcome123456",
    "iloveyou1234",
    "iloveyouiloveyou",
    "trustno1trustno1",
    "superman1234",
    "football1234",
    "baseball1234",
    "unbelievable",
    "daybookdaybook",
    "daybook12345",
    "abcdefghijkl",
    "abcdefghijklmnop",
    "abcd1234abcd",
    "abc123abc123",
    "aa123456789a",
    "test12345678",
    "testtesttest",
];

/// What can go wrong with a password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not accepted; the text says why.
    #[error("{0}")]
    Weak(&'static str),
    /// Hashing failed; a bug or a lack of memory.
    #[error("the password could not be hashed")]
    Hashing,
}

/// Checks a new password of the account `email`.
///
/// # Errors
/// [`Error::Weak`] with the reason.
pub fn check(password: &SecretString, email: &str) -> Result<(), Error> {
    let password = password.expose_secret();
    let lower = password.to_lowercase();
    if password.chars().count() < MIN_LENGTH {
        return Err(Error::Weak("must have at least 12 characters"));
    }
    if password.len() > MAX_LENGTH {
        return Err(Error::Weak("must have at most 1024 bytes"));
    }
    let first = lower.chars().next();
    if COMMON.contains(&lower.as_str()) || lower.chars().all(|c| Some(c) == first) {
        return Err(Error::Weak(
            "is one of the first that others would try; choose another",
        ));
    }
    if !email.is_empty() && lower == email.to_lowercase() {
        return Err(Error::Weak("must not be your e-mail address"));
    }
    Ok(())
}

/// The PHC string to keep for `password`.
///
/// # Errors
/// [`Error::Hashing`].
pub async fn hash(ids: &dyn Ids, password: &SecretString) -> Result<SecretString, Error> {
    let mut salt = [0; 16];
    ids.fill(&mut salt);
    let password = password.clone();
    off_thread(move || {
        let hash: PasswordHash = hasher()?
            .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
            .map_err(|_| Error::Hashing)?;
        Ok(SecretString::from(hash.to_string()))
    })
    .await
}

/// Whether `password` belongs to `hash`. Without a hash (no such account) it takes the same time and is false.
///
/// # Errors
/// [`Error::Hashing`] when the work could not be done.
pub async fn verify(password: &SecretString, hash: Option<&SecretString>) -> Result<bool, Error> {
    let known = hash.is_some();
    let hash = hash.cloned().unwrap_or_else(|| SecretString::from(NOBODYS));
    let password = password.clone();
    off_thread(move || {
        let given = password.expose_secret().as_bytes();
        let given = given.get(..MAX_LENGTH).unwrap_or(given);
        let matches = hasher()?
            .verify_password(given, hash.expose_secret())
            .is_ok();
        Ok(matches && known)
    })
    .await
}

/// Whether `hash` was made with older parameters and should be made again at the next sign-in.
#[must_use]
pub fn is_outdated(hash: &SecretString) -> bool {
    !hash.expose_secret().starts_with(CURRENT)
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _turn = HASHING.acquire().await.map_err(|_| Error::Hashing)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Hashing)?
}

fn hasher() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19_456, 2, 1, None).map_err(|_| Error::Hashing)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;
    use daybook_domain::clock::SeededIds;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        for bad in [
            "short",
            "elevenchars",
            "Password1234",
            "aaaaaaaaaaaaaa",
            "ada@example.com",
            &"x1".repeat(600),
        ] {
            assert!(
                matches!(check(&secret(bad), "Ada@example.com"), Err(Error::Weak(_))),
                "{bad}"
            );
        }
        assert!(check(&secret("correct horse battery staple"), "ada@example.com").is_ok());
        assert!(
            COMMON
                .iter()
                .all(|common| common.len() >= MIN_LENGTH && *common == common.to_lowercase())
        );
    }

    #[tokio::test]
    async fn a_password_verifies_only_against_its_own_hash() {
        let hash = hash(&SeededIds::new(1), &secret("a quiet river bend"))
            .await
            .unwrap();
        assert!(!is_outdated(&hash));
        assert!(
            verify(&secret("a quiet river bend"), Some(&hash))
                .await
                .unwrap()
        );
        assert!(
            !verify(&secret("a quiet river bent"), Some(&hash))
                .await
                .unwrap()
        );
        assert!(!verify(&secret("a quiet river bend"), None).await.unwrap());
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_a_real_one() {
        assert!(PasswordHash::new(NOBODYS).is_ok() && NOBODYS.starts_with(CURRENT));
    }
}
