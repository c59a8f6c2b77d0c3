use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Compiled, Scope, StepView, Template, evaluate, evaluate_condition};

fn scope() -> Scope {
    let rank = StepView {
        status: "succeeded".into(),
        output: json!({ "books": [{ "id": 7, "name": "七" }], "total": 1 }),
        ..StepView::default()
    };
    let books = StepView { outputs: vec![json!({ "n": 1 }), json!({ "n": 2 })], ..StepView::default() };
    Scope {
        params: json!({ "pages": 2, "name": "a", "odd key": true }),
        item: Some(json!({ "id": 7 })),
        index: Some(3),
        steps: [("rank".to_owned(), Arc::new(rank)), ("books".to_owned(), Arc::new(books))].into(),
        ..Scope::default()
    }
}

fn value(text: &str) -> Value {
    evaluate(&Template::of_text(text).unwrap(), &scope()).unwrap()
}

fn error(text: &str) -> String {
    evaluate(&Template::of_text(text).unwrap(), &scope()).unwrap_err().to_string()
}

#[test]
fn a_whole_expression_keeps_its_type() {
    assert_eq!(value("${{ params.pages }}"), json!(2));
    assert_eq!(value("${{ steps.rank.output.books }}"), json!([{ "id": 7, "name": "七" }]));
    assert_eq!(value("${{ steps.books.outputs[1].n }}"), json!(2));
    assert_eq!(value("${{ params['odd key'] }}"), json!(true));
    assert_eq!(value("${{ params.pages * 2 + 1 }}"), json!(5));
    assert_eq!(value("${{ size(steps.rank.output.books) > 0 }}"), json!(true));
    assert_eq!(value("${{ steps.books.outputs.map(x, x.n) }}"), json!([1, 2]));
    assert_eq!(value("${{ {'a': 1, 'b': {'c': [2]}} }}"), json!({ "a": 1, "b": { "c": [2] } }));
    assert_eq!(value("${{ index }}"), json!(3));
    assert_eq!(value("${{ true }}"), json!(true));
}

#[test]
fn among_text_it_is_written_out() {
    assert_eq!(value("p${{ params.pages }}-${{ params.name }}"), json!("p2-a"));
    assert_eq!(value("${{ 'a}}b' }}!"), json!("a}}b!"));
    assert_eq!(value("plain"), json!("plain"));
    assert_eq!(value("$${{ params.pages }}"), json!("${{ params.pages }}"));
    assert_eq!(value("${{ params.pages }}${{ params.pages }}"), json!("22"));
}

#[test]
fn what_is_missing_is_named() {
    assert!(error("${{ params.none }}").contains("none"));
    assert!(error("${{ steps.rank.output.books[9] }}").contains('9'));
    assert!(error("${{ steps.later.output }}").contains("later"));
    assert!(error("${{ steps.rank.output.none + 1 }}").contains("none"));
}

#[test]
fn faults_are_found_when_compiled() {
    for text in ["${{ }}", "${{ 1 + }}", "${{ params.pages", "${{ secretz.x }}", "${{ nothing }}"] {
        assert!(Template::of_text(text).is_err(), "{text}");
    }
    let deep = format!("${{{{ {}1{} }}}}", "(".repeat(1000), ")".repeat(1000));
    assert!(Template::of_text(&deep).is_err());
    let loops = "${{ params.l.map(a, params.l.map(b, params.l.map(c, c))) }}";
    assert!(Template::of_text(loops).is_err());
}

#[test]
fn steps_are_found_in_either_spelling() {
    let compiled = Compiled::parse(r#"steps.a.output + steps["b"].output + item.steps.c"#).unwrap();
    assert_eq!(compiled.steps().collect::<Vec<_>>(), ["a", "b"]);
    assert!(compiled.uses("item"));
}

#[test]
fn a_condition_must_be_true_or_false() {
    let condition = |text: &str| evaluate_condition(&Template::of_text(text).unwrap(), &scope());
    assert_eq!(condition("${{ params.pages == 2 }}"), Ok(true));
    assert!(condition("${{ params.pages }}").is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_compiler_panic(text in "[ -~]{0,60}") {
        if let Ok(template) = Template::of_text(&format!("${{{{ {text} }}}}")) {
            let _ = evaluate(&template, &scope());
        }
    }

    #[test]
    fn a_path_and_cel_agree(key in "[a-z]{1,6}", number in any::<i64>()) {
        let scope = Scope { params: json!({ key.clone(): { "x": number } }), ..Scope::default() };
        let path = Template::of_text(&format!("${{{{ params.{key}.x }}}}")).unwrap();
        let cel = Template::of_text(&format!("${{{{ (params.{key}.x) }}}}"));
        if let Ok(cel) = cel {
            prop_assert_eq!(evaluate(&path, &scope), evaluate(&cel, &scope));
        }
    }
}
