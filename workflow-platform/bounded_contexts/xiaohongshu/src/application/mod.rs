//! The step kinds of this context, one a file.

mod note;

pub use note::NoteAction;
