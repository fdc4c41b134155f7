//! People and what they may do: e-mail addresses, roles and scopes.

use std::fmt;
use std::str::FromStr;

/// An e-mail address, valid enough to key an account: one `@`, a dotted or local host, no spaces, at most 254 bytes.
/// Kept as typed, compared in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// The text was not an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address: write it as name@example.com")]
pub struct InvalidEmail;

impl EmailAddress {
    /// The address in lower case, as stored and compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let clean = |part: &str| {
            !part.is_empty()
                && !part.contains(|c: char| {
                    c.is_whitespace() || c.is_control() || "<>\"(),;:@".contains(c)
                })
        };
        let host_ok =
            clean(host) && !host.starts_with('.') && !host.ends_with('.') && !host.contains("..");
        if text.len() > 254 || local.len() > 64 || !clean(local) || !host_ok {
            return Err(InvalidEmail);
        }
        Ok(Self(text.to_lowercase()))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Declares an enum that has one text form, used on the wire and in the store.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The text form.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::account::UnknownValue;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::account::UnknownValue { allowed: &[$($text),+] }) }
            }
        }
    };
}

/// The text is none of the allowed values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of: {}", allowed.join(", "))]
pub struct UnknownValue {
    /// The values that are accepted.
    pub allowed: &'static [&'static str],
}

text_enum! {
    /// What a member may do in the workspace (SPEC §1). Ordered: a later one may do all an earlier one may.
    Role {
        /// Own things only.
        Member = "member",
        /// Manages all connections and settings.
        Admin = "admin",
        /// Everything, and cannot be removed by an admin.
        Owner = "owner",
    }
}

text_enum! {
    /// What an API key may do. Ordered: `write` includes `read`, `admin` includes both.
    Scope {
        /// Read only.
        Read = "read",
        /// Read and change what the member may change.
        Write = "write",
        /// Also manage the workspace, as far as the member's role allows.
        Admin = "admin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lower_cased_and_checked() {
        assert_eq!(
            "Ada@Example.COM".parse::<EmailAddress>().unwrap().as_str(),
            "ada@example.com"
        );
        for bad in [
            "",
            "ada",
            "@x",
            "ada@",
            "a b@x.org",
            "a@x..org",
            "a@.org",
            "<a@x.org>",
            "a@b@c",
        ] {
            assert_eq!(bad.parse::<EmailAddress>(), Err(InvalidEmail), "{bad}");
        }
    }

    #[test]
    fn roles_are_ordered() {
        assert!(Role::Owner > Role::Admin && Role::Admin > Role::Member);
        assert_eq!(
            "root".parse::<Role>().unwrap_err().to_string(),
            "must be one of: member, admin, owner"
        );
    }
}
