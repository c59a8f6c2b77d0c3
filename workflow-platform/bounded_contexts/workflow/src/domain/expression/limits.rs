//! What expressions of ill will cost.

use std::{sync::Arc, thread};

use serde_json::{Value, json};

use super::{Compiled, Scope, StepView, Template, convert::CONVERTED, evaluate};

/// A thread with half the stack of a real one, which holds other frames as well.
fn on_a_small_stack(sources: Vec<String>) {
    let run = move || {
        for source in sources {
            if let Ok(compiled) = Compiled::parse(&source) {
                let _ = evaluate(&Template::Whole(Arc::new(compiled)), &Scope::default());
            }
        }
    };
    thread::Builder::new().stack_size(1024 * 1024).spawn(run).unwrap().join().unwrap();
}

/// With its brackets closed.
fn closed(source: &str) -> String {
    let mut open = Vec::new();
    for letter in source.chars() {
        match letter {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' => drop(open.pop()),
            _ => {}
        }
    }
    let middle = if source.ends_with([':', ',', '+', '(', '[', '-', '!']) { "1" } else { "" };
    format!("{source}{middle}{}", open.iter().rev().collect::<String>())
}

#[test]
fn no_expression_uses_up_the_stack() {
    let units = [
        ("1", "+1"),
        ("{}", ".a"),
        ("[]", "[0]"),
        ("1", "<1"),
        ("1", " in 1"),
        ("true", "&&true"),
        ("", "true?1:"),
        ("", "-"),
        ("", "!"),
        ("", "("),
        ("", "["),
        ("", "{1:"),
        ("", "size("),
        ("", "(1+"),
        ("[1]", ".map(a,a)"),
        ("", "[1].map(a,"),
        ("[1", ",1"),
        ("", "a.`b`."),
    ];
    for (head, unit) in units {
        for count in [5, 12, 24, 60, 120, 249, 1300] {
            let source = format!("{head}{}", unit.repeat(count));
            on_a_small_stack(vec![closed(&source), source]);
        }
    }
}

#[test]
fn nothing_deep_hides_in_a_text() {
    let deep = format!("{}1{}", "(1+".repeat(900), ")".repeat(900));
    for head in [r"r'\' + ", r"'\q + ", "'\n + ", r"1r'\' + ", r"'\u12 + ", "// '\n", "'''a' '''"] {
        for tail in ["", "'", " '"] {
            let source = format!("{head}{deep}{tail}");
            assert!(Compiled::parse(&source).is_err(), "{head}…{tail}");
            on_a_small_stack(vec![source]);
        }
    }
}

#[test]
fn endless_work_is_refused_and_a_lot_is_not() {
    let numbers: Vec<_> = (0..3000).map(Value::from).collect();
    let texts: Vec<_> = (0..300).map(|_| Value::from("x".repeat(100_000))).collect();
    let scope = Scope { params: json!({ "n": numbers, "t": texts }), ..Scope::default() };
    let run = |text: &str| evaluate(&Template::of_text(text).unwrap(), &scope);
    for text in [
        "${{ params.n.map(a, params.n.map(b, a + b)) }}",
        "${{ params.n.all(a, params.n.all(b, params.n.all(c, true))) }}",
        "${{ params.n.exists(a, params.n.exists(b, a + b < 0)) }}",
        "${{ params.n.map(a, params.n) }}",
        "${{ params.n.map(a, params.t == params.t) }}",
        "${{ params.n.all(a, params.n.all(b, !(a in params.n) || true)) }}",
        "${{ params.t.map(a, params.t.map(b, a + b)) }}",
        "${{ params.n.map(a, size([params.t, params.t])) }}",
        "${{ params.n.map(a, params.n.map(b, 'x'.matches('(a|b)*c'))) }}",
        "${{ params.n.map(a, params.t.map(b, upper(b))) }}",
    ] {
        let error = run(text).unwrap_err().to_string();
        assert!(error.contains("too much work"), "{text}: {error}");
    }
    for text in [
        "${{ params.n.map(a, {'a': a, 'b': string(a) + '.'}) }}",
        "${{ params.n.filter(a, a in [1, 2, 3]) }}",
        "${{ params.n.filter(a, a < 1000).filter(a, a in params.n) }}",
        "${{ size(params.t.map(a, a + 'b')) }}",
    ] {
        assert!(run(text).is_ok(), "{text}: {:?}", run(text));
    }
}

#[test]
fn ten_thousand_items_do_not_convert_earlier_results_each_time() {
    let books: Vec<_> = (0..10_000).map(|id| json!({ "id": id, "name": "n" })).collect();
    let view = StepView { output: json!({ "books": books, "total": 5 }), ..StepView::default() };
    let mut scope = Scope { item: Some(json!({ "id": 7 })), ..Scope::default() };
    scope.steps.insert("big".to_owned(), Arc::new(view));
    let texts = [
        "${{ steps.big.output.total + index }}",
        "${{ steps.big.output.books[index].id + 1 }}",
        "${{ size(steps.big.output.books) - index }}",
        "id-${{ string(item.id) + steps.big.status }}",
    ];
    let templates = texts.map(|text| Template::of_text(text).unwrap());
    let before = CONVERTED.get();
    for index in 0..10_000 {
        scope.index = Some(index);
        for template in &templates {
            evaluate(template, &scope).unwrap();
        }
    }
    // The result once, with an object and two values for each book; small things each time.
    let converted = CONVERTED.get() - before;
    assert!(converted < 30_000 + 40_000 * 3 + 100, "{converted} values were converted");
}
