//! What happened to accounts, and what was tried: written with every change, read by those who
//! look after the platform, and by people for their own account.

mod entry;
mod failed;
mod list;
