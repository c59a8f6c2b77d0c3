//! Exports of many records in little memory, read by other people's programs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use axum::{Router, body::Body, http::Request};
use data_collection::DatasetsModule;
use futures::StreamExt as _;
use serde_json::{Value, json};
use shared_kernel::{api::Authenticated, application::Principal};
use tower::ServiceExt as _;

use super::{World, ada, write};

/// Bytes of memory that a million records may take.
const MOST_RESIDENT: u64 = 200 * 1024 * 1024;
const FORMATS: [&str; 4] = ["csv", "jsonl", "xlsx", "parquet"];

fn router(module: &Arc<DatasetsModule>, who: Principal) -> Router {
    let (router, _) = data_collection::routes(Arc::clone(module)).split_for_parts();
    router.layer(axum::Extension(Authenticated(who)))
}

/// Bytes of this process that are in memory now.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Takes the file as it is written; answers its bytes, or how many, and the most memory meanwhile.
async fn take(world: &World, query: &str, mut keep: Option<&mut Vec<u8>>) -> (u64, u64) {
    let uri = format!("/datasets/goods/export?{query}");
    let request = Request::get(&uri).body(Body::empty()).unwrap();
    let response = router(&world.module, ada()).oneshot(request).await.unwrap();
    assert!(response.status().is_success(), "{uri}: {}", response.status());
    let mut body = response.into_body().into_data_stream();
    let (mut bytes, mut most, mut pieces) = (0, 0, 0_u32);
    while let Some(piece) = body.next().await {
        let piece = piece.unwrap();
        bytes += piece.len() as u64;
        pieces += 1;
        if pieces.is_multiple_of(16) {
            most = most.max(resident());
        }
        if let Some(kept) = &mut keep {
            kept.extend_from_slice(&piece);
        }
    }
    (bytes, most.max(resident()))
}

fn record(id: u64) -> Value {
    json!({
        "id": id,
        "title": format!("书名 {id}, \"quoted\""),
        "intro": "人间剑来，第一章。".repeat(4),
        "price": f64::from(u32::try_from(id).unwrap()) / 7.0,
        "open": id.is_multiple_of(2),
        "tags": ["a", "b"],
    })
}

async fn fill(world: &World, count: u64) {
    for from in (0..count).step_by(10_000) {
        let records = (from..(from + 10_000).min(count)).map(record).collect();
        let wanted = write(ada().owner(), records, &from.to_string());
        world.module.write(wanted).await.unwrap();
    }
}

async fn export_all(world: &World, count: u64) {
    fill(world, count).await;
    for format in FORMATS {
        let (bytes, most) = take(world, &format!("format={format}"), None).await;
        let (mebibytes, size) = (most / 1024 / 1024, bytes / 1024 / 1024);
        println!(
            "{}: {count} records as {format}: {size} MiB, {mebibytes} MiB resident",
            world.name()
        );
        assert!(most < MOST_RESIDENT, "{} {format}: {mebibytes} MiB resident", world.name());
    }
}

/// The lines of an export in pieces, and the file that the pieces make.
fn told(mut all: &[u8]) -> (Vec<Value>, Vec<u8>) {
    let (mut heads, mut file) = (Vec::new(), Vec::new());
    while let Some(end) = all.iter().position(|byte| *byte == b'\n') {
        let head: Value = serde_json::from_slice(&all[..end]).unwrap();
        let bytes = usize::try_from(head["bytes"].as_u64().unwrap()).unwrap();
        file.extend_from_slice(&all[end + 1..end + 1 + bytes]);
        all = &all[end + 1 + bytes..];
        heads.push(head);
    }
    assert!(all.is_empty(), "{} bytes are left", all.len());
    (heads, file)
}

