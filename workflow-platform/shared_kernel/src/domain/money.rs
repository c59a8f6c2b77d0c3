//! Amounts in whole minor units; there is no fraction to lose.

use std::fmt;

use serde::{Deserialize, Serialize};

/// ISO 4217 code of three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "CNY")]
pub struct Currency([u8; 3]);

/// Why two amounts cannot be reckoned together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("not an ISO 4217 currency code")]
    BadCurrency,
    #[error("amounts of different currencies")]
    DifferentCurrencies,
    #[error("amount out of range")]
    OutOfRange,
}

impl Currency {
    pub const CNY: Self = Self(*b"CNY");

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Digits of the minor unit, as ISO 4217 has them.
    fn digits(self) -> usize {
        match self.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF"
            | "UGX" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        let bytes: [u8; 3] = code.as_bytes().try_into().map_err(|_| MoneyError::BadCurrency)?;
        if bytes.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(bytes))
        } else {
            Err(MoneyError::BadCurrency)
        }
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

/// An amount in the currency's minor unit (fen, cents).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    pub currency: Currency,
    pub amount_minor: i64,
}

/// `CNY 1234.05`: no separators that mean something else elsewhere.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.digits();
        let (sign, amount) = (if self.amount_minor < 0 { "-" } else { "" }, self.amount_minor);
        let amount = format!("{:0width$}", amount.unsigned_abs(), width = digits + 1);
        let (whole, part) = amount.split_at(amount.len() - digits);
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{} {sign}{whole}{point}{part}", self.currency.as_str())
    }
}

impl Money {
    /// The sum, if both are of one currency and it fits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::DifferentCurrencies);
        }
        let amount_minor =
            self.amount_minor.checked_add(other.amount_minor).ok_or(MoneyError::OutOfRange)?;
        Ok(Self { amount_minor, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_the_digits_of_their_currency() {
        for (code, amount_minor, written) in [
            ("CNY", 123_405, "CNY 1234.05"),
            ("CNY", 5, "CNY 0.05"),
            ("CNY", -4900, "CNY -49.00"),
            ("JPY", 1200, "JPY 1200"),
            ("KWD", 1, "KWD 0.001"),
            ("CNY", i64::MIN, "CNY -92233720368547758.08"),
        ] {
            let currency = Currency::try_from(code.to_owned()).unwrap();
            assert_eq!(Money { currency, amount_minor }.to_string(), written);
        }
    }
}
