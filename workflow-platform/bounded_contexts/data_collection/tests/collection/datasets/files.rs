//! Files taken in and given out.

use std::convert::Infallible;

use bytes::Bytes;
use data_collection::application::dataset::{
    CellTypes, DatasetEdit, DatasetsError, FileFormat, Import, ImportReport, Mode,
};
use futures::{StreamExt as _, stream};
use serde_json::json;
use shared_kernel::domain::Fault as _;

use super::{World, ada, filter, ids};

fn import(format: FileFormat, atomic: bool) -> Import {
    let (types, mode, key) = (CellTypes::Auto, Mode::Upsert, Some(vec!["id".to_owned()]));
    Import { format, types, mode, key, atomic }
}

/// In pieces that end anywhere.
async fn take(world: &World, wanted: Import, text: &str) -> Result<ImportReport, DatasetsError> {
    let pieces: Vec<_> = text.as_bytes().chunks(7).map(Bytes::copy_from_slice).collect();
    let body = stream::iter(pieces)
        .map(Ok::<_, Infallible>)
        .map(|piece| piece.map_err(|never| match never {}));
    world.module.import(&ada(), "goods", wanted, body).await
}

#[tokio::test]
async fn bad_lines_are_told_and_the_good_ones_written() {
    for world in World::everywhere().await {
        let lines = "{\"id\":1}\nnonsense\n{\"name\":\"no key\"}\n{\"id\":2,\"name\":\"书\"}\n";
        let report = take(&world, import(FileFormat::Jsonl, false), lines).await.unwrap();
        assert_eq!((report.records, report.added, report.bad), (2, 2, 2), "{}", world.name());
        let told: Vec<_> =
            report.bad_lines.iter().map(|bad| (bad.line, bad.message.as_str())).collect();
        assert_eq!(told, [(2, "is not JSON at column 2"), (3, "id the key is missing")]);
        let csv = "\u{feff}id,name\r\n2,\"书, again\"\r\n3,'=1+1\r\n4\r\n";
        let report = take(&world, import(FileFormat::Csv, false), csv).await.unwrap();
        assert_eq!((report.added, report.changed, report.bad), (1, 1, 1), "{}", world.name());
        let found = world.find(filter(json!({ "id": 3 }))).await;
        assert_eq!(found[0]["name"], "=1+1");
    }
}

#[tokio::test]
async fn all_or_nothing_is_nothing_when_a_line_is_bad() {
    for world in World::everywhere().await {
        let lines = "{\"id\":1}\n{\"id\":[]}\n";
        let error = take(&world, import(FileFormat::Jsonl, true), lines).await.unwrap_err();
        assert!(error.details()["line 2"].is_array(), "{}: {error}", world.name());
        assert!(world.module.show(&ada(), "goods").await.is_err(), "there is no dataset");
        let many: String = (0..2500).map(|id| format!("{{\"id\":{id}}}\n")).collect();
        let report = take(&world, import(FileFormat::Jsonl, true), &many).await.unwrap();
        assert_eq!((report.added, report.version), (2500, 1), "{}", world.name());
        let report =
            take(&world, import(FileFormat::Jsonl, false), &many.replace('}', ",\"v\":1}")).await;
        assert_eq!(report.unwrap().version, 4, "{}: a thousand at a time", world.name());
    }
}

#[tokio::test]
async fn a_contract_judges_all_of_a_file() {
    for world in World::everywhere().await {
        let contract = serde_json::from_value(json!({ "least_records": 1500 })).unwrap();
        let edit = DatasetEdit { contract: Some(contract), ..DatasetEdit::default() };
        world.module.create(&ada(), "goods", edit).await.unwrap();
        let many: String = (0..1600).map(|id| format!("{{\"id\":{id}}}\n")).collect();
        let report = take(&world, import(FileFormat::Jsonl, false), &many).await.unwrap();
        assert_eq!((report.added, report.held.len()), (1600, 0), "{}", world.name());
        let report = take(&world, import(FileFormat::Jsonl, false), "{\"id\":1}\n").await.unwrap();
        assert_eq!((report.added, report.held.len()), (0, 1), "{}", world.name());
    }
}

#[tokio::test]
async fn a_file_without_a_key_or_too_large_is_refused() {
    for world in World::everywhere().await {
        let keyless = Import { key: None, ..import(FileFormat::Jsonl, false) };
        let error = take(&world, keyless, "{\"id\":1}\n").await.unwrap_err();
        assert!(error.details()["key"].is_array(), "{}", world.name());
        let endless = stream::repeat(Bytes::from(vec![b' '; 1 << 20])).map(Ok::<_, std::io::Error>);
        let wanted = import(FileFormat::Csv, false);
        let error = world.module.import(&ada(), "goods", wanted, endless).await.unwrap_err();
        assert_eq!(error.code(), "PAYLOAD_TOO_LARGE", "{}", world.name());
        let report = take(&world, import(FileFormat::Csv, false), "id\n1\n").await.unwrap();
        assert_eq!(ids(&world.find(filter(json!({}))).await), [1], "{report:?}");
    }
}
