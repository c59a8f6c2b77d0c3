//! `script.javascript`: a user's code in an embedded QuickJS, without any host access.

mod action;
mod sandbox;

pub use action::ScriptAction;
