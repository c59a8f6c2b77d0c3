//! Money.

use std::str::FromStr;

use subscription::BillingSettings;

use super::read::Reader;

/// A percentage in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Percentage(u32);

#[derive(Debug, thiserror::Error)]
#[error("must be 0 to 100 with up to two decimals")]
struct NoPercentage;

impl FromStr for Percentage {
    type Err = NoPercentage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
        if !(1..=2).contains(&rest.len()) || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoPercentage);
        }
        let whole: u32 = whole.parse().map_err(|_| NoPercentage)?;
        let rest: u32 = format!("{rest:0<2}").parse().map_err(|_| NoPercentage)?;
        let points = whole.checked_mul(100).and_then(|points| points.checked_add(rest));
        points.filter(|points| *points <= 10_000).map(Self).ok_or(NoPercentage)
    }
}

impl Reader<'_> {
    pub(super) fn billing(&mut self) -> BillingSettings {
        let default = BillingSettings::default();
        let Percentage(tax_basis_points) =
            self.parsed("BILLING_TAX_RATE", Percentage(default.tax_basis_points));
        let trial_days = self.between("BILLING_TRIAL_DAYS", default.trial_days, 0, 365);
        BillingSettings { tax_basis_points, trial_days, ..default }
    }
}

/// As it would be written in the configuration.
pub(super) fn tax_rate(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_have_two_decimals_at_most() {
        for (text, points) in [("6", 600), ("7.25", 725), ("0.5", 50), ("100", 10_000), ("0", 0)] {
            assert_eq!(text.parse::<Percentage>().unwrap().0, points, "{text}");
        }
        for text in ["", "6%", "-1", "100.01", "1.234", "1.", ".5", "1e2", "4294967296"] {
            assert!(text.parse::<Percentage>().is_err(), "{text}");
        }
        assert_eq!([tax_rate(600), tax_rate(725), tax_rate(5)], ["6", "7.25", "0.05"]);
    }
}
