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
    let books =
        StepView { outputs: vec![json!({ "n": 1 }), json!({ "n": 2 })], ..StepView::default() };
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
}

#[test]
fn steps_are_found_in_either_spelling() {
    let source = r#"steps.a.output + steps["b"].output + item.steps.c + size(params['k'])"#;
    let compiled = Compiled::parse(source).unwrap();
    assert_eq!(compiled.steps().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(compiled.params().collect::<Vec<_>>(), ["k"]);
    assert!(compiled.uses("item"));
    let path = Compiled::parse("steps.a.outputs[0]").unwrap();
    assert_eq!(path.steps().collect::<Vec<_>>(), ["a"]);
    let loops = Compiled::parse("item.list.map(steps, steps.x)").unwrap();
    assert_eq!(loops.steps().count(), 0);
}

#[rstest::rstest]
#[case("${{ steps['rank'].output.total + 1 }}", json!(2))]
#[case("${{ has(steps.rank) && steps.rank.status == 'succeeded' }}", json!(true))]
#[case("${{ has(params.none) }}", json!(false))]
#[case("${{ has(params.name) ? params.name + '!' : '' }}", json!("a!"))]
#[case("${{ size(steps.books.outputs) + size(params) }}", json!(5))]
#[case("${{ steps.books.outputs.filter(o, o.n > 1).map(o, {'n': o.n}) }}", json!([{ "n": 2 }]))]
#[case("${{ steps.books.outputs.exists_one(o, o.n == 2) }}", json!(true))]
#[case("${{ steps.books.outputs.all(o, o.n in [1, 2]) }}", json!(true))]
#[case("${{ [1, 2].map(a, [1, 2].map(b, [a].map(c, c * b))) }}", json!([[[1], [2]], [[2], [4]]]))]
#[case("${{ params.name.matches('^[a-c]$') }}", json!(true))]
#[case("${{ type(params.pages) == int }}", json!(true))]
#[case("${{ steps.rank.output.books[0].name + string(index) }}", json!("七3"))]
#[case("${{ [item, item.id] }}", json!([{ "id": 7 }, 7]))]
#[case(r#"${{ "}}" + r'\d' + '\'' }}"#, json!("}}\\d'"))]
fn what_can_be_said(#[case] text: &str, #[case] expected: Value) {
    assert_eq!(value(text), expected);
}

#[rstest::rstest]
#[case("${{ [1].map(a, [1].map(b, [1].map(c, [1].map(d, d)))) }}", "loops are nested")]
#[case("${{ shout(params.name) }}", "no function \"shout\"")]
#[case("${{ steps[params.name].output }}", "name a step")]
#[case("${{ steps }}", "name a step")]
#[case("${{ size(nothing) }}", "no variable \"nothing\"")]
#[case("${{ 1 + }}", "character")]
#[case("${{ '''a''' }}", "triple quotes")]
#[case(r"${{ 'a\q' }}", "unknown escape")]
#[case("${{ 'a }}", "not closed")]
#[case("${{ a.B{} }}", "messages")]
fn what_cannot_be_said(#[case] text: &str, #[case] expected: &str) {
    let error = Template::of_text(text).unwrap_err();
    assert!(error.message.contains(expected), "{error}");
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
