//! One plain HTTP request through a pool.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::BytesMut;
use shared_kernel::application::FetchOutcome;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::Instant,
};

use super::{
    Port,
    answer::{Fault, Passed, Passing},
    client::Client,
    http::{Buffers, Next},
    within::within,
};
use crate::{
    application::gateway::{Carried, Duplex, Visitor, Way},
    domain::gateway::{Body, Framing, Refusal, RequestHead, Target},
};

/// Room for one read of a request's body.
const ROOM: usize = 64 * 1024;

/// Sends the request through one proxy after the other until one answers. Requests that must not
/// be done twice are sent once, over a connection of their own.
pub(super) async fn forward(
    client: &mut Client,
    port: &Port,
    visitor: &Visitor,
    head: &RequestHead<'_>,
    target: &Target,
    buffers: &mut Buffers,
) -> Result<Next, Refusal> {
    let mut route = port.gateway.route(visitor, target);
    let repeatable = head.is_repeatable();
    let mut reuse = repeatable;
    loop {
        let mut carried = route.next(Way::Request { reuse }).await?;
        let begun = Instant::now();
        let fault = match exchange(client, port, &mut carried, head, buffers).await {
            Ok(passed) => {
                let next = if passed.close { Next::Close } else { Next::Again };
                done(port, carried, &passed, begun.elapsed()).await;
                return Ok(next);
            }
            Err(fault) => fault,
        };
        match fault {
            Fault::Nothing | Fault::Credentials if repeatable => {
                reuse = false;
                route.broke(carried).await;
            }
            Fault::Nothing | Fault::Credentials => {
                carried.held.failed().await;
                return Err(Refusal::Upstream);
            }
            Fault::Silence => {
                carried.held.failed().await;
                return Err(Refusal::TimedOut);
            }
            Fault::Cut => {
                carried.held.failed().await;
                return Ok(Next::Gone);
            }
            Fault::Client => {
                carried.held.unused().await;
                return Ok(Next::Gone);
            }
            Fault::BadBody => {
                carried.held.unused().await;
                return Err(Refusal::Malformed("the chunked body is malformed"));
            }
        }
    }
}

async fn done(port: &Port, carried: Carried, passed: &Passed, elapsed: Duration) {
    port.meters.requests.increment(1);
    port.meters.down.increment(passed.bytes);
    let outcome = match passed.status {
        429 | 503 => FetchOutcome::Throttled,
        // the proxy speaks for the site: who is to blame cannot be told
        502 | 504 if carried.is_absolute() => FetchOutcome::Gone,
        _ => FetchOutcome::Ok,
    };
    if passed.reusable {
        port.gateway.keep(carried, outcome, elapsed, passed.bytes).await;
    } else {
        carried.held.give_back(outcome, elapsed, passed.bytes).await;
    }
}

async fn exchange(
    client: &mut Client,
    port: &Port,
    carried: &mut Carried,
    head: &RequestHead<'_>,
    buffers: &mut Buffers,
) -> Result<Passed, Fault> {
    let settings = &port.gateway.settings;
    let Buffers { out, answer } = buffers;
    out.clear();
    head.write(out, carried.form());
    answer.clear();
    answer.extend_from_slice(&std::mem::take(&mut carried.line.early));
    let passing = Passing {
        settings,
        request: head,
        close: !head.keep_alive || port.stop.is_cancelled(),
        absolute: carried.is_absolute(),
        sent: AtomicBool::new(head.framing == Framing::None),
    };
    let upstream = &mut *carried.line.stream;
    let sent = within(settings.idle, async {
        upstream.write_all(out).await?;
        upstream.flush().await
    });
    sent.await.map_err(|_| Fault::Nothing)?;
    if head.framing == Framing::None {
        return passing.pass(upstream, answer, &mut client.stream, out).await;
    }
    with_body(client, port, upstream, head.framing, &passing, answer, out).await
}

/// Body and answer go at the same time: the site may answer before it has read everything, and
/// those who expect its consent wait for it.
async fn with_body(
    client: &mut Client,
    port: &Port,
    upstream: &mut dyn Duplex,
    framing: Framing,
    passing: &Passing<'_>,
    answer: &mut BytesMut,
    out: &mut Vec<u8>,
) -> Result<Passed, Fault> {
    let (mut from_client, mut to_client) = client.stream.split();
    let (mut from_site, mut to_site) = tokio::io::split(upstream);
    let sending = send(&mut from_client, &mut client.input, &mut to_site, framing, port);
    let answering = passing.pass(&mut from_site, answer, &mut to_client, out);
    tokio::pin!(sending, answering);
    tokio::select! {
        passed = &mut answering => passed,
        sent = &mut sending => match sent {
            Ok(()) => {
                passing.sent.store(true, Ordering::Relaxed);
                answering.await
            }
            // the site does not want the rest: what it says about that counts
            Err(Fault::Nothing) => answering.await,
            Err(fault) => Err(fault),
        },
    }
}

/// Passes the body on, without what is behind it.
async fn send(
    from: &mut (impl AsyncRead + Unpin),
    input: &mut BytesMut,
    to: &mut (impl AsyncWrite + Unpin),
    framing: Framing,
    port: &Port,
) -> Result<(), Fault> {
    let idle = port.gateway.settings.idle;
    let mut body = Body::from(framing);
    loop {
        let taken = body.take(input).map_err(|_| Fault::BadBody)?;
        let piece = input.split_to(taken);
        port.meters.up.increment(taken as u64);
        let written = within(idle, async {
            to.write_all(&piece).await?;
            to.flush().await
        });
        written.await.map_err(|_| Fault::Nothing)?;
        drop(piece);
        if body.is_done() {
            return Ok(());
        }
        input.reserve(ROOM);
        let read: io::Result<usize> = within(idle, from.read_buf(input)).await;
        if !matches!(read, Ok(1..)) {
            return Err(Fault::Client);
        }
    }
}
