//! What steps can do, told in both languages.

use std::collections::BTreeSet;

use reqwest::{
    Method,
    header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue},
};
use shared_kernel::application::{ActionDescriptor, ActionTexts};

use crate::support::{Person, Reply, TestApp};

const FILES: [&str; 4] = [
    data_collection::ACTIONS_IN_CHINESE,
    qidian::ACTIONS_IN_CHINESE,
    workflow::ACTIONS_IN_CHINESE,
    xiaohongshu::ACTIONS_IN_CHINESE,
];

async fn actions(person: &Person<'_>, language: &'static str) -> Vec<ActionDescriptor> {
    let spoken = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(language))]);
    let ask = person.request(Method::GET, "/workflow/actions").headers(spoken);
    serde_json::from_value(Reply::of(ask).await.data()).unwrap()
}

#[tokio::test]
async fn no_action_and_no_input_lacks_a_chinese_text() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let texts = ActionTexts::read(FILES).unwrap();
    let (english, chinese) = (actions(&ada, "en").await, actions(&ada, "zh-CN").await);
    let missing: Vec<String> = english.iter().flat_map(|action| texts.missing(action)).collect();
    assert!(missing.is_empty(), "add to actions.zh-CN.json of the context: {missing:#?}");
    for (action, told) in english.iter().zip(&chinese) {
        let expected = serde_json::to_value(texts.tell(action)).unwrap();
        assert_eq!(serde_json::to_value(told).unwrap(), expected, "{}", action.name);
    }
}

#[tokio::test]
async fn no_action_speaks_chinese_to_english_readers_and_no_text_is_left_over() {
    let app = TestApp::start().await;
    let english = actions(&app.person("ada").await, "en").await;
    let is_chinese =
        |text: &str| text.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char));
    for ActionDescriptor { title, name, .. } in &english {
        assert!(!is_chinese(title), "{name}: {title}");
    }
    let unsaid = ActionTexts::default();
    let said: BTreeSet<String> = english.iter().flat_map(|action| unsaid.missing(action)).collect();
    let texts = ActionTexts::read(FILES).unwrap();
    let left: Vec<&str> = texts.known().filter(|text| !said.contains(*text)).collect();
    assert!(left.is_empty(), "these texts are of no action any more: {left:#?}");
}
