//! Bank accounts: IBAN (ISO 13616) and BIC (ISO 9362).

/// It is no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBank {
    /// No IBAN.
    #[error("must be an IBAN: country, two check digits that fit, and the account")]
    Iban,
    /// No BIC.
    #[error("must be a BIC of 8 or 11 letters and digits")]
    Bic,
}

/// An IBAN without blanks, its check digits proven.
///
/// # Errors
/// [`BadBank::Iban`].
pub fn iban(text: &str) -> Result<String, BadBank> {
    let iban: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let bytes = iban.as_bytes();
    let shaped = (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..4].iter().all(u8::is_ascii_digit);
    if !shaped {
        return Err(BadBank::Iban);
    }
    let rest = bytes[4..].iter().chain(&bytes[..4]).fold(0_u32, |rest, b| {
        if b.is_ascii_digit() {
            (rest * 10 + u32::from(b - b'0')) % 97
        } else {
            (rest * 100 + u32::from(b - b'A') + 10) % 97
        }
    });
    if rest == 1 {
        Ok(iban)
    } else {
        Err(BadBank::Iban)
    }
}

/// A BIC in upper case.
///
/// # Errors
/// [`BadBank::Bic`].
pub fn bic(text: &str) -> Result<String, BadBank> {
    let bic = text.trim().to_ascii_uppercase();
    let bytes = bic.as_bytes();
    let shaped = matches!(bytes.len(), 8 | 11)
        && bytes[..6].iter().all(u8::is_ascii_alphabetic)
        && bytes[6..].iter().all(u8::is_ascii_alphanumeric);
    if shaped { Ok(bic) } else { Err(BadBank::Bic) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_proven() {
        assert_eq!(
            iban("ch93 0076 2011 6238 5295 7").unwrap(),
            "CH9300762011623852957"
        );
        assert!(iban("DE89370400440532013000").is_ok());
        for bad in [
            "",
            "DE88370400440532013000",
            "DE8937040044053201300ɹ",
            "1234567890123456",
            "DE",
        ] {
            assert_eq!(iban(bad), Err(BadBank::Iban), "{bad}");
        }
    }

    #[test]
    fn codes_have_eight_or_eleven_characters() {
        assert_eq!(bic("cobadeffxxx").unwrap(), "COBADEFFXXX");
        for bad in ["", "COBADE", "COBADEFFXX", "12345678", "ɹɹɹɹ"] {
            assert_eq!(bic(bad), Err(BadBank::Bic), "{bad}");
        }
    }
}
