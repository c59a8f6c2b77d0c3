//! Requests of one client over HTTP, one after the other.

use bytes::BytesMut;

use super::{Port, client::Client, forward, meters::Meters, tunnel};
use crate::{
    application::gateway::{Visitor, Way},
    domain::gateway::{Asked, Framing, Login, Refusal, RequestHead, Target},
};

const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Again,
    /// The answer is there, and nothing can follow it.
    Close,
    /// It broke, or became a tunnel that has ended.
    Gone,
}

/// Room that the requests of a connection share.
#[derive(Default)]
pub(super) struct Buffers {
    /// Heads on their way out.
    pub out: Vec<u8>,
    /// What a proxy sent.
    pub answer: BytesMut,
}

/// The value of `Proxy-Authorization` that was read last, so that it is not decoded each time.
type Known = Option<(Vec<u8>, Login)>;

pub(super) async fn serve(mut client: Client, port: &Port) {
    let (mut buffers, mut known) = (Buffers::default(), None);
    loop {
        let bytes = match client.head(port, port.gateway.settings.between).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return,
            Err(refusal) => {
                refuse(&mut client, port, &refusal, &mut buffers, None).await;
                return client.farewell().await;
            }
        };
        let next = match RequestHead::parse(&bytes) {
            Ok(head) => one(&mut client, port, &head, &mut buffers, &mut known).await,
            Err(bad) => refuse(&mut client, port, &bad.into(), &mut buffers, None).await,
        };
        match next {
            Next::Again if !port.stop.is_cancelled() => {}
            Next::Again | Next::Close => return client.farewell().await,
            Next::Gone => return,
        }
    }
}

async fn one(
    client: &mut Client,
    port: &Port,
    head: &RequestHead<'_>,
    buffers: &mut Buffers,
    known: &mut Known,
) -> Next {
    match carry_out(client, port, head, buffers, known).await {
        Ok(next) => next,
        Err(refusal) => refuse(client, port, &refusal, buffers, Some(head)).await,
    }
}

async fn carry_out(
    client: &mut Client,
    port: &Port,
    head: &RequestHead<'_>,
    buffers: &mut Buffers,
    known: &mut Known,
) -> Result<Next, Refusal> {
    let login = login_of(head, known)?;
    let visitor = client.sign_in(port, login).await?;
    match &head.asked {
        Asked::Tunnel(target) => open(client, port, &visitor, login, target).await,
        Asked::Forward { target, .. } => {
            port.gateway.judge(target).await?;
            forward::forward(client, port, &visitor, head, target, buffers).await
        }
    }
}

fn login_of<'k>(head: &RequestHead<'_>, known: &'k mut Known) -> Result<&'k Login, Refusal> {
    let value = head.authorization.ok_or(Refusal::NoCredentials)?;
    if known.as_ref().is_none_or(|(seen, _)| seen != value) {
        let login = Login::basic(value).ok_or(Refusal::WrongCredentials)?;
        *known = Some((value.to_vec(), login));
    }
    known.as_ref().map(|(_, login)| login).ok_or(Refusal::NoCredentials)
}

async fn open(
    client: &mut Client,
    port: &Port,
    visitor: &Visitor,
    login: &Login,
    target: &Target,
) -> Result<Next, Refusal> {
    port.gateway.judge(target).await?;
    let carried = port.gateway.route(visitor, target).next(Way::Tunnel).await?;
    tunnel::run(client, port, carried, login, ESTABLISHED).await;
    Ok(Next::Gone)
}

/// Tells why not. The connection goes on unless it is not known where the next request begins.
async fn refuse(
    client: &mut Client,
    port: &Port,
    refusal: &Refusal,
    buffers: &mut Buffers,
    head: Option<&RequestHead<'_>>,
) -> Next {
    Meters::refused(refusal.code());
    let goes_on = head.is_some_and(|head| head.keep_alive && head.framing == Framing::None);
    let to_head = head.is_some_and(|head| head.method == "HEAD");
    buffers.out.clear();
    refusal.write(&mut buffers.out, !goes_on, to_head);
    match client.say(port, &buffers.out).await {
        Ok(()) if goes_on => Next::Again,
        Ok(()) => Next::Close,
        Err(_) => Next::Gone,
    }
}
