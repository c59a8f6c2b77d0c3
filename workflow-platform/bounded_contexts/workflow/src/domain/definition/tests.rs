use proptest::prelude::*;
use serde_json::json;
use shared_kernel::application::ActionDescriptor;

use super::{Catalog, Definition, LARGEST, Problem, parse_source, parse_stored, parse_value};

fn catalog() -> Catalog {
    let action = |name: &str, input_schema| ActionDescriptor {
        name: name.to_owned(),
        title: name.to_owned(),
        description: String::new(),
        input_schema,
        output_schema: json!({}),
    };
    Catalog::new(vec![
        action("any.thing", json!({ "type": "object" })),
        action("wait.for", json!({ "type": "object" })),
        action(
            "http.request",
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["url"],
                "properties": {
                    "url": { "type": "string" },
                    "count": { "type": "integer" },
                    "body": { "oneOf": [{ "type": "string" }, { "type": "object" }] },
                },
            }),
        ),
    ])
}

fn parsed(source: &str) -> Definition {
    parse_source(source, &catalog()).unwrap()
}

fn problems(source: &str) -> Vec<Problem> {
    parse_source(source, &catalog()).unwrap_err()
}

/// Codes with their lines.
fn codes(source: &str) -> Vec<(&'static str, u32)> {
    problems(source)
        .iter()
        .map(|problem| (problem.code, problem.place.map_or(0, |place| place.line)))
        .collect()
}

const FULL: &str = r#"
name: full
description: everything
params: {properties: {pages: {type: integer, default: 2}}}
triggers:
  - {cron: "0 8 * * *", timezone: Asia/Shanghai, misfire: all, overlap: skip}
concurrency: {key: "${{ params.pages }}", limit: 2}
timeout: 30m
steps:
  - id: a
    uses: any.thing
  - id: b
    uses: any.thing
    for_each: "${{ steps.a.output.list }}"
    max_parallel: 8
    with: {x: "${{ item.id }}", n: [1, "${{ index }}"]}
    retry: {max_attempts: 4, backoff: linear, initial: 2s, max: 1m, jitter: false}
    on_error: continue
  - id: c
    uses: any.thing
    needs: []
    if: size(params) > 0
on_failure:
  - {id: tell, uses: any.thing, with: {of: "${{ steps.b.status }}"}}
finally:
  - {id: clean, uses: any.thing}
outputs: {total: "${{ steps.a.output.total }}"}
"#;

#[test]
fn a_full_definition_is_read() {
    let definition = parsed(FULL);
    let needs: Vec<_> = definition.steps.iter().map(|step| step.needs.len()).collect();
    assert_eq!(needs, [0, 1, 0]);
    assert_eq!(definition.steps[1].retry.max_attempts, 4);
    assert_eq!(definition.timeout.unwrap().as_secs(), 1800);
    assert_eq!((definition.on_failure.len(), definition.finally.len()), (1, 1));
}

#[test]
fn text_and_values_are_the_same_model() {
    let definition = parsed(FULL);
    let again = parse_value(&definition.model, &catalog()).unwrap();
    assert_eq!(again.model, definition.model);
    assert_eq!(format!("{:?}", again.steps), format!("{:?}", definition.steps));
    let json = serde_json::to_string_pretty(&definition.model).unwrap();
    assert_eq!(parsed(&json).model, definition.model);
    assert_eq!(parse_stored(&definition.model).unwrap().name, "full");
}

