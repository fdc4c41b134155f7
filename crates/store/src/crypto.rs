//! Encryption of stored secrets: XChaCha20-Poly1305 under a ring of keys, each value bound to the place it is stored in.
//!
//! A value is `1 ‖ length of key id ‖ key id ‖ nonce (24) ‖ ciphertext and tag`. The associated data are the bytes before the nonce,
//! the workspace, table, column and row, so that a value moved to any other place does not decrypt.

use std::fmt;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use daybook_domain::{Ids, WorkspaceId};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{Error, Result};

const VERSION: u8 = 1;
const NONCE: usize = 24;
const KEY: usize = 32;
/// Key ids are written before every value: short names of letters, digits, `-` and `_`.
const MAX_ID: usize = 32;

/// The keys that protect stored secrets. The first encrypts, all decrypt.
#[derive(Clone)]
pub struct KeyRing {
    keys: Vec<RingKey>,
}

#[derive(Clone)]
struct RingKey {
    id: String,
    cipher: XChaCha20Poly1305,
    /// Recognises requests without keeping anything their contents could be guessed from.
    recogniser: Zeroizing<[u8; KEY]>,
}

/// Why a text is no key ring.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is nothing.
    #[error(
        "the encryption key is empty: give 32 random bytes in base64 or hex, as `openssl rand -base64 32` prints them"
    )]
    Empty,
    /// Fewer than 32 bytes.
    #[error(
        "the encryption key {0:?} is too short: give 32 random bytes in base64 or hex, as `openssl rand -base64 32` prints them"
    )]
    Short(String),
    /// All bytes are the same.
    #[error(
        "the encryption key {0:?} is not random: give 32 random bytes in base64 or hex, as `openssl rand -base64 32` prints them"
    )]
    NotRandom(String),
    /// The id has other characters than letters, digits, `-` and `_`, or is too long.
    #[error("the encryption key's id {0:?} must be 1 to 32 letters, digits, '-' or '_'")]
    BadId(String),
    /// Two keys have one id.
    #[error("two encryption keys have the id {0:?}")]
    Twice(String),
    /// The key file cannot be read or written.
    #[error("the key file {0} cannot be used: {1}")]
    File(String, String),
}

/// Where a value is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub workspace: Uuid,
    pub table: &'static str,
    pub column: &'static str,
    pub row: Uuid,
}

impl Place {
    pub fn new(
        workspace: WorkspaceId,
        table: &'static str,
        column: &'static str,
        row: Uuid,
    ) -> Self {
        let workspace = workspace.as_uuid();
        Self {
            workspace,
            table,
            column,
            row,
        }
    }

    fn associated_data(&self, head: &[u8]) -> Vec<u8> {
        let mut data = Vec::with_capacity(128);
        for part in [
            head,
            self.workspace.as_bytes(),
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row.as_bytes(),
        ] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }

    fn corrupt(&self) -> Error {
        Error::Corrupt {
            table: self.table.into(),
            column: self.column.into(),
            row: self.row.to_string(),
        }
    }
}

