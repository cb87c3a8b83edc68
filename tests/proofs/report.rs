//! What the proofs tell: a table, and the story of each violation.

use std::fmt;
use std::time::Duration;

/// Something that must never be true was.
#[derive(Debug, Clone)]
pub struct Violation {
    /// In which scenario.
    pub scenario: String,
    /// Which run of it: its seed, its path, its crash point.
    pub which: String,
    /// What is not as it must be.
    pub what: String,
    /// How it came.
    pub story: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({}): {}", self.scenario, self.which, self.what)?;
        for line in &self.story {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

/// What was found of one kind of scenario.
#[derive(Debug, Default)]
pub struct Row {
    /// What was played.
    pub scenario: String,
    /// How many runs there were.
    pub runs: usize,
    /// How long they took, on all threads together.
    pub took: Duration,
    /// What went wrong.
    pub violations: Vec<Violation>,
    /// What else is to be told.
    pub note: String,
}

/// The rows as a table.
pub fn table(rows: &[Row]) -> String {
    let mut lines = vec![
        "| scenario | runs | seconds | violations |".to_owned(),
        "|---|---:|---:|---:|".to_owned(),
    ];
    lines.extend(rows.iter().map(|row| {
        let (runs, seconds) = (thousands(row.runs), row.took.as_secs());
        format!("| {}{} | {runs} | {seconds} | {} |", row.scenario, row.note, row.violations.len())
    }));
    lines.join("\n")
}

fn thousands(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
