//! How much of a body is still to come.

use super::{BadChunk, Chunks, Framing};

/// A body on its way.
#[derive(Debug, Clone)]
pub enum Body {
    Length(u64),
    Chunked(Chunks),
    UntilClose,
}

impl From<Framing> for Body {
    fn from(framing: Framing) -> Self {
        match framing {
            Framing::None => Self::Length(0),
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Chunks::default()),
            Framing::UntilClose => Self::UntilClose,
        }
    }
}

impl Body {
    /// How many of the bytes belong to the body.
    pub fn take(&mut self, bytes: &[u8]) -> Result<usize, BadChunk> {
        match self {
            Self::Length(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= taken as u64;
                Ok(taken)
            }
            Self::Chunked(chunks) => chunks.scan(bytes),
            Self::UntilClose => Ok(bytes.len()),
        }
    }

    /// Nothing more comes.
    pub fn is_done(&self) -> bool {
        match self {
            Self::Length(left) => *left == 0,
            Self::Chunked(chunks) => chunks.is_done(),
            Self::UntilClose => false,
        }
    }

    /// Whether the end of the connection is the end of the body.
    pub fn may_end(&self) -> bool {
        self.is_done() || matches!(self, Self::UntilClose)
    }
}
