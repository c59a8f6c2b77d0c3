//! A real S3 server on loopback that keeps its objects in a folder and checks signatures.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

/// A running server with one bucket. It ends with the value.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
    folder: TempDir,
    task: JoinHandle<()>,
}

impl S3Server {
    pub const BUCKET: &str = "blobs";
    pub const ACCESS_KEY: &str = "tester";
    pub const SECRET_KEY: &str = "tested-and-not-very-secret";

    /// Listens on a free port.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join(Self::BUCKET)).expect("a bucket");
        let files = FileSystem::new(folder.path()).expect("a file system");
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(Self::ACCESS_KEY, Self::SECRET_KEY));
        let service = service.build();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            while let Ok((socket, _)) = listener.accept().await {
                let io = TokioIo::new(socket);
                let connection = server.serve_connection(io, service.clone()).into_owned();
                tokio::spawn(async move {
                    // A caller that hangs up is no concern of the server.
                    let _ = connection.await;
                });
            }
        });
        Self { address, folder, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the objects of the bucket are as files.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join(Self::BUCKET)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
