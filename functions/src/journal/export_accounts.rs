//! Hand out one of the eight journals of acts on accounts alone, with its seals.
//!
//! On no public route, since these acts are of no portal: the operator invokes it directly.

use guichet_domain::permissions::{Action, Actor, check};
use guichet_domain::seal::{Journal, SealNumber};
use guichet_platform::app::App;
use guichet_platform::problem::{self, Error, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    journal: Journal,
    #[serde(default)]
    cursor: SealNumber,
}

#[derive(Debug, Serialize)]
struct Output {
    /// Lines of JSON: the pages one after the other are the export.
    lines: String,
    /// The cursor of the next page, if there is one.
    cursor: Option<u64>,
}

/// Hand out a page of a journal of acts on accounts.
///
/// # Errors
/// The journal is not one of these, or the cursor no number of a seal.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    let input: Input = serde_json::from_value(event).map_err(|error| Problem::of_event(&error))?;
    let _permit = check(&Actor::Operator, Action::ExportAccountJournals)?;
    // A portal's journal is its super administrators' to download.
    let Journal::Accounts(_) = input.journal else {
        return Err(problem::invalid("journal", guichet_domain::text::Invalid::Number));
    };
    let page = app.export(input.journal, input.cursor).await?;
    Ok(json!(Output { lines: page.lines, cursor: page.next }))
}
