//! Bytes in both directions, until one end has enough.

use std::{
    io,
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll},
    time::Duration,
};

use shared_kernel::application::FetchOutcome;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    time::sleep,
};
use tracing::debug;

#[cfg(target_os = "linux")]
use super::splice;
use super::{Port, client::Client, pump::pump, within::within};
use crate::{
    application::gateway::{Carried, Duplex, Line},
    domain::gateway::Login,
};

/// Says `consent` to the client and keeps the tunnel open. What the site says through it is
/// nothing that could be held against the proxy.
pub(super) async fn run(
    client: &mut Client,
    port: &Port,
    carried: Carried,
    login: &Login,
    consent: &[u8],
) {
    let Carried { mut line, held, elapsed, .. } = carried;
    let (up, down) = (AtomicU64::new(0), AtomicU64::new(0));
    if begin(client, port, &mut line, consent, &up, &down).await.is_ok() {
        port.meters.tunnels.increment(1);
        tokio::select! {
            _ = carry(&mut client.stream, &mut *line.stream, &up, &down) => {}
            reason = watch(port, login, &up, &down) => debug!(reason, "tunnel is closed"),
        }
    }
    let (up, down) = (up.into_inner(), down.into_inner());
    port.meters.up.increment(up);
    port.meters.down.increment(down);
    held.give_back(FetchOutcome::Ok, elapsed, up + down).await;
}

/// Within the kernel where it can be, which is where nothing is encrypted.
async fn carry(
    near: &mut TcpStream,
    far: &mut (dyn Duplex + 'static),
    up: &AtomicU64,
    down: &AtomicU64,
) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(far) = (far as &mut dyn std::any::Any).downcast_mut::<TcpStream>() {
        return splice::pump(near, far, up, down).await;
    }
    let mut near = Counted { stream: near, read: up };
    let mut far = Counted { stream: far, read: down };
    pump(&mut near, &mut far).await
}

/// What either end said before the tunnel stood belongs into it.
async fn begin(
    client: &mut Client,
    port: &Port,
    line: &mut Line,
    consent: &[u8],
    up: &AtomicU64,
    down: &AtomicU64,
) -> io::Result<()> {
    let early = std::mem::take(&mut line.early);
    if early.is_empty() {
        client.say(port, consent).await?;
    } else {
        client.say(port, &[consent, &early].concat()).await?;
        down.fetch_add(early.len() as u64, Ordering::Relaxed);
    }
    let waiting = client.input.split();
    if !waiting.is_empty() {
        within(port.gateway.settings.idle, async {
            line.stream.write_all(&waiting).await?;
            line.stream.flush().await
        })
        .await?;
        up.fetch_add(waiting.len() as u64, Ordering::Relaxed);
    }
    Ok(())
}

/// Ends when the tunnel has to.
async fn watch(port: &Port, login: &Login, up: &AtomicU64, down: &AtomicU64) -> &'static str {
    let settings = &port.gateway.settings;
    let tick = settings.check_every.min(settings.idle / 4).max(Duration::from_millis(10));
    let (mut last, mut still, mut age) = (0, Duration::ZERO, Duration::ZERO);
    loop {
        sleep(tick).await;
        age += tick;
        let total = up.load(Ordering::Relaxed) + down.load(Ordering::Relaxed);
        still = if total == last { still + tick } else { Duration::ZERO };
        last = total;
        if still >= settings.idle {
            return "nothing was said for too long";
        }
        if age >= settings.tunnel {
            return "it was open for too long";
        }
        if !port.gateway.is_still_welcome(login).await {
            return "its key is not good any more";
        }
    }
}

/// Counts what is read of a stream.
struct Counted<'a, S: ?Sized> {
    stream: &'a mut S,
    read: &'a AtomicU64,
}

impl<S: AsyncRead + Unpin + ?Sized> AsyncRead for Counted<'_, S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut *this.stream).poll_read(context, buffer);
        this.read.fetch_add((buffer.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}

impl<S: AsyncWrite + Unpin + ?Sized> AsyncWrite for Counted<'_, S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.get_mut().stream).poll_shutdown(context)
    }
}
