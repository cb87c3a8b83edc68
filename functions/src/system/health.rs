//! Tell that the service answers, without touching the table.
//!
//! `GET /v1/health`

use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Serialize;
use utoipa::ToSchema;

/// That it answers.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Tell that the service answers.
///
/// # Errors
/// None.
#[utoipa::path(get, path = "/v1/health", responses((status = 200, body = Output)))]
pub async fn handle(_: &App, _: &Request) -> Result<Reply, Error> {
    Reply::ok(&Output { status: "ok" })
}
