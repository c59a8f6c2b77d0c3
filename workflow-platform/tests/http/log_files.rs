//! What a server writes into its log files.

use serde_json::{Value, json};

use crate::support::{Binary, Person, eventually};

/// All lines of all log files of a folder.
fn lines(binary: &Binary) -> Vec<String> {
    let Ok(folder) = std::fs::read_dir(binary.file("logs")) else { return Vec::new() };
    let files = folder.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    files.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn every_line_of_the_files_is_json_with_the_ids_of_its_work_and_without_secrets() {
    let settings = [
        ("LOG_FILE", "logs/platform.log"),
        ("LOG_ROTATION", "minutely"),
        ("LOG_FILES_KEPT", "3"),
        ("LOG_FORMAT", "plain"),
        ("OUTBOUND_ALLOW", "127.0.0.1"),
    ];
    let binary = Binary::start(&settings).await;
    let site = binary.site();
    let person = Person::register(&site, "chronicler").await;
    let proxies = ["http://ada:a-proxys-password@127.0.0.1:9".to_owned()];
    person.pool("mine", &proxies).await;
    person.put("/workflow/secrets/KEY", &json!({ "value": "a-secret-of-a-workflow" })).await.data();
    let source = "name: said\nsteps:\n  - {id: a, uses: http.request, with: {url: 'http://127.0.0.1:9/', \
                  headers: {authorization: 'Bearer ${{ secrets.KEY }}'}, proxy_pool: mine}}\n";
    let ended = person.run(source, json!({})).await;
    let id = ended["id"].as_str().unwrap();
    let me = person.get("/users/me").await.data();
    let user = me["id"].as_str().or(me["user"]["id"].as_str()).unwrap().to_owned();

    let said = eventually("the end in the log", async || {
        let said = lines(&binary);
        let end = format!("execution {id} ");
        said.iter().any(|line| line.contains(&end)).then_some(said)
    })
    .await;
    let said: Vec<Value> = said
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    for line in &said {
        for field in ["timestamp", "level", "message", "target"] {
            assert!(line[field].is_string(), "{line} has no {field}");
        }
    }
    let answered = said.iter().find(|line| {
        line["http.path"] == "/api/v1/workflow/executions"
            && line["message"].as_str().unwrap().starts_with("answered")
    });
    let answered = answered.unwrap();
    assert!(answered["request_id"].as_str().unwrap().starts_with("req_"), "{answered}");
    assert_eq!(answered["user_id"], user, "{answered}");
    assert_eq!(answered["trace_id"].as_str().unwrap().len(), 32, "{answered}");
    let worked: Vec<_> = said.iter().filter(|line| line["execution_id"] == id).collect();
    assert!(!worked.is_empty());
    for line in worked {
        assert_eq!(line["user_id"], user, "{line}");
        assert_eq!(line["trace_id"], answered["trace_id"], "{line}");
    }
    let all = said.iter().map(Value::to_string).collect::<String>();
    for secret in ["a-proxys-password", "a-secret-of-a-workflow", &person.access, &person.refresh] {
        assert!(!all.contains(secret), "{secret} stands in the log");
    }
}

#[tokio::test]
async fn a_log_file_that_cannot_be_written_keeps_the_server_from_starting() {
    let binary = Binary::start(&[]).await;
    std::fs::write(binary.file("in-the-way"), "").unwrap();
    let mut command = binary.beside(&["serve"]);
    let ended = command.env("LOG_FILE", "in-the-way/platform.log").output().await.unwrap();
    assert!(!ended.status.success());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("LOG_FILE"), "{said}");
}