#[tokio::test]
async fn an_export_tells_how_far_it_is() {
    for world in World::everywhere().await {
        fill(&world, 12_000).await;
        for format in FORMATS {
            let (mut plain, mut pieces) = (Vec::new(), Vec::new());
            take(&world, &format!("format={format}"), Some(&mut plain)).await;
            take(&world, &format!("format={format}&progress=true"), Some(&mut pieces)).await;
            let (heads, file) = told(&pieces);
            assert_eq!(file.len(), plain.len(), "{} {format}", world.name());
            assert!(heads.iter().all(|head| head["total"] == json!(12_000)), "{format}");
            assert!(heads.is_sorted_by_key(|head| head["records"].as_u64()), "{format}");
            assert_eq!(heads.last().unwrap()["records"], json!(12_000), "{format}");
        }
        for (filter, total, about) in [
            ("{\"id\":{\"lt\":700}}", json!(700), None),
            ("{\"open\":true}", json!(6000), None),
            ("{\"id\":{\"gte\":5}}", Value::Null, Some(11_995)),
        ] {
            let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
            let mut pieces = Vec::new();
            let query = format!("format=csv&progress=true&filter={filter}");
            take(&world, &query, Some(&mut pieces)).await;
            let head = told(&pieces).0.remove(0);
            assert_eq!(head["total"], total, "{}: {filter}", world.name());
            // All of the newest are found, and so all are thought to be.
            let off = about.map(|about: u64| head["about"].as_u64().unwrap().abs_diff(about));
            assert!(off.is_none_or(|off| off <= 5), "{}: {head}", world.name());
        }
    }
}

#[tokio::test]
async fn an_export_that_nobody_counted_says_about_how_many_there_are() {
    for world in World::everywhere().await {
        fill(&world, 24_000).await;
        let mut pieces = Vec::new();
        let query = "format=jsonl&progress=true&filter=%7B%22open%22%3Atrue%7D";
        take(&world, query, Some(&mut pieces)).await;
        let (heads, _) = told(&pieces);
        assert!(heads.iter().all(|head| head["total"].is_null()), "{}", heads[0]);
        let about = heads[0]["about"].as_u64().unwrap();
        assert!(about.abs_diff(12_000) < 120, "{}: about {about}", world.name());
        assert_eq!(heads.last().unwrap()["records"], json!(12_000), "{}", world.name());
    }
}

#[tokio::test]
async fn exports_take_little_memory() {
    for world in World::everywhere().await {
        export_all(&world, 12_000).await;
    }
}

#[tokio::test]
#[ignore = "writes a million records to each database, which takes many minutes"]
async fn a_million_records_are_exported_in_little_memory() {
    for world in World::everywhere().await {
        export_all(&world, 1_000_000).await;
    }
}

/// Python with openpyxl and pyarrow, which `scripts/ensure-test.sh` makes.
fn python() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let python = root.join("target/readers/bin/python");
    assert!(python.exists(), "run scripts/ensure-test.sh: {} is missing", python.display());
    python
}

