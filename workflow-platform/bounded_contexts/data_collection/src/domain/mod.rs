//! Pure parts: robots rules, character sets, addresses, extraction, datasets.

pub mod address;
pub mod charset;
pub mod dataset;
pub mod extract;
pub mod file_name;
mod percent;
pub mod robots;
