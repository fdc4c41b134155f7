//! Money: whole minor units of an ISO 4217 currency, and the few exact operations invoices need.
//!
//! There are no floats anywhere. Every product is formed in 128 bits and rounded once, half up (ties go away from zero, the
//! commercial rule: 0.5 → 1, -0.5 → -1), so that the same numbers give the same amounts on every machine and in every version.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The largest amount, in minor units, either way: what JSON readers everywhere can hold (2⁵³ − 1).
pub const MAX_MINOR: i64 = 9_007_199_254_740_991;

/// A currency with its number of decimals (ISO 4217): EUR 2, JPY 0, KWD 3.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// The code is no currency that amounts can be written in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an ISO 4217 code such as EUR")]
pub struct UnknownCurrency;

/// The amount is beyond [`MAX_MINOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large")]
pub struct TooLarge;

impl Currency {
    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the point.
    #[must_use]
    pub fn decimals(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }

    /// The amount as a plain decimal, for machines: `-1234.50`.
    #[must_use]
    pub fn plain(self, minor: i64) -> String {
        decimal(minor, self.decimals())
    }

    /// The amount for people, with thousands apart: `1,234.50`.
    #[must_use]
    pub fn grouped(self, minor: i64) -> String {
        let plain = self.plain(minor);
        let (sign, digits) = plain
            .strip_prefix('-')
            .map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut text = String::from(sign);
        for (n, digit) in whole.chars().enumerate() {
            if n > 0 && (whole.len() - n) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(fraction);
        }
        text
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        iso_currency::Currency::from_code(code)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or(UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

/// `number` × 10^-`decimals`, written out: `decimal(-5, 2)` is `-0.05`.
#[must_use]
pub fn decimal(number: i64, decimals: u32) -> String {
    let scale = 10_u64.saturating_pow(decimals);
    let (sign, size) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    if decimals == 0 {
        return format!("{sign}{size}");
    }
    let width = decimals as usize;
    format!("{sign}{}.{:0width$}", size / scale, size % scale)
}

/// Reads a plain decimal with at most `decimals` digits after the point: the inverse of [`decimal`]. `None` when it is none.
#[must_use]
pub fn parse_decimal(text: &str, decimals: u32) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty();
    if !number(whole) || !number(fraction) || fraction.len() > decimals.max(1) as usize {
        return None;
    }
    if decimals == 0 && fraction != "0" {
        return None;
    }
    let missing = (decimals as usize).saturating_sub(fraction.len());
    let fraction = if decimals == 0 { "" } else { fraction };
    let all: i64 = format!("{whole}{fraction}{}", "0".repeat(missing))
        .parse()
        .ok()?;
    Some(sign * all)
}

/// `number / divisor`, rounded half up (away from zero). `divisor` is positive.
#[must_use]
pub const fn round_div(number: i128, divisor: i128) -> i128 {
    // For an odd divisor there is no tie, and half of it rounded down is right.
    let size = (number.abs() + divisor / 2) / divisor;
    if number < 0 { -size } else { size }
}

/// An amount within bounds.
///
/// # Errors
/// [`TooLarge`].
pub fn bounded(amount: i128) -> Result<i64, TooLarge> {
    match i64::try_from(amount) {
        Ok(amount) if amount.abs() <= MAX_MINOR => Ok(amount),
        _ => Err(TooLarge),
    }
}

/// Splits `total` in proportion to `weights`, exactly: the parts add up to `total`. What is left after rounding down goes, one unit
/// each, to the largest remainders, the first of equals first. Nothing to weigh: the first part takes all.
#[must_use]
pub fn share(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if weights.is_empty() {
        return Vec::new();
    }
    if sum == 0 {
        let mut parts = vec![0; weights.len()];
        parts[0] = total;
        return parts;
    }
    let exact = |weight: &i64| i128::from(total) * i128::from(*weight);
    let mut parts: Vec<i128> = weights.iter().map(|w| exact(w).div_euclid(sum)).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| (-exact(&weights[*at]).rem_euclid(sum), *at));
    let left = i128::from(total) - parts.iter().sum::<i128>();
    for at in order
        .iter()
        .cycle()
        .take(usize::try_from(left.max(0)).unwrap_or(0))
    {
        parts[*at] += 1;
    }
    parts
        .into_iter()
        .map(|part| i64::try_from(part).unwrap_or(0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn every_currency_has_its_own_decimals() {
        for (code, decimals, text) in [
            ("EUR", 2, "12.34"),
            ("JPY", 0, "1234"),
            ("KWD", 3, "1.234"),
            ("CLF", 4, "0.1234"),
            ("HUF", 2, "12.34"),
        ] {
            assert_eq!(currency(code).decimals(), decimals, "{code}");
            assert_eq!(currency(code).plain(1234), text);
        }
        for bad in ["", "eur", "EURO", "XXX", "XAU", "€"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    #[test]
    fn amounts_for_people() {
        assert_eq!(currency("EUR").grouped(123_456_789), "1,234,567.89");
        assert_eq!(currency("EUR").grouped(-5), "-0.05");
        assert_eq!(currency("JPY").grouped(-1_000), "-1,000");
        assert_eq!(currency("EUR").grouped(99_999), "999.99");
    }

    #[test]
    fn ties_go_away_from_zero() {
        for (number, divisor, result) in [
            (5, 10, 1),
            (4, 10, 0),
            (-5, 10, -1),
            (-4, 10, 0),
            (1, 3, 0),
            (2, 3, 1),
            (7, 2, 4),
            (-7, 2, -4),
        ] {
            assert_eq!(round_div(number, divisor), result, "{number}/{divisor}");
        }
    }

    #[test]
    fn decimals_are_read_back() {
        for number in [0, 1, -1, 10, 999, -12_345] {
            for decimals in 0..5 {
                assert_eq!(
                    parse_decimal(&decimal(number, decimals), decimals),
                    Some(number)
                );
            }
        }
        assert_eq!(parse_decimal("2.5", 3), Some(2_500));
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "1e3",
            "NaN",
            "1,5",
            "--1",
            "1.2345",
            "9999999999999999999",
        ] {
            assert_eq!(parse_decimal(bad, 3), None, "{bad}");
        }
    }

    #[test]
    fn shares_add_up() {
        assert_eq!(share(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(share(1, &[1, 2]), [0, 1]);
        assert_eq!(share(-100, &[1, 1, 1]).iter().sum::<i64>(), -100);
        assert_eq!(share(7, &[0, 0]), [7, 0]);
        assert_eq!(share(7, &[]), [0_i64; 0]);
    }
}