const READ: &str = r#"
import json, sys
import openpyxl, pyarrow.parquet
from openpyxl.utils.escape import unescape
# Excel reads _xHHHH_ as a character; openpyxl leaves that to its users.
read = lambda value: unescape(value) if isinstance(value, str) else value
book = openpyxl.load_workbook(sys.argv[1], read_only=True)
rows = [[read(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
table = pyarrow.parquet.read_table(sys.argv[2])
types = {field.name: str(field.type) for field in table.schema}
print(json.dumps({"xlsx": rows, "parquet": table.to_pylist(), "types": types, "sheets": len(book.sheetnames)}))
"#;

#[tokio::test]
async fn other_programs_read_what_is_written() {
    let python = python();
    for world in World::everywhere().await {
        let records = json!([
            { "id": 1, "text": "=1+1", "price": 1.5, "ok": true, "big": 9_007_199_254_740_993_u64, "tags": ["a"], "mixed": 1 },
            { "id": 2, "text": "书 <&> \u{1} _x0041_\n\"q\"", "price": 2, "ok": null, "big": 1, "tags": {}, "mixed": "x" },
        ]);
        world.write(records.clone()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |format: &str| folder.path().join(format!("goods.{format}"));
        for format in ["xlsx", "parquet"] {
            let mut file = Vec::new();
            take(&world, &format!("format={format}"), Some(&mut file)).await;
            fs::write(path(format), file).unwrap();
        }
        let read = Command::new(&python)
            .args(["-c", READ])
            .args([path("xlsx"), path("parquet")])
            .output()
            .unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        let read: Value = serde_json::from_slice(&read.stdout).unwrap();
        let expected = json!([
            ["id", "text", "price", "ok", "big", "tags", "mixed"],
            [1, "=1+1", 1.5, true, "9007199254740993", "[\"a\"]", 1],
            [2, "书 <&> \u{1} _x0041_\n\"q\"", 2, null, 1, "{}", "x"],
        ]);
        assert_eq!(read["xlsx"], expected, "{}", world.name());
        assert_eq!(
            read["parquet"][0],
            json!({
                "id": 1, "text": "=1+1", "price": 1.5, "ok": true, "big": 9_007_199_254_740_993_u64, "tags": "[\"a\"]", "mixed": "1",
            }),
            "{}",
            world.name()
        );
        assert_eq!(read["parquet"][1]["ok"], json!(null));
        let types = json!({
            "id": "int64", "text": "string", "price": "double", "ok": "bool", "big": "int64", "tags": "string", "mixed": "string",
        });
        assert_eq!(read["types"], types);
    }
}

/// What another office program makes of a spreadsheet: its cells as lines of CSV.
fn opened_in_libreoffice(file: &Path) -> String {
    let folder = file.parent().unwrap();
    // With a profile of its own: else one that runs already would do the work, or refuse it.
    let done = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()))
        .args(["--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76"])
        .args([Path::new("--outdir"), folder, file])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    fs::read_to_string(file.with_extension("csv")).unwrap()
}

#[tokio::test]
async fn a_spreadsheet_opens_in_libreoffice() {
    for world in World::everywhere().await {
        let records = json!([
            { "id": 1, "text": "=1+1", "price": 1.5, "ok": true },
            { "id": 2, "text": "书 <&>, \"q\"", "price": 2, "ok": null },
        ]);
        world.write(records).await.unwrap();
        let mut file = Vec::new();
        take(&world, "format=xlsx", Some(&mut file)).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("goods.xlsx");
        fs::write(&path, file).unwrap();
        let cells = "id,text,price,ok\n1,=1+1,1.5,TRUE\n2,\"书 <&>, \"\"q\"\"\",2,\n";
        assert_eq!(opened_in_libreoffice(&path), cells, "{}", world.name());
    }
}

#[tokio::test]
async fn files_of_nothing_and_of_chosen_columns_are_files_too() {
    for world in World::everywhere().await {
        world
            .write(json!([{ "id": 1, "a": "=x", "b": 2 }, { "id": 2, "a": "y", "b": 3 }]))
            .await
            .unwrap();
        let text = async |query: &str| {
            let mut kept = Vec::new();
            take(&world, query, Some(&mut kept)).await;
            String::from_utf8_lossy(&kept).into_owned()
        };
        let filter = "filter=%7B%22b%22%3A%7B%22gt%22%3A2%7D%7D";
        let csv = text(&format!("format=csv&bom=false&columns=b,a&{filter}")).await;
        assert_eq!(csv, "b,a\r\n3,y\r\n", "{}", world.name());
        assert_eq!(text("format=csv&columns=a").await, "\u{feff}a\r\n'=x\r\ny\r\n");
        assert_eq!(text("format=jsonl&columns=a").await, "{\"a\":\"=x\"}\n{\"a\":\"y\"}\n");
        world.module.remove(&ada(), "goods", &["1".to_owned(), "2".to_owned()]).await.unwrap();
        for format in FORMATS {
            let (bytes, _) = take(&world, &format!("format={format}"), None).await;
            assert_eq!(bytes > 0, format != "jsonl", "{} {format}", world.name());
        }
    }
}
