//! The step kinds of this context, one a file.

mod book;
mod ranking;
mod site;

pub use book::BookAction;
pub use ranking::RankingAction;
pub use site::Site;