impl KeyRing {
    /// Parses keys separated by commas or line ends; the first one encrypts. Each is `id:key` or just `key`, and a key is 32
    /// bytes in base64 or hex, or any text of at least 32 bytes. A key without an id gets one that follows from it.
    ///
    /// # Errors
    /// [`KeyError`]: short, all-equal or badly named keys are refused.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<RingKey> = Vec::new();
        let entries = text.split([',', '\n', '\r']).map(str::trim);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let key = RingKey::parse(entry)?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(KeyError::Twice(key.id));
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        Ok(Self { keys })
    }

    /// Reads and parses a key file.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path).map_err(|e| file_error(path, &e))?;
        Self::parse(&Zeroizing::new(text))
    }

    /// The id of the key that encrypts.
    #[must_use]
    pub fn current(&self) -> &str {
        self.keys.first().map_or("", |key| &key.id)
    }

    /// The ids of all keys, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// What every value under the current key starts with.
    pub(crate) fn current_head(&self) -> Vec<u8> {
        head(self.current())
    }

    pub(crate) fn encrypt(
        &self,
        place: &Place,
        plain: &SecretString,
        ids: &dyn Ids,
    ) -> Result<Vec<u8>> {
        let key = self.keys.first().ok_or_else(|| place.corrupt())?;
        let mut nonce = [0; NONCE];
        ids.fill(&mut nonce);
        let mut value = head(&key.id);
        let aad = place.associated_data(&value);
        let payload = Payload {
            msg: plain.expose_secret().as_bytes(),
            aad: &aad,
        };
        let sealed = key
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| place.corrupt())?;
        value.extend_from_slice(&nonce);
        value.extend_from_slice(&sealed);
        Ok(value)
    }

    pub(crate) fn decrypt(&self, place: &Place, value: &[u8]) -> Result<SecretString> {
        let (id, head, rest) = split(value).ok_or_else(|| place.corrupt())?;
        let key = self.keys.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| Error::WrongKey { id: id.into() })?;
        let (nonce, sealed) = rest
            .split_at_checked(NONCE)
            .ok_or_else(|| place.corrupt())?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| place.corrupt())?;
        let aad = place.associated_data(head);
        let payload = Payload {
            msg: sealed,
            aad: &aad,
        };
        let plain = key
            .cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| place.corrupt())?;
        let plain = String::from_utf8(plain).map_err(|_| place.corrupt())?;
        Ok(SecretString::from(plain))
    }
}

impl KeyRing {
    /// What is kept of something to recognise it later: HMAC-SHA256 over `parts` under a key of its own. A plain hash of a
    /// request that holds a password could be searched for the password by whoever has the database; this one cannot
    /// without the key ring, which is what protects the stored password itself.
    pub(crate) fn mark(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.keys
            .first()
            .map_or([0; 32], |key| key.mac(parts).finalize().into_bytes().into())
    }

    /// Whether `mark` was made of `parts`, by any key of the ring.
    pub(crate) fn knows(&self, mark: &[u8], parts: &[&[u8]]) -> bool {
        self.keys
            .iter()
            .any(|key| key.mac(parts).verify_slice(mark).is_ok())
    }
}

impl RingKey {
    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        // A key of any length will do for HMAC, so the fallback is never taken.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.recogniser.as_slice())
            .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

impl RingKey {
    fn parse(entry: &str) -> Result<Self, KeyError> {
        let (id, text) = match entry.split_once(':') {
            Some((id, text)) => (Some(id.trim()), text.trim()),
            None => (None, entry),
        };
        let label = || id.unwrap_or("without id").to_owned();
        if let Some(id) = id {
            let named = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if id.is_empty() || id.len() > MAX_ID || !id.chars().all(named) {
                return Err(KeyError::BadId(id.into()));
            }
        }
        let bytes = key_bytes(text).ok_or_else(|| KeyError::Short(label()))?;
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(KeyError::NotRandom(label()));
        }
        // Different purposes never share a key: what encrypts columns is derived.
        let purpose = |purpose: &[u8]| {
            let mut hash = Sha256::new();
            hash.update(purpose);
            hash.update(bytes.as_slice());
            Zeroizing::new(<[u8; KEY]>::from(hash.finalize()))
        };
        let fingerprint = purpose(b"daybook key id v1\0");
        let id = id.map_or_else(
            || {
                fingerprint[..4]
                    .iter()
                    .map(|b| format!("{b:02x}"))
                    .collect()
            },
            ToOwned::to_owned,
        );
        let column_key = purpose(b"daybook column encryption v1\0");
        let cipher = XChaCha20Poly1305::new((&*column_key).into());
        let recogniser = purpose(b"daybook request recognition v1\0");
        Ok(Self {
            id,
            cipher,
            recogniser,
        })
    }
}

