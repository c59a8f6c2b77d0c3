//! The API document as a list of operations, for tests that leave none out.

use reqwest::Method;
use serde_json::{Value, json};

use super::Site;

/// One operation of the document.
pub struct Operation {
    pub method: Method,
    /// Under `/api/v1`, with `{names}`.
    pub path: String,
    pub value: Value,
}

impl Site {
    pub async fn operations(&self) -> Vec<Operation> {
        let answer = self.client.get(self.url("/api/openapi.json")).send().await.unwrap();
        let document: Value = answer.json().await.unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let paths = document["paths"].as_object().unwrap().iter();
        let all = paths.flat_map(|(path, item)| {
            let path = path.strip_prefix("/api/v1").unwrap();
            item.as_object().unwrap().iter().map(move |(verb, value)| Operation {
                method: verb.to_ascii_uppercase().parse().unwrap(),
                path: path.to_owned(),
                value: value.clone(),
            })
        });
        let all: Vec<_> = all.collect();
        assert!(all.len() > 50, "only {} operations are documented", all.len());
        all
    }
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it wants a token.
    pub fn is_closed(&self) -> bool {
        self.value["security"].as_array().is_some_and(|schemes| !schemes.is_empty())
    }

    pub fn is_for_administrators(&self) -> bool {
        self.path.starts_with("/system/") || self.path.split('/').any(|part| part == "admin")
    }

    pub fn has_path_parameters(&self) -> bool {
        self.path.contains('{')
    }

    pub fn parameters(&self, place: &str) -> Vec<&Value> {
        let all = self.value["parameters"].as_array().into_iter().flatten();
        all.filter(|one| one["in"] == place).collect()
    }

    pub fn has_query(&self, name: &str) -> bool {
        self.parameters("query").iter().any(|one| one["name"] == name)
    }

    /// The query belongs to the caller.
    pub fn takes_any_query(&self) -> bool {
        self.value["x-any-query"] == true
    }

    /// The path with an id in every place.
    pub fn somewhere(&self) -> String {
        let parts = self.path.split('/').map(|part| match part {
            "{version}" => "1",
            part if part.starts_with('{') => "0193a1b2-c3d4-7e8f-9a0b-1c2d3e4f5a6b",
            part => part,
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// `?…` with the parameters that must be there.
    pub fn needed_query(&self) -> String {
        let needed = self.parameters("query").into_iter().filter(|one| one["required"] == true);
        let pairs = needed.map(|one| {
            let schema = &one["schema"];
            let value = [&one["example"], &schema["example"], &schema["enum"][0]]
                .into_iter()
                .find(|value| !value.is_null())
                .cloned()
                .unwrap_or_else(|| json!(1));
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{}={value}", one["name"].as_str().unwrap())
        });
        let pairs: Vec<_> = pairs.collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// An example of the JSON body, when there is one whose shape is fixed.
    pub fn body(&self) -> Option<Value> {
        let content = &self.value["requestBody"]["content"]["application/json"];
        content["schema"].get("$ref").map(|_| content["example"].clone())
    }
}
