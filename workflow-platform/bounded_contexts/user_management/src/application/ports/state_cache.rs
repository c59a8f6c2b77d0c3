//! What the database said a moment ago.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::BusError,
    domain::{Id, User as UserMark},
};

use crate::application::Oneself;

/// What a process had heard when it began to ask the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    pub connection: u64,
    pub forgotten: u64,
}

/// Who people are, remembered.
pub type PeopleCache = dyn StateCache<UserMark, Arc<Oneself>>;

/// States of sessions, keys or people that this process need not ask the database for. Every process
/// hears of what changes; one that does not hear the others remembers nothing.
#[async_trait]
pub trait StateCache<M: 'static, S>: Send + Sync {
    fn get(&self, of: Id<M>) -> Option<S>;

    /// To be called before the database is asked; `None` while other processes are not heard.
    fn heard(&self) -> Option<Heard>;

    /// Unless something was forgotten since `heard`: the state may be older than that.
    fn keep(&self, of: Id<M>, state: S, heard: Heard);

    /// Here and in all other processes.
    async fn forget(&self, which: &[Id<M>]) -> Result<(), BusError>;

    /// Listens to the other processes for as long as it is polled.
    async fn listen(&self) -> Result<(), BusError>;
}