/// The bytes a key's text stands for; `None` when there are fewer than 32.
fn key_bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let hex = |text: &str| -> Option<Vec<u8>> {
        if !text.is_ascii() || !text.len().is_multiple_of(2) {
            return None;
        }
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
            .collect()
    };
    let base64 = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    let decoded = hex(text)
        .filter(|bytes| bytes.len() >= KEY)
        .or_else(|| base64.iter().find_map(|engine| engine.decode(text).ok()))
        .filter(|bytes| bytes.len() >= KEY)
        .or_else(|| (text.len() >= KEY && !encodes_less(text)).then(|| text.as_bytes().to_vec()))?;
    Some(Zeroizing::new(decoded))
}

/// Whether `text` is hex for fewer bytes than a key has: then its length in characters does not make it a key.
fn encodes_less(text: &str) -> bool {
    text.len() < 2 * KEY && text.chars().all(|c| c.is_ascii_hexdigit())
}

/// Makes a key file with one new key: mode 0600, never over an existing file. Returns the ring it holds.
///
/// # Errors
/// [`KeyError::File`].
pub fn generate_key_file(path: &Path, ids: &dyn Ids) -> Result<KeyRing, KeyError> {
    let mut key = Zeroizing::new([0; KEY]);
    ids.fill(key.as_mut_slice());
    let text = Zeroizing::new(STANDARD.encode(key.as_slice()));
    let ring = KeyRing::parse(&text)?;
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        writeln!(file, "{}:{}", ring.current(), text.as_str())?;
        file.sync_all()
    };
    write().map_err(|e| file_error(path, &e))?;
    Ok(ring)
}

fn file_error(path: &Path, error: &std::io::Error) -> KeyError {
    KeyError::File(path.display().to_string(), error.to_string())
}

fn head(id: &str) -> Vec<u8> {
    let mut head = Vec::with_capacity(2 + id.len());
    head.push(VERSION);
    head.push(u8::try_from(id.len()).unwrap_or(u8::MAX));
    head.extend_from_slice(id.as_bytes());
    head
}

/// Key id, head and the rest of a value.
fn split(value: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let (&[version, length], rest) = value.split_first_chunk()?;
    if version != VERSION {
        return None;
    }
    let id = std::str::from_utf8(rest.get(..usize::from(length))?).ok()?;
    let (head, rest) = value.split_at_checked(2 + usize::from(length))?;
    Some((id, head, rest))
}

/// The id of the key a value is encrypted under.
pub(crate) fn key_id(value: &[u8]) -> Option<&str> {
    split(value).map(|(id, ..)| id)
}

#[cfg(test)]
mod tests {
    use daybook_domain::clock::SeededIds;
    use proptest::prelude::*;

    use super::*;

