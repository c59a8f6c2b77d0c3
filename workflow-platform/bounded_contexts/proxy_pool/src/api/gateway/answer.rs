//! An answer on its way from a proxy to a client.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::within::within;
use crate::{
    application::gateway::GatewaySettings,
    domain::gateway::{AnswerHead, Body, Framing, RequestHead, head_end},
};

/// Room for one read: a page of usual size comes in one or two.
const ROOM: usize = 64 * 1024;
/// Answers before the answer.
const MOST_INTERIM: usize = 16;

/// Where it went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing came that could be passed on.
    Nothing,
    /// Nothing came in time.
    Silence,
    /// The proxy wants other credentials than ours.
    Credentials,
    /// The answer broke off in its middle.
    Cut,
    Client,
    /// The client's body is not framed as it should be.
    BadBody,
}

/// An answer that was passed on whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passed {
    pub status: u16,
    pub bytes: u64,
    /// The connection to the proxy may be used again.
    pub reusable: bool,
    /// The client's connection ends.
    pub close: bool,
}

/// What is to be known of a request to pass its answer on.
pub(super) struct Passing<'a> {
    pub settings: &'a GatewaySettings,
    pub request: &'a RequestHead<'a>,
    /// The client's connection ends with the answer.
    pub close: bool,
    /// A proxy answers, not the site itself.
    pub absolute: bool,
    /// The whole request was sent. An answer that begins before that is the last one.
    pub sent: AtomicBool,
}

/// What the head said.
#[derive(Clone, Copy)]
struct Begun {
    status: u16,
    framing: Framing,
    keep_alive: bool,
    close: bool,
}

impl Passing<'_> {
    /// Reads from `upstream` into `input`, and passes everything on until the answer ends.
    pub async fn pass<R, W>(
        &self,
        upstream: &mut R,
        input: &mut BytesMut,
        client: &mut W,
        out: &mut Vec<u8>,
    ) -> Result<Passed, Fault>
    where
        R: AsyncRead + Unpin + ?Sized,
        W: AsyncWrite + Unpin,
    {
        let begun = self.head(upstream, input, client, out).await?;
        let mut body = Body::from(begun.framing);
        let mut part = body.take(input).map_err(|_| Fault::Nothing)?;
        let idle = self.settings.idle;
        let mut first = Buf::chain(out.as_slice(), &input[..part]);
        within(idle, client.write_all_buf(&mut first)).await.map_err(|_| Fault::Client)?;
        let mut bytes = part as u64;
        while !body.is_done() {
            input.clear();
            input.reserve(ROOM);
            let read = within(idle, upstream.read_buf(input)).await.map_err(|_| Fault::Cut)?;
            if read == 0 && body.may_end() {
                part = 0;
                break;
            }
            if read == 0 {
                return Err(Fault::Cut);
            }
            part = body.take(input).map_err(|_| Fault::Cut)?;
            bytes += part as u64;
            within(idle, client.write_all(&input[..part])).await.map_err(|_| Fault::Client)?;
        }
        let whole = self.sent.load(Ordering::Relaxed) && input.len() == part;
        let reusable = begun.keep_alive && !self.request.old && whole;
        Ok(Passed { status: begun.status, bytes, reusable, close: begun.close })
    }

    /// Passes interim answers on; leaves the head of the answer in `out`, to be sent together
    /// with what there is of the body.
    async fn head<R, W>(
        &self,
        upstream: &mut R,
        input: &mut BytesMut,
        client: &mut W,
        out: &mut Vec<u8>,
    ) -> Result<Begun, Fault>
    where
        R: AsyncRead + Unpin + ?Sized,
        W: AsyncWrite + Unpin,
    {
        for _ in 0..MOST_INTERIM {
            let end = self.whole_head(upstream, input).await?;
            let begun = self.read(&input[..end], out)?;
            input.advance(end);
            if begun.status >= 200 {
                return Ok(begun);
            }
            if !self.request.old {
                let sent = within(self.settings.idle, client.write_all(out)).await;
                sent.map_err(|_| Fault::Client)?;
            }
        }
        Err(Fault::Nothing)
    }

    async fn whole_head<R>(&self, upstream: &mut R, input: &mut BytesMut) -> Result<usize, Fault>
    where
        R: AsyncRead + Unpin + ?Sized,
    {
        let mut seen = 0;
        loop {
            let end = head_end(input, seen);
            if end.unwrap_or(input.len()) > self.settings.head_bytes {
                return Err(Fault::Nothing);
            }
            if let Some(end) = end {
                return Ok(end);
            }
            seen = input.len();
            input.reserve(ROOM);
            match within(self.settings.answer, upstream.read_buf(input)).await {
                Ok(1..) => {}
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {
                    return Err(Fault::Silence);
                }
                _ => return Err(Fault::Nothing),
            }
        }
    }

    fn read(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<Begun, Fault> {
        let to_head = self.request.method == "HEAD";
        let head = AnswerHead::parse(bytes, to_head).map_err(|_| Fault::Nothing)?;
        if head.status == 407 && self.absolute {
            return Err(Fault::Credentials);
        }
        // nobody asked for another protocol, and old clients know no chunks
        if head.status == 101 || (self.request.old && head.framing == Framing::Chunked) {
            return Err(Fault::Nothing);
        }
        let sent = self.sent.load(Ordering::Relaxed);
        let close = self.close || !sent || head.framing == Framing::UntilClose;
        out.clear();
        head.write(out, close);
        let AnswerHead { status, framing, keep_alive, .. } = head;
        Ok(Begun { status, framing, keep_alive, close })
    }
}
