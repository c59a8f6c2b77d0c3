//! Bytes both ways between two connections of this machine: what comes in large pieces goes on
//! within the kernel, through a pipe, without having been here.
//!
//! For a small piece a pipe costs more calls than a copy costs time, so the first piece is copied,
//! and each that follows a small one.

use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    os::fd::OwnedFd,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, ready},
};

use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};
use tokio::{io::Interest, net::TcpStream};

use super::pump::{Step, Way};

/// From so many bytes a piece is large.
const LARGE: usize = 16 * 1024;
/// Most bytes that are on their way within the kernel.
const MOST: usize = 256 * 1024;
/// Empty pipes that a thread keeps.
const SPARE: usize = 4;
const MANNER: SpliceFlags = SpliceFlags::MOVE.union(SpliceFlags::NONBLOCK);

thread_local! {
    static PIPES: RefCell<Vec<Pipe>> = const { RefCell::new(Vec::new()) };
}

struct Pipe {
    out: OwnedFd,
    into: OwnedFd,
    /// Bytes in it.
    holds: usize,
}

impl Pipe {
    fn take() -> io::Result<Self> {
        if let Some(pipe) = PIPES.with_borrow_mut(Vec::pop) {
            return Ok(pipe);
        }
        let (out, into) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        // A system that allows no larger ones has smaller ones.
        let _ = fcntl_setpipe_size(&into, MOST);
        Ok(Self { out, into, holds: 0 })
    }

    /// It is empty.
    fn give_back(self) {
        PIPES.with_borrow_mut(|pipes| {
            if pipes.len() < SPARE {
                pipes.push(self);
            }
        });
    }
}

/// One direction.
#[derive(Default)]
struct Line {
    copied: Way,
    /// What the other side has not taken yet.
    pipe: Option<Pipe>,
    is_large: bool,
}

