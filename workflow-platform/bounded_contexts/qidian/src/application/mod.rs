//! The step kinds of this context, one a file.

mod author;
mod book;
mod catalog;
mod free;
mod import;
mod input;
mod ranking;
#[cfg(test)]
mod tests;

pub use author::AuthorAction;
pub use book::BookAction;
pub use catalog::CatalogAction;
pub use free::FreeAction;
pub use import::ImportAction;
pub use ranking::RankingAction;
