//! Where values come from.

use std::{collections::BTreeMap, io, path::Path};

use config::{File, FileFormat, Value, ValueKind};

use super::{ConfigError, VARIABLES};

/// Values by variable name, the strongest source already chosen.
#[derive(Debug, Clone, Default)]
pub struct Source {
    values: BTreeMap<String, String>,
    /// Keys of `config.toml` that mean nothing.
    pub(super) unknown: Vec<String>,
}

impl Source {
    /// The environment, then `.env`, then `config.toml`, both of the working folder.
    pub fn of_process() -> Result<Self, ConfigError> {
        let mut source = Self::default();
        source.add_toml(Path::new("config.toml"))?;
        source.add_dotenv(Path::new(".env"))?;
        source.add_environment();
        Ok(source)
    }

    pub fn of_values<K: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let values = values.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { values, unknown: Vec::new() }
    }

    /// The value, unless it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    fn add_environment(&mut self) {
        for variable in VARIABLES {
            if let Ok(value) = std::env::var(variable.name) {
                self.values.insert(variable.name.to_owned(), value);
            }
        }
    }

    fn add_dotenv(&mut self, path: &Path) -> Result<(), ConfigError> {
        let lines = match dotenvy::from_path_iter(path) {
            Ok(lines) => lines,
            Err(dotenvy::Error::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(());
            }
            Err(error) => return Err(syntax(path, &error)),
        };
        for line in lines {
            let (name, value) = line.map_err(|error| syntax(path, &error))?;
            self.values.insert(name, value);
        }
        Ok(())
    }

    /// Keys are the variables' names in either case.
    fn add_toml(&mut self, path: &Path) -> Result<(), ConfigError> {
        if !path.exists() {
            return Ok(());
        }
        let file = config::Config::builder()
            .add_source(File::from(path).format(FileFormat::Toml))
            .build()
            .map_err(|error| syntax(path, &error))?;
        let table: BTreeMap<String, Value> =
            file.try_deserialize().map_err(|error| syntax(path, &error))?;
        for (key, value) in table {
            let name = key.to_ascii_uppercase();
            if VARIABLES.iter().any(|variable| variable.name == name) {
                self.values.insert(name, text_of(value.kind));
            } else {
                self.unknown.push(key);
            }
        }
        Ok(())
    }
}

/// Lists become the JSON that the variables want.
fn text_of(value: ValueKind) -> String {
    match value {
        ValueKind::Array(items) => {
            let items: Vec<_> = items.into_iter().map(|item| item.kind.to_string()).collect();
            serde_json::json!(items).to_string()
        }
        other => other.to_string(),
    }
}

fn syntax(path: &Path, error: &dyn std::error::Error) -> ConfigError {
    ConfigError::Syntax { path: path.display().to_string(), message: error.to_string() }
}