#[rstest::rstest]
#[case::unclosed("name: [x\n", "SYNTAX_ERROR")]
#[case::empty("", "DOCUMENT_EMPTY")]
#[case::two("name: a\n---\nname: b\n", "SEVERAL_DOCUMENTS")]
#[case::not_a_map("- a\n", "WRONG_TYPE")]
#[case::no_name("steps: []\n", "MISSING_KEY")]
#[case::no_steps("name: a\n", "MISSING_KEY")]
#[case::blank_name("name: ' '\nsteps: []\n", "BAD_NAME")]
#[case::twice("name: a\nname: b\nsteps: []\n", "DUPLICATE_KEY")]
#[case::unknown_key("name: a\nsteps: []\ncolour: red\n", "UNKNOWN_KEY")]
#[case::timeout("name: a\ntimeout: soon\nsteps: []\n", "BAD_DURATION")]
#[case::cron("name: a\ntriggers: [{cron: '99 * * * *'}]\nsteps: []\n", "BAD_CRON")]
#[case::zone(
    "name: a\ntriggers: [{cron: '* * * * *', timezone: Mars}]\nsteps: []\n",
    "BAD_TIMEZONE"
)]
#[case::misfire(
    "name: a\ntriggers: [{cron: '* * * * *', misfire: x}]\nsteps: []\n",
    "NOT_A_CHOICE"
)]
#[case::schema("name: a\nparams: {type: thing}\nsteps: []\n", "BAD_SCHEMA")]
#[case::id("name: a\nsteps: [{id: 1a, uses: any.thing}]\n", "BAD_STEP_ID")]
#[case::no_id("name: a\nsteps: [{uses: any.thing}]\n", "MISSING_KEY")]
#[case::same_id(
    "name: a\nsteps: [{id: a, uses: any.thing}, {id: a, uses: any.thing}]\n",
    "DUPLICATE_STEP_ID"
)]
#[case::cache_without_ttl(
    "name: a\nsteps: [{id: a, uses: any.thing, cache: {key: x}}]\n",
    "MISSING_KEY"
)]
#[case::cache_of_spread(
    "name: a\nsteps: [{id: a, uses: any.thing, for_each: [1], spread: true, cache: {key: x, ttl: 1h}}]\n",
    "CACHE_OF_NOTHING"
)]
#[case::spread(
    "name: a\nsteps: [{id: a, uses: any.thing, spread: true}]\n",
    "SPREAD_WITHOUT_ITEMS"
)]
#[case::action("name: a\nsteps: [{id: a, uses: no.such}]\n", "UNKNOWN_ACTION")]
#[case::need("name: a\nsteps: [{id: a, uses: any.thing, needs: [ghost]}]\n", "UNKNOWN_STEP")]
#[case::expression(
    "name: a\nsteps: [{id: a, uses: any.thing, with: {x: '${{ 1 + }}'}}]\n",
    "BAD_EXPRESSION"
)]
#[case::reference(
    "name: a\nsteps: [{id: a, uses: any.thing, with: {x: '${{ steps.z.output }}'}}]\n",
    "UNKNOWN_STEP"
)]
#[case::item("name: a\nsteps: [{id: a, uses: any.thing, with: {x: '${{ item }}'}}]\n", "NO_ITEM")]
#[case::input("name: a\nsteps: [{id: a, uses: http.request, with: {url: 5}}]\n", "BAD_INPUT")]
#[case::required("name: a\nsteps: [{id: a, uses: http.request}]\n", "BAD_INPUT")]
#[case::extra(
    "name: a\nsteps: [{id: a, uses: http.request, with: {url: x, uri: y}}]\n",
    "BAD_INPUT"
)]
#[case::parallel("name: a\nsteps: [{id: a, uses: any.thing, max_parallel: 0}]\n", "OUT_OF_RANGE")]
fn each_fault_has_its_code(#[case] source: &str, #[case] code: &str) {
    let found = problems(source);
    assert!(found.iter().any(|problem| problem.code == code), "{found:?}");
}

#[test]
fn problems_stand_on_their_lines() {
    let source = "name: a\nsteps:\n  - id: a\n    uses: no.such\n  - id: b\n    uses: http.request\n    with:\n      url: 5\n      uri: x\n";
    assert_eq!(codes(source), [("UNKNOWN_ACTION", 4), ("BAD_INPUT", 8), ("BAD_INPUT", 9)]);
}

#[test]
fn a_cycle_is_named() {
    let source = "name: a\nsteps:\n  - {id: x, uses: any.thing, needs: [z]}\n  - {id: y, uses: any.thing}\n  - {id: z, uses: any.thing}\n";
    let found = problems(source);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code, "CYCLE");
    assert!(found[0].message.en.contains("x → z → y → x"), "{}", found[0].message.en);
}

