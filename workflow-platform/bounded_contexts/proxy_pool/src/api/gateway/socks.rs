//! One tunnel of one client over SOCKS5.

use tokio::time::timeout;

use super::{Port, client::Client, meters::Meters, tunnel};
use crate::{
    application::gateway::{Carried, Visitor, Way},
    domain::gateway::{
        Login, Refusal, Target,
        socks5::{self, BadRequest, Reply},
    },
};

/// Why there is no tunnel.
enum End {
    /// Told in the protocol.
    Refused(Refusal),
    /// The client left, was too slow, or speaks something else.
    Left,
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

pub(super) async fn serve(mut client: Client, port: &Port) {
    match open(&mut client, port).await {
        Ok((carried, login)) => {
            let consent = socks5::replied(Reply::Succeeded);
            tunnel::run(&mut client, port, carried, &login, &consent).await;
        }
        Err(End::Refused(refusal)) => {
            Meters::refused(refusal.code());
            if client.say(port, &socks5::replied(refusal.reply())).await.is_ok() {
                client.farewell().await;
            }
        }
        Err(End::Left) => client.farewell().await,
    }
}

async fn open(client: &mut Client, port: &Port) -> Result<(Carried, Login), End> {
    let limit = port.gateway.settings.handshake;
    let asked = timeout(limit, async {
        let (visitor, login) = sign_in(client, port).await?;
        Ok::<_, End>((visitor, login, target(client).await?))
    });
    let (visitor, login, target) = asked.await.map_err(|_| End::Left)??;
    port.gateway.judge(&target).await?;
    let carried = port.gateway.route(&visitor, &target).next(Way::Tunnel).await?;
    Ok((carried, login))
}

/// Method and password. A failure is told in the sign-in's own way, which knows no reasons.
async fn sign_in(client: &mut Client, port: &Port) -> Result<(Visitor, Login), End> {
    let offered = client.message(socks5::greeting).await.and_then(Result::ok).ok_or(End::Left)?;
    client.say(port, &socks5::chosen(offered)).await.map_err(|_| End::Left)?;
    if !offered {
        return Err(left(&Refusal::NoCredentials));
    }
    let login = client.message(socks5::login).await.and_then(Result::ok).ok_or(End::Left)?;
    match client.sign_in(port, &login).await {
        Ok(visitor) => {
            client.say(port, &socks5::signed_in(true)).await.map_err(|_| End::Left)?;
            Ok((visitor, login))
        }
        Err(refusal) => {
            let _ = client.say(port, &socks5::signed_in(false)).await;
            Err(left(&refusal))
        }
    }
}

fn left(refusal: &Refusal) -> End {
    Meters::refused(refusal.code());
    End::Left
}

async fn target(client: &mut Client) -> Result<Target, End> {
    match client.message(socks5::request).await.ok_or(End::Left)? {
        Ok(target) => Ok(target),
        Err(BadRequest::Command) => Err(Refusal::Command.into()),
        Err(BadRequest::AddressType) => Err(Refusal::AddressType.into()),
        Err(BadRequest::Target) => Err(Refusal::from(crate::domain::gateway::BadTarget).into()),
        Err(BadRequest::Message) => Err(Refusal::Malformed("this is no SOCKS5").into()),
    }
}
