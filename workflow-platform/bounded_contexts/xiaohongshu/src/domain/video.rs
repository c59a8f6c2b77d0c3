//! Pictures and video streams of a note.

use serde_json::Value;

use super::{
    record::{Image, Video},
    state::{at, items, text, text_of_any, whole},
};

/// Most widely playable first.
const CODECS: [&str; 4] = ["h264", "h265", "h266", "av1"];

pub(super) fn images(note: &Value) -> Vec<Image> {
    let listed = ["imageList", "imagesList"];
    let key = listed.into_iter().find(|key| items(note, &[key]).next().is_some());
    items(note, &[key.unwrap_or("imageList")])
        .map(image)
        .filter(|image| image.id.is_some() || image.url.is_some())
        .collect()
}

pub(super) fn image(value: &Value) -> Image {
    let listed = || {
        let scenes: Vec<&Value> = items(value, &["infoList"]).collect();
        let default =
            scenes.iter().find(|info| text(info, &["imageScene"]).as_deref() == Some("WB_DFT"));
        text(default.or(scenes.first())?, &["url"])
    };
    let url = text_of_any(value, &["urlDefault"])
        .or_else(listed)
        .or_else(|| text_of_any(value, &["url", "urlSizeLarge", "urlPre"]));
    Image {
        id: text_of_any(value, &["fileId"]).or_else(|| image_id(url.as_deref()?)),
        url,
        width: whole(value, &["width"]),
        height: whole(value, &["height"]),
    }
}

/// The last part of the address, before the `!` of its size.
pub(super) fn image_id(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let last = path.rsplit('/').next()?.split('!').next()?;
    (!last.is_empty() && last != path).then(|| last.to_owned())
}

pub(super) fn video(note: &Value) -> Option<Video> {
    let streams = at(note, &["video", "media", "stream"])?.as_object()?;
    let others = streams.keys().map(String::as_str).filter(|codec| !CODECS.contains(codec));
    let (codec, stream) = CODECS.into_iter().chain(others).find_map(|codec| {
        let first = items(streams.get(codec)?, &[]).next()?;
        Some((codec, first))
    })?;
    Some(Video {
        url: text(stream, &["masterUrl"]),
        codec: Some(codec.to_owned()),
        width: whole(stream, &["width"]),
        height: whole(stream, &["height"]),
        size_bytes: whole(stream, &["size"]),
        duration_ms: whole(stream, &["duration"]),
    })
}
