//! The connection of one client.

use std::{io, net::IpAddr, time::Duration};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};

use super::{Port, within::within};
use crate::{
    application::gateway::{Seat, Visitor},
    domain::gateway::{Login, Refusal, head_end},
};

/// Room for what a client sends; bodies are passed on in pieces of this.
const ROOM: usize = 16 * 1024;
/// For a client to take the last answer before its connection is closed.
const FAREWELL: Duration = Duration::from_secs(1);
/// Bytes of a request that nobody wants, taken so that the answer arrives.
const MOST_UNREAD: usize = 256 * 1024;

/// A client and what was read of it.
pub(super) struct Client {
    pub stream: TcpStream,
    pub input: BytesMut,
    pub peer: IpAddr,
    seat: Option<Seat>,
}

impl Client {
    pub fn new(stream: TcpStream, peer: IpAddr) -> Self {
        Self { stream, input: BytesMut::with_capacity(ROOM), peer, seat: None }
    }

    /// The first byte; it stays where it is.
    pub async fn first(&mut self) -> Option<u8> {
        self.more().await.ok()?;
        self.input.first().copied()
    }

    /// Reads what is there; an end is an error.
    pub async fn more(&mut self) -> io::Result<usize> {
        self.input.reserve(ROOM);
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }

    /// The head of the next request, or none when there is no further one. `waiting` is how long
    /// it may take to begin.
    pub async fn head(&mut self, port: &Port, waiting: Duration) -> Result<Option<Bytes>, Refusal> {
        let settings = &port.gateway.settings;
        if self.input.is_empty() {
            let begun = tokio::select! {
                begun = timeout(waiting, self.more()) => begun,
                () = port.stop.cancelled() => return Ok(None),
            };
            if !matches!(begun, Ok(Ok(_))) {
                return Ok(None);
            }
        }
        let (deadline, mut seen) = (Instant::now() + settings.handshake, 0);
        loop {
            let end = head_end(&self.input, seen);
            if end.unwrap_or(self.input.len()) > settings.head_bytes {
                return Err(Refusal::HeadTooLarge);
            }
            if let Some(end) = end {
                return Ok(Some(self.input.split_to(end).freeze()));
            }
            seen = self.input.len();
            match timeout_at(deadline, self.more()).await {
                Ok(Ok(_)) => {}
                Ok(Err(_)) => return Ok(None),
                Err(_) => return Err(Refusal::Slow),
            }
        }
    }

    /// The next message of a protocol that tells itself how long its messages are.
    pub async fn message<T, E>(
        &mut self,
        read: impl Fn(&[u8]) -> Result<Option<(T, usize)>, E>,
    ) -> Option<Result<T, E>> {
        loop {
            match read(&self.input) {
                Ok(Some((message, used))) => {
                    self.input.advance(used);
                    return Some(Ok(message));
                }
                Ok(None) => self.more().await.ok()?,
                Err(error) => return Some(Err(error)),
            };
        }
    }

    /// Signs in, counts the request, and takes a seat for the connection.
    pub async fn sign_in(&mut self, port: &Port, login: &Login) -> Result<Visitor, Refusal> {
        let visitor = port.gateway.sign_in(login, self.peer).await?;
        if self.seat.as_ref().is_none_or(|seat| seat.user != visitor.user) {
            self.seat = None;
            self.seat = Some(port.gateway.seat(visitor.user)?);
        }
        Ok(visitor)
    }

    pub async fn say(&mut self, port: &Port, bytes: &[u8]) -> io::Result<()> {
        within(port.gateway.settings.idle, self.stream.write_all(bytes)).await
    }

    /// Closes the connection so that the last answer arrives: closed over bytes that were not
    /// read, it would be torn down.
    pub async fn farewell(mut self) {
        let leave = async {
            self.stream.shutdown().await?;
            let mut taken = 0;
            while taken < MOST_UNREAD {
                self.input.clear();
                taken += self.more().await?;
            }
            io::Result::Ok(())
        };
        let _ = timeout(FAREWELL, leave).await;
    }
}
