//! Figures of benchmarks, for people and for programs.

use std::{env, fs};

use serde_json::{Map, Value, json};

/// Settings of a benchmark from its command line: `--json FILE`, `--only NAME` (of a scenario).
#[derive(Debug)]
pub struct Wanted {
    json: Option<String>,
    only: Option<String>,
}

impl Wanted {
    pub fn read() -> Self {
        let arguments: Vec<_> = env::args().collect();
        let after = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            arguments.get(at + 1).cloned()
        };
        Self { json: after("--json"), only: after("--only") }
    }

    pub fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == name)
    }

    /// Writes the figures where they were asked for.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn keep(&self, report: &Report) {
        if let Some(file) = &self.json {
            fs::write(file, report.json()).expect("a file for the figures");
        }
    }
}

/// All figures, by database.
#[derive(Debug, Default)]
pub struct Report {
    engines: Map<String, Value>,
    engine: String,
}

impl Report {
    /// The figures that follow are of this database.
    pub fn begin(&mut self, engine: &str) {
        println!("\n{engine}");
        engine.clone_into(&mut self.engine);
        self.engines.insert(self.engine.clone(), json!([]));
    }

    /// One figure with its unit; the note names a target or a peer.
    pub fn line(&mut self, what: &str, figure: f64, unit: &str, note: &str) {
        println!("  {what:<44} {:>12} {unit:<8} {note}", shown(figure));
        let line = json!({ "what": what.trim(), "figure": figure, "unit": unit, "note": note });
        if let Some(Value::Array(lines)) = self.engines.get_mut(&self.engine) {
            lines.push(line);
        }
    }

    /// All figures as JSON.
    pub fn json(&self) -> String {
        format!("{:#}\n", Value::Object(self.engines.clone()))
    }
}

fn shown(figure: f64) -> String {
    match figure {
        f if f >= 1000.0 => format!("{f:.0}"),
        f if f >= 10.0 => format!("{f:.1}"),
        f => format!("{f:.3}"),
    }
}

/// Sorts the values.
pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50)
}

/// The nearest rank; sorts the values.
pub fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * percent / 100).min(values.len() - 1)]
}
