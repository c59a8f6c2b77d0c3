//! Writes mails into a folder, for machines without a mail server.

use std::{
    io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use shared_kernel::{
    application::{Mail, MailError, Mailer},
    domain::Ambient,
};
use tokio::{fs, io::AsyncWriteExt as _};
use tracing::info;

use super::message::message;

/// One `.eml` file a mail, readable by the owner of the process only.
#[derive(Debug, Clone)]
pub struct FolderMailer {
    folder: PathBuf,
    from: String,
    ambient: Ambient,
}

impl FolderMailer {
    /// `from` is what stands as sender, such as `Workflow Platform <noreply@localhost>`.
    pub fn new(folder: PathBuf, from: String, ambient: Ambient) -> Self {
        Self { folder, from, ambient }
    }

    /// Named by time and message id, so that a mail written twice is one file.
    fn path(&self, mail: &Mail) -> PathBuf {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let name: String = mail.message_id.chars().map(safe).collect();
        self.folder.join(format!("{name}.eml"))
    }
}

fn unavailable(error: io::Error) -> MailError {
    MailError::Unavailable(Box::new(error))
}

#[async_trait]
impl Mailer for FolderMailer {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let text = message(&mail, &self.from, self.ambient.now())?.formatted();
        let path = self.path(&mail);
        write(&self.folder, &path, &text).await.map_err(unavailable)?;
        let shown = path.display();
        // Not its subject, which may begin with a code.
        info!(mail.to = mail.to, mail.file = %shown,
            "no mail server is configured: a mail to {} was written to {shown}", mail.to);
        Ok(())
    }
}

/// Whoever looks into the folder sees whole mails only.
async fn write(folder: &Path, path: &Path, text: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder).await?;
    let half = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    let mut file = options.create(true).write(true).truncate(true).mode(0o600).open(&half).await?;
    file.write_all(text).await?;
    file.sync_all().await?;
    fs::rename(&half, path).await
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_mail_is_one_private_file_however_often_it_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let (ambient, _) = testkit::ambient();
        let mailer = FolderMailer::new(
            folder.path().join("mail"),
            "workflow-platform@localhost".to_owned(),
            ambient,
        );
        let mail = Mail {
            to: "ann@example.com".to_owned(),
            subject: "你好".to_owned(),
            text: "plain".to_owned(),
            html: "<p>rich</p>".to_owned(),
            message_id: "../code-1".to_owned(),
        };
        mailer.send(mail.clone()).await.unwrap();
        mailer.send(mail).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(folder.path().join("mail")).unwrap().collect();
        assert_eq!(files.len(), 1);
        let path = files[0].as_ref().unwrap().path();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("To: ann@example.com") && text.contains("plain"), "{text}");
    }
}
