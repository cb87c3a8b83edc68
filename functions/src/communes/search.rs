//! Find communes by the beginning of a name, of a word of it, or of a postal code.
//!
//! `GET /v1/communes?search=saint-den`

use guichet_domain::territory::{Commune, Department, EDITION};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The beginning of a name, of a word of it, or of a postal code.
    search: String,
    /// At most 25, which is the default.
    #[serde(default)]
    limit: SearchLimit,
}

/// How many communes are wanted.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "usize")]
#[schema(value_type = u16, minimum = 1, maximum = 25)]
struct SearchLimit(usize);

impl Default for SearchLimit {
    fn default() -> Self {
        Self(25)
    }
}

impl TryFrom<usize> for SearchLimit {
    type Error = guichet_domain::text::Invalid;

    fn try_from(limit: usize) -> Result<Self, Self::Error> {
        if (1..=25).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(guichet_domain::text::Invalid::Number)
        }
    }
}

/// Communes of the official list, the best first.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    /// Where the list comes from, and its edition.
    edition: &'static str,
    items: Vec<CommuneView>,
}

/// A commune.
#[derive(Debug, Serialize, ToSchema)]
struct CommuneView {
    /// The INSEE code, by which dossiers name it.
    code: &'static str,
    name: &'static str,
    department: Option<&'static Department>,
    postal_codes: Vec<&'static str>,
}

impl From<Commune> for CommuneView {
    fn from(commune: Commune) -> Self {
        Self {
            code: commune.code,
            name: commune.name,
            department: commune.department().map(|code| code.department()),
            postal_codes: commune.postal_codes().collect(),
        }
    }
}

/// Find communes by the beginning of a name, of a word of it, or of a postal code.
///
/// # Errors
/// 422 without anything to look for.
#[utoipa::path(
    get,
    path = "/v1/communes",
    params(Query),
    responses((status = 200, body = Output)),
    security(())
)]
pub async fn handle(_app: &App, request: &Request) -> Result<Reply, Error> {
    let query: Query = request.query()?;
    let found = Commune::search(&query.search, query.limit.0);
    Reply::ok(&Output {
        edition: EDITION,
        items: found.into_iter().map(CommuneView::from).collect(),
    })
}
