//! Pure parts: robots rules, character sets, addresses, extraction, datasets.

pub mod address;
pub mod charset;
pub mod cookies;
pub mod dataset;
mod events;
pub mod extract;
pub mod file_name;
pub mod host;
mod percent;
pub mod robots;
pub mod sitemap;

pub use events::EVENTS;