    const A: &str = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const B: &str = "b:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn place() -> Place {
        Place {
            workspace: Uuid::from_u128(1),
            table: "connection",
            column: "access_token",
            row: Uuid::from_u128(2),
        }
    }

    #[test]
    fn a_mark_is_known_to_its_key_alone_and_survives_a_rotation() {
        let (a, b) = (KeyRing::parse(A).unwrap(), KeyRing::parse(B).unwrap());
        let mark = a.mark(&[b"body", b"k1"]);
        assert!(a.knows(&mark, &[b"body", b"k1"]));
        for other in [
            &[b"body".as_slice(), b"k2"][..],
            &[b"bodyk", b"1"],
            &[b"bodyk1"],
        ] {
            assert!(!a.knows(&mark, other));
        }
        assert!(!b.knows(&mark, &[b"body", b"k1"]));
        let rotated = KeyRing::parse(&format!("{B},{A}")).unwrap();
        assert!(rotated.knows(&mark, &[b"body", b"k1"]));
        assert_ne!(mark, <[u8; 32]>::from(Sha256::digest(b"bodyk1")));
    }

    #[test]
    fn a_value_decrypts_only_where_it_was_stored() {
        let (ring, ids) = (KeyRing::parse(A).unwrap(), SeededIds::new(1));
        let value = ring.encrypt(&place(), &"s3cret".into(), &ids).unwrap();
        assert_eq!(
            ring.decrypt(&place(), &value).unwrap().expose_secret(),
            "s3cret"
        );
        let elsewhere = [
            Place {
                workspace: Uuid::from_u128(3),
                ..place()
            },
            Place {
                table: "oauth_flow",
                ..place()
            },
            Place {
                column: "refresh_token",
                ..place()
            },
            Place {
                row: Uuid::from_u128(3),
                ..place()
            },
        ];
        for other in elsewhere {
            assert!(
                matches!(ring.decrypt(&other, &value), Err(Error::Corrupt { .. })),
                "{other:?}"
            );
        }
    }

    #[test]
    fn old_keys_decrypt_and_unknown_ones_are_named() {
        let ids = SeededIds::new(1);
        let old = KeyRing::parse(A)
            .unwrap()
            .encrypt(&place(), &"x".into(), &ids)
            .unwrap();
        let both = KeyRing::parse(&format!("{B},{A}")).unwrap();
        assert_eq!(both.current(), "b");
        assert_eq!(both.decrypt(&place(), &old).unwrap().expose_secret(), "x");
        let without = KeyRing::parse(B).unwrap().decrypt(&place(), &old);
        assert!(matches!(without, Err(Error::WrongKey { id }) if id == "a"));
    }

    #[test]
    fn weak_keys_are_refused() {
        let zero = STANDARD.encode([0u8; 32]);
        for (text, error) in [
            ("", KeyError::Empty),
            (" , ", KeyError::Empty),
            ("k:AAEC", KeyError::Short("k".into())),
            (
                "00112233445566778899aabbccddeeff",
                KeyError::Short("without id".into()),
            ),
            (&"0".repeat(64), KeyError::NotRandom("without id".into())),
            (&zero, KeyError::NotRandom("without id".into())),
            (&"a".repeat(43), KeyError::Short("without id".into())),
            (
                "bad id:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                KeyError::BadId("bad id".into()),
            ),
            (&format!("{A},{A}"), KeyError::Twice("a".into())),
        ] {
            assert_eq!(KeyRing::parse(text).map(|_| ()), Err(error), "{text}");
        }
    }

    #[test]
    fn hex_base64_and_long_texts_are_keys() {
        let bytes: Vec<u8> = (0..32).collect();
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        let same = [hex, STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)];
        let ids: Vec<String> = same
            .iter()
            .map(|t| KeyRing::parse(t).unwrap().current().into())
            .collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert!(KeyRing::parse("correct horse battery staple, no!").is_err());
        assert!(KeyRing::parse("correct horse battery staple & one more word").is_ok());
    }

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let made = generate_key_file(&path, &SeededIds::new(7)).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(KeyRing::read(&path).unwrap().current(), made.current());
        assert!(matches!(
            generate_key_file(&path, &SeededIds::new(8)),
            Err(KeyError::File(..))
        ));
    }

    #[test]
    fn nothing_prints_a_key() {
        assert_eq!(format!("{:?}", KeyRing::parse(A).unwrap()), r#"["a"]"#);
    }

    proptest! {
        #[test]
        fn any_bit_flip_fails(text in ".{0,80}", at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let (ring, ids) = (KeyRing::parse(A).unwrap(), SeededIds::new(1));
            let plain = SecretString::from(text.clone());
            let mut value = ring.encrypt(&place(), &plain, &ids).unwrap();
            let opened = ring.decrypt(&place(), &value).unwrap();
            prop_assert_eq!(opened.expose_secret(), text.as_str());
            let at = at.index(value.len());
            value[at] ^= 1 << bit;
            prop_assert!(ring.decrypt(&place(), &value).is_err());
        }

        #[test]
        fn garbage_never_panics(value in prop::collection::vec(any::<u8>(), 0..120)) {
            prop_assert!(KeyRing::parse(A).unwrap().decrypt(&place(), &value).is_err());
        }
    }
}
