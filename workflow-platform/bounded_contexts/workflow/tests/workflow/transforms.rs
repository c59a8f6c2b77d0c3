//! Steps that change lists.

use serde_json::json;
use workflow::domain::execution::Status;

use crate::support::{quick, worlds};

const SOURCE: &str = r#"
name: transforms
priority: 7
params: {properties: {books: {type: array, default: [
  {t: b, p: 5, a: [1, 2]}, {t: a, p: 9, a: [3]}, {t: b, p: 1, a: []}]}}}
steps:
  - {id: cheap, uses: transform.filter, with: {items: "${{ params.books }}", where: "item.p < 9"}}
  - {id: sorted, uses: transform.sort, with: {items: "${{ params.books }}", by: item.p, descending: true}}
  - {id: named, uses: transform.map, with: {items: "${{ steps.sorted.output.items }}", fields: {n: "string(index) + item.t"}}}
  - {id: grouped, uses: transform.group, with: {items: "${{ params.books }}", by: item.t}}
  - id: joined
    uses: transform.join
    with: {left: "${{ params.books }}", right: [{t: a, x: 1}], left_key: item.t, right_key: item.t}
  - {id: flat, uses: transform.flatten, with: {items: "${{ params.books.map(b, b.a) }}"}}
  - {id: text, uses: transform.template, with: {template: "{% for b in books %}{{ b.t }}{% endfor %}", data: {books: "${{ params.books }}"}}}
outputs:
  cheap: "${{ steps.cheap.output.count }}"
  named: "${{ steps.named.output.items.map(i, i.n) }}"
  groups: "${{ steps.grouped.output.items.map(i, i.count) }}"
  joined: "${{ steps.joined.output.items }}"
  flat: "${{ steps.flat.output.items }}"
  text: "${{ steps.text.output.text }}"
"#;

#[tokio::test]
async fn lists_are_changed_without_a_program() {
    for world in worlds().await {
        let worker = world.worker(quick());
        let id = world.run(SOURCE).await;
        let done = world.until(id, Status::Succeeded).await;
        assert_eq!(
            done.view.outputs,
            json!({
                "cheap": 2,
                "named": ["0a", "1b", "2b"],
                "groups": [2, 1],
                "joined": [{ "t": "a", "x": 1, "p": 9, "a": [3] }],
                "flat": [1, 2, 3],
                "text": "bab",
            })
        );
        assert_eq!(done.row.priority, 7, "the definition's own");
        worker.stop().await;
    }
}
