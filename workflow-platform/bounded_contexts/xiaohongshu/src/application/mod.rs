//! The step kinds of this context, one a file.

mod creator;
mod feed;
mod import;
mod note;
mod source;
#[cfg(test)]
mod tests;

pub use creator::CreatorAction;
pub use feed::FeedAction;
pub use import::ImportAction;
pub use note::NoteAction;
