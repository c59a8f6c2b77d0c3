//! Who may call, and how often.

use api_gateway::{AddressRules, LimitSettings};
use shared_kernel::domain::Networks;

use super::read::Reader;

/// More a minute is no limit.
const MOST: u32 = 1_000_000_000;

impl Reader<'_> {
    pub(super) fn limits(&mut self) -> LimitSettings {
        let default = LimitSettings::default();
        LimitSettings {
            enabled: self.flag("RATE_LIMIT_ENABLED", default.enabled),
            per_address: self.between("RATE_LIMIT_PER_IP", default.per_address, 1, MOST),
            per_user: self.between("RATE_LIMIT_PER_USER", default.per_user, 1, MOST),
            sensitive: self.between("RATE_LIMIT_SENSITIVE", default.sensitive, 1, MOST),
        }
    }

    pub(super) fn addresses(&mut self) -> AddressRules {
        let mut list = |name| self.parsed(name, Networks::default());
        AddressRules {
            allow: list("IP_ALLOW"),
            deny: list("IP_DENY"),
            admin_allow: list("ADMIN_IP_ALLOW"),
        }
    }
}
