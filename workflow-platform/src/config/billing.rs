//! Money.

use std::str::FromStr;

use subscription::{BillingSettings, StripeSettings, domain::Seller};
use url::{Host, Url};

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
        let seller = self.seller();
        BillingSettings { tax_basis_points, trial_days, seller, ..default }
    }

    /// Who stands on invoices as the seller; lines of the address are parted by `|`.
    fn seller(&mut self) -> Seller {
        let name = self.short("BILLING_SELLER_NAME", &self.app_name());
        let address = self.short("BILLING_SELLER_ADDRESS", "");
        let lines = address.split('|').map(str::trim).filter(|line| !line.is_empty());
        let address: Vec<_> = lines.map(str::to_owned).collect();
        if address.len() > 6 {
            self.fault("BILLING_SELLER_ADDRESS", "must have at most 6 lines");
        }
        let tax_number = self.short("BILLING_SELLER_TAX_NUMBER", "");
        Seller { name, address, tax_number: Some(tax_number).filter(|text| !text.is_empty()) }
    }

    /// A text that fits on an invoice.
    fn short(&mut self, name: &str, default: &str) -> String {
        let text = self.text(name, default).trim().to_owned();
        if text.chars().count() > 300 || text.chars().any(char::is_control) {
            self.fault(name, "must be at most 300 characters without control characters");
        }
        text
    }

    /// All of it is there, or none.
    pub(super) fn stripe(&mut self) -> Option<StripeSettings> {
        const NEEDED: [&str; 3] =
            ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_RETURN_URL"];
        let given = NEEDED.map(|name| self.source.get(name).map(str::to_owned));
        if given.iter().all(Option::is_none) {
            return None;
        }
        for (name, _) in NEEDED.iter().zip(&given).filter(|(_, value)| value.is_none()) {
            self.fault(name, "must be set when Stripe is used");
        }
        let return_url = self.web_address("STRIPE_RETURN_URL", None);
        let api_url = self.web_address("STRIPE_API_URL", Some("https://api.stripe.com/"));
        let [Some(secret_key), Some(webhook_secret), _] = given else { return None };
        Some(StripeSettings {
            secret_key: secret_key.into(),
            webhook_secret: webhook_secret.into(),
            return_url: return_url?,
            api_url: api_url?,
        })
    }

    /// Encrypted, unless it is this machine.
    fn web_address(&mut self, name: &str, default: Option<&str>) -> Option<Url> {
        let text = self.source.get(name).or(default)?.to_owned();
        let url = Url::parse(&text).ok().filter(is_safe);
        if url.is_none() {
            self.fault(name, "must be an https:// address, or an http:// one of this machine");
        }
        url
    }
}

fn is_safe(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
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
