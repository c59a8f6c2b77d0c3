//! Bytes both ways between two streams.
//!
//! What is read is written on at once from room that all tunnels of a thread share; only what the
//! other side does not take at that moment is kept. So a tunnel where nothing is said holds no
//! memory, and a whole page goes on in one read and one write.

use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Most bytes that are read at once.
const ROOM: usize = 128 * 1024;

thread_local! {
    static SHARED: RefCell<Box<[u8]>> = RefCell::new(vec![0; ROOM].into_boxed_slice());
}

/// One direction.
#[derive(Default)]
pub(super) struct Way {
    /// Read, and not yet taken by the other side.
    kept: Vec<u8>,
    written: usize,
    unflushed: bool,
    stage: Stage,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Open,
    /// The end was read, and is to be told.
    Ending,
    Ended,
}

/// What one step did.
pub(super) enum Step {
    /// So many bytes were read; of those that were not written yet the next step takes care.
    Passed(usize),
    /// The end was told.
    Ended,
}

impl Way {
    /// Ready when the end was told.
    fn poll<R, W>(
        &mut self,
        context: &mut Context<'_>,
        from: &mut R,
        to: &mut W,
    ) -> Poll<io::Result<()>>
    where
        R: AsyncRead + Unpin + ?Sized,
        W: AsyncWrite + Unpin + ?Sized,
    {
        loop {
            if let Step::Ended = ready!(self.step(context, from, to))? {
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// Pending while there is nothing to be read, or no room to write it to.
    pub fn step<R, W>(
        &mut self,
        context: &mut Context<'_>,
        from: &mut R,
        to: &mut W,
    ) -> Poll<io::Result<Step>>
    where
        R: AsyncRead + Unpin + ?Sized,
        W: AsyncWrite + Unpin + ?Sized,
    {
        ready!(self.write_kept(context, to))?;
        if self.stage == Stage::Open {
            let passed = SHARED.with_borrow_mut(|room| self.pass(context, from, to, room));
            return match passed? {
                Poll::Ready(0) => {
                    self.stage = Stage::Ending;
                    self.step(context, from, to)
                }
                Poll::Ready(read) => Poll::Ready(Ok(Step::Passed(read))),
                Poll::Pending => self.flush(context, to),
            };
        }
        if self.stage == Stage::Ending {
            ready!(Pin::new(to).poll_shutdown(context))?;
            self.stage = Stage::Ended;
        }
        Poll::Ready(Ok(Step::Ended))
    }

    /// Whether all that was read was written.
    #[cfg(target_os = "linux")]
    pub fn is_idle(&self) -> bool {
        self.kept.is_empty()
    }

    fn write_kept<W>(&mut self, context: &mut Context<'_>, to: &mut W) -> Poll<io::Result<()>>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        while self.written < self.kept.len() {
            let rest = &self.kept[self.written..];
            let written = ready!(Pin::new(&mut *to).poll_write(context, rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += written;
        }
        self.kept.clear();
        self.written = 0;
        if self.kept.capacity() > 0 {
            self.kept = Vec::new();
        }
        Poll::Ready(Ok(()))
    }

    /// How much was read, nothing at the end; pending when nothing could be.
    fn pass<R, W>(
        &mut self,
        context: &mut Context<'_>,
        from: &mut R,
        to: &mut W,
        room: &mut [u8],
    ) -> io::Result<Poll<usize>>
    where
        R: AsyncRead + Unpin + ?Sized,
        W: AsyncWrite + Unpin + ?Sized,
    {
        let mut buffer = ReadBuf::new(room);
        if Pin::new(from).poll_read(context, &mut buffer)?.is_pending() {
            return Ok(Poll::Pending);
        }
        let read = buffer.filled();
        if read.is_empty() {
            return Ok(Poll::Ready(0));
        }
        self.unflushed = true;
        let written = match Pin::new(to).poll_write(context, read)? {
            Poll::Ready(written) => written,
            Poll::Pending => 0,
        };
        self.kept.extend_from_slice(&read[written..]);
        Ok(Poll::Ready(read.len()))
    }

    /// What was written shall arrive while nothing more comes.
    fn flush<W>(&mut self, context: &mut Context<'_>, to: &mut W) -> Poll<io::Result<Step>>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        if self.unflushed {
            ready!(Pin::new(to).poll_flush(context))?;
            self.unflushed = false;
        }
        Poll::Pending
    }
}

/// Carries bytes until both sides have ended, or one fails.
pub(super) async fn pump<A, B>(near: &mut A, far: &mut B) -> io::Result<()>
where
    A: AsyncRead + AsyncWrite + Unpin + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    let (mut up, mut down) = (Way::default(), Way::default());
    poll_fn(|context| {
        let up = up.poll(context, near, far)?;
        let down = down.poll(context, far, near)?;
        if up.is_ready() && down.is_ready() { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
        task::JoinHandle,
        time::timeout,
    };

    use super::*;

    /// A client, a site, and the pump between them, with so little room on the way.
    fn between(room: usize) -> (DuplexStream, DuplexStream, JoinHandle<io::Result<()>>) {
        let (client, mut near) = duplex(room);
        let (mut far, site) = duplex(room);
        let pumping = tokio::spawn(async move { pump(&mut near, &mut far).await });
        (client, site, pumping)
    }

    #[tokio::test]
    async fn both_ways_are_carried_until_both_have_ended() {
        let (mut client, mut site, pumping) = between(64);
        client.write_all(b"ask").await.unwrap();
        let mut asked = [0; 3];
        site.read_exact(&mut asked).await.unwrap();
        client.shutdown().await.unwrap();
        assert_eq!(site.read(&mut asked).await.unwrap(), 0, "the end is told");
        site.write_all(b"an answer after the end of the question").await.unwrap();
        drop(site);
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "an answer after the end of the question");
        pumping.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn nothing_is_lost_where_the_other_side_is_slow() {
        let (mut client, mut site, pumping) = between(1000);
        let sent: Vec<u8> =
            (0..1_000_000_u32).map(|at| at.to_le_bytes()[at as usize % 3]).collect();
        let expected = sent.clone();
        let sending = tokio::spawn(async move {
            client.write_all(&sent).await.unwrap();
            client.shutdown().await.unwrap();
            client
        });
        let mut came = Vec::new();
        let mut piece = [0; 777];
        loop {
            let read = site.read(&mut piece).await.unwrap();
            if read == 0 {
                break;
            }
            came.extend_from_slice(&piece[..read]);
            tokio::task::yield_now().await;
        }
        assert!(came == expected, "{} of {} bytes", came.len(), expected.len());
        drop((site, sending.await.unwrap()));
        pumping.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_side_that_does_not_read_holds_up_the_other_one() {
        let (mut client, site, pumping) = between(100);
        let flood = vec![0; ROOM * 4];
        let sent = timeout(Duration::from_millis(200), client.write_all(&flood)).await;
        assert!(sent.is_err(), "it does not pile up here");
        drop(site);
        assert!(pumping.await.unwrap().is_err());
    }
}
