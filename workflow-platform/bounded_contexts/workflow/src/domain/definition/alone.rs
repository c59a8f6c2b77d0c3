//! One step of a document, whatever is the matter with the others.

use serde_json::Value;

use super::{
    Catalog, Definition, Document, Problem, Step, at_most, check,
    node::{Data, Node},
    read,
};

/// Lists of steps, as documents name them.
const LISTS: [&str; 3] = ["steps", "on_failure", "finally"];

/// What is said of other steps, which need not be there when one is run by itself.
const OF_OTHERS: [&str; 3] = ["UNKNOWN_STEP", "STEP_NOT_NEEDED", "CYCLE"];

/// As [`step_of_value`], of a text, YAML or JSON.
pub fn step_of_source(
    source: &str,
    id: &str,
    catalog: &Catalog,
) -> Result<Option<(Definition, Step)>, Vec<Problem>> {
    step_of(&Document::of_text(source)?, id, catalog)
}

/// The definition and its step of the id, ready to be run by itself; `None` when there is no such
/// step. Problems are those of the step alone, or of a document that cannot be read at all.
pub fn step_of_value(
    value: &Value,
    id: &str,
    catalog: &Catalog,
) -> Result<Option<(Definition, Step)>, Vec<Problem>> {
    step_of(&Document::of_json(value)?, id, catalog)
}

fn step_of(
    document: &Document,
    id: &str,
    catalog: &Catalog,
) -> Result<Option<(Definition, Step)>, Vec<Problem>> {
    let Some(place) = place_of(document, id) else { return Ok(None) };
    let (definition, mut problems) = read::read(document);
    let Some(definition) = definition else { return Err(at_most(problems)) };
    check::check(&definition, document, catalog, &mut problems);
    problems.retain(|problem| {
        problem.is_error() && problem.path.starts_with(&place) && !OF_OTHERS.contains(&problem.code)
    });
    if !problems.is_empty() {
        return Err(at_most(problems));
    }
    let lists = [&definition.steps, &definition.on_failure, &definition.finally];
    let step = lists.into_iter().flatten().find(|step| step.id.as_str() == id).cloned();
    Ok(step.map(|step| (definition, step)))
}

/// How the paths of the step's problems begin: `steps[2].`.
fn place_of(document: &Document, id: &str) -> Option<String> {
    let is_it = |node: &Node| node.get("id").and_then(Node::text) == Some(id);
    LISTS.into_iter().find_map(|list| {
        let Data::List(items) = &document.root.get(list)?.data else { return None };
        let index = items.iter().position(is_it)?;
        Some(format!("{list}[{index}]."))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_kernel::application::ActionDescriptor;

    use super::*;

    fn catalog() -> Catalog {
        Catalog::new(vec![ActionDescriptor {
            name: "say".to_owned(),
            title: String::new(),
            description: String::new(),
            input_schema: json!({
                "type": "object",
                "required": ["text"],
                "properties": { "text": { "type": "string" } },
            }),
            output_schema: json!({}),
        }])
    }

    const SOURCE: &str = r#"
name: half done
steps:
  - {id: broken, uses: no.such.action}
  - {id: good, uses: say, needs: [gone], with: {text: "${{ steps.elsewhere.output }}"}}
  - {id: bad, uses: say, with: {txt: 1}}
finally:
  - {id: last, uses: say, with: {text: bye}}
"#;

    fn codes(id: &str) -> Vec<&'static str> {
        let problems = step_of_source(SOURCE, id, &catalog()).unwrap_err();
        problems.into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn faults_of_others_do_not_matter() {
        for id in ["good", "last"] {
            let (definition, step) = step_of_source(SOURCE, id, &catalog()).unwrap().unwrap();
            assert_eq!((definition.name.as_str(), step.id.as_str()), ("half done", id));
        }
    }

    #[test]
    fn its_own_do() {
        assert_eq!(codes("broken"), ["UNKNOWN_ACTION"]);
        assert_eq!(codes("bad"), ["BAD_INPUT"]);
    }

    #[test]
    fn what_is_not_there_is_not_found_and_what_is_no_document_says_so() {
        assert!(step_of_source(SOURCE, "gone", &catalog()).unwrap().is_none());
        assert!(step_of_value(&json!({ "name": "x" }), "gone", &catalog()).unwrap().is_none());
        assert!(step_of_source("steps: [", "good", &catalog()).is_err());
    }
}