#[test]
fn a_result_must_have_settled_before_it_is_used() {
    let source = "name: a\nsteps:\n  - {id: x, uses: any.thing, needs: []}\n  - {id: y, uses: any.thing, needs: [], with: {v: '${{ steps.x.output }}'}}\n";
    assert_eq!(codes(source), [("STEP_NOT_NEEDED", 4)]);
}

#[test]
fn a_value_that_is_an_expression_is_checked_when_run() {
    parsed(
        "name: a\nsteps: [{id: a, uses: http.request, with: {url: x, count: '${{ 1 + 1 }}', body: '${{ params }}'}}]\n",
    );
}

#[test]
fn aliases_work_and_bombs_do_not() {
    let definition = parsed(
        "name: a\nsteps:\n  - {id: a, uses: any.thing, with: &w {x: 1}}\n  - {id: b, uses: any.thing, with: *w}\n",
    );
    assert_eq!(definition.model["steps"][1]["with"], json!({ "x": 1 }));
    let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (one, next) in "abcdefghi".chars().zip("bcdefghij".chars()) {
        bomb.push_str(&format!("{next}: &{next} [{}]\n", vec![format!("*{one}"); 10].join(",")));
    }
    assert_eq!(problems(&bomb)[0].code, "DOCUMENT_TOO_LARGE");
    assert_eq!(problems("a: &a [*a]\n")[0].code, "SYNTAX_ERROR");
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = format!("name: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(["DOCUMENT_TOO_DEEP", "SYNTAX_ERROR"].contains(&problems(&deep)[0].code));
    let mut blocks = String::new();
    for level in 0..1000 {
        blocks.push_str(&format!("{}a:\n", " ".repeat(level)));
    }
    assert!(["DOCUMENT_TOO_DEEP", "SYNTAX_ERROR"].contains(&problems(&blocks)[0].code));
    let long = "x".repeat(LARGEST + 1);
    assert_eq!(problems(&long)[0].code, "DOCUMENT_TOO_LARGE");
    let mut value = json!(1);
    for _ in 0..100 {
        value = json!([value]);
    }
    assert_eq!(parse_value(&value, &catalog()).unwrap_err()[0].code, "DOCUMENT_TOO_DEEP");
}

#[test]
fn what_is_hardly_meant_is_said_and_can_be_saved() {
    let source = "
name: a
triggers:
  - {cron: '0 8 * * *', timezone: UTC, misfire: all, overlap: skip}
  - {webhook: true, overlap: skip}
  - {dataset: books, misfire: all, overlap: skip}
  - {interval: 1h, timezone: UTC, misfire: all}
steps:
  - {id: off, uses: any.thing, if: false}
  - {id: none, uses: any.thing, for_each: []}
  - {id: wide, uses: any.thing, max_parallel: 3}
  - {id: pause, uses: wait.for, with: {duration: 1s}, retry: {max_attempts: 2}, timeout: 1m}
";
    let definition = parse_source(source, &catalog()).unwrap();
    let found = definition.advice.iter().map(|problem| (problem.path.as_str(), problem.code));
    let expected = [
        ("triggers[1].overlap", "NO_EFFECT"),
        ("triggers[2].misfire", "NO_EFFECT"),
        ("triggers[3].timezone", "NO_EFFECT"),
        ("steps[0].if", "NEVER_RUNS"),
        ("steps[1].for_each", "NEVER_RUNS"),
        ("steps[2].max_parallel", "NO_EFFECT"),
        ("steps[3].retry", "NO_EFFECT"),
        ("steps[3].timeout", "NO_EFFECT"),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(definition.advice.iter().all(|problem| problem.place.is_some()));
}

#[test]
fn a_misspelt_key_is_guessed() {
    let found = problems("name: a\nstepps: []\nsteps: []\n");
    assert!(found[0].message.en.contains("did you mean steps"), "{found:?}");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in r"(?s).{0,200}") {
        let _ = parse_source(&text, &catalog());
    }

    #[test]
    fn yaml_like_text_is_read_or_refused(
        lines in proptest::collection::vec(r"[ ]{0,6}(- )?(name|steps|id|uses|with|needs|if|\$\{\{ x \}\}|&a|\*a|\[|\]|\{|\}|:|,|'|1| )*", 0..20),
    ) {
        let _ = parse_source(&lines.join("\n"), &catalog());
    }
}
