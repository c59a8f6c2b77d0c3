//! A file whose reader is told how far it is: no format says so itself while it is written.

use axum::{
    body::Body,
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use serde::Serialize;

use super::encode::{ExportError, Piece};
use crate::application::dataset::HowMany;

const KIND: HeaderValue = HeaderValue::from_static("application/vnd.workflow-platform.pieces");

/// The line before a piece.
#[derive(Serialize)]
struct Head {
    records: u64,
    total: Option<u64>,
    about: Option<u64>,
    bytes: usize,
}

/// Each piece behind its line.
pub fn response(
    pieces: impl Stream<Item = Result<Piece, ExportError>> + Send + 'static,
    total: HowMany,
) -> Response {
    let framed = pieces.map(move |piece| piece.and_then(|piece| framed(&piece, total)));
    let mut response = Body::from_stream(framed).into_response();
    response.headers_mut().insert(CONTENT_TYPE, KIND);
    response
}

fn framed(piece: &Piece, total: HowMany) -> Result<Bytes, ExportError> {
    let (total, about) = match total {
        HowMany::Exactly(total) => (Some(total), None),
        // What is written already is known to be there.
        HowMany::About(about) => (None, Some(about.max(piece.records))),
    };
    let head = Head { records: piece.records, total, about, bytes: piece.bytes.len() };
    let head = serde_json::to_vec(&head).map_err(std::io::Error::from)?;
    let mut all = BytesMut::with_capacity(head.len() + 1 + piece.bytes.len());
    all.put_slice(&head);
    all.put_u8(b'\n');
    all.put_slice(&piece.bytes);
    Ok(all.freeze())
}