impl Line {
    /// Ready when the end was told.
    fn poll(
        &mut self,
        context: &mut Context<'_>,
        from: &mut TcpStream,
        to: &mut TcpStream,
        count: &AtomicU64,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.drain(context, to))?;
            let read = if self.is_large && self.copied.is_idle() {
                ready!(from.poll_read_ready(context))?;
                let Some(read) = self.fill(from)? else { continue };
                read
            } else {
                match ready!(self.copied.step(context, from, to))? {
                    Step::Passed(read) => read,
                    Step::Ended => return Poll::Ready(Ok(())),
                }
            };
            count.fetch_add(read as u64, Ordering::Relaxed);
            self.is_large = read >= LARGE;
        }
    }

    /// How much went into a pipe, unless there was nothing yet. The end counts as no bytes, and is
    /// found again by the next copy.
    fn fill(&mut self, from: &TcpStream) -> io::Result<Option<usize>> {
        let mut pipe = Pipe::take()?;
        let filled = from
            .try_io(Interest::READABLE, || Ok(splice(from, None, &pipe.into, None, MOST, MANNER)?));
        match filled {
            Ok(read) => {
                pipe.holds = read;
                self.keep(pipe);
                Ok(Some(read))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.keep(pipe);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn keep(&mut self, pipe: Pipe) {
        if pipe.holds > 0 {
            self.pipe = Some(pipe);
        } else {
            pipe.give_back();
        }
    }

    /// Ready when no pipe holds anything.
    fn drain(&mut self, context: &mut Context<'_>, to: &TcpStream) -> Poll<io::Result<()>> {
        while let Some(mut pipe) = self.pipe.take() {
            let sent = to.try_io(Interest::WRITABLE, || {
                Ok(splice(&pipe.out, None, to, None, pipe.holds, MANNER)?)
            });
            let is_full = match sent {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(sent) => {
                    pipe.holds -= sent;
                    false
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => true,
                Err(error) => return Poll::Ready(Err(error)),
            };
            self.keep(pipe);
            if is_full {
                ready!(to.poll_write_ready(context))?;
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Carries bytes until both sides have ended, or one fails; counts what is read of each.
pub(super) async fn pump(
    near: &mut TcpStream,
    far: &mut TcpStream,
    up: &AtomicU64,
    down: &AtomicU64,
) -> io::Result<()> {
    let (mut there, mut back) = (Line::default(), Line::default());
    poll_fn(|context| {
        let there = there.poll(context, near, far, up)?;
        let back = back.poll(context, far, near, down)?;
        if there.is_ready() && back.is_ready() { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
        task::JoinHandle,
        time::timeout,
    };

    use super::*;

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (far, _) = listener.accept().await.unwrap();
        near.set_nodelay(true).unwrap();
        far.set_nodelay(true).unwrap();
        (near, far)
    }

    /// A client, a site, and the pump between them, which answers what it counted.
    async fn between() -> (TcpStream, TcpStream, JoinHandle<io::Result<(u64, u64)>>) {
        let (client, mut near) = pair().await;
        let (mut far, site) = pair().await;
        let pumping = tokio::spawn(async move {
            let (up, down) = (AtomicU64::new(0), AtomicU64::new(0));
            pump(&mut near, &mut far, &up, &down).await?;
            Ok((up.into_inner(), down.into_inner()))
        });
        (client, site, pumping)
    }

    fn bytes(count: u32) -> Vec<u8> {
        (0..count).map(|at| at.to_le_bytes()[at as usize % 3]).collect()
    }

    #[tokio::test]
    async fn small_and_large_pieces_come_in_order_and_are_counted() {
        let (mut client, mut site, pumping) = between().await;
        for size in [1, 54 * 1024, 54 * 1024, 3, 200_000, 200_000, 16 * 1024, 7, 1_000_000] {
            let sent = bytes(size);
            let (mut asked, mut answer) = (vec![0; 5], vec![0; sent.len()]);
            client.write_all(b"again").await.unwrap();
            site.read_exact(&mut asked).await.unwrap();
            let (wrote, read) = tokio::join!(site.write_all(&sent), client.read_exact(&mut answer));
            wrote.unwrap();
            read.unwrap();
            assert!(answer == sent, "{size} bytes");
        }
        client.shutdown().await.unwrap();
        assert_eq!(site.read(&mut [0]).await.unwrap(), 0, "the end is told");
        site.write_all(b"after the end").await.unwrap();
        drop(site);
        let mut rest = String::new();
        client.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "after the end");
        let down = 1 + 2 * 54 * 1024 + 3 + 400_000 + 16 * 1024 + 7 + 1_000_000 + 13;
        assert_eq!(pumping.await.unwrap().unwrap(), (45, down));
    }

    #[tokio::test]
    async fn nothing_is_lost_where_the_other_side_is_slow() {
        let (mut client, mut site, pumping) = between().await;
        let sent = bytes(8_000_000);
        let expected = sent.clone();
        let sending = tokio::spawn(async move {
            site.write_all(&sent).await.unwrap();
            site.shutdown().await.unwrap();
            site
        });
        let (mut came, mut piece) = (Vec::new(), vec![0; 100_000]);
        loop {
            let read = client.read(&mut piece).await.unwrap();
            if read == 0 {
                break;
            }
            came.extend_from_slice(&piece[..read]);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(came == expected, "{} of {} bytes", came.len(), expected.len());
        drop((client, sending.await.unwrap()));
        pumping.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn one_that_goes_with_a_full_pipe_leaves_nothing_to_the_next() {
        let (client, mut site, pumping) = between().await;
        let flood = vec![b'x'; 64 * 1024 * 1024];
        let sent = timeout(Duration::from_millis(300), site.write_all(&flood)).await;
        assert!(sent.is_err(), "it does not pile up here");
        drop(client);
        pumping.await.unwrap().unwrap_err();
        let (mut client, mut site, _pumping) = between().await;
        for _ in 0..2 {
            let sent = bytes(40_000);
            let mut answer = vec![0; sent.len()];
            let (wrote, read) = tokio::join!(site.write_all(&sent), client.read_exact(&mut answer));
            wrote.unwrap();
            read.unwrap();
            assert!(answer == sent);
        }
    }
}
