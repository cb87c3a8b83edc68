//! Describe the API: OpenAPI 3.1, made from the code, as `openapi.json` keeps it. A test writes and
//! compares that file, so that what makes it is no part of the artifact.
//!
//! `GET /v1/openapi.json`

use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

/// Describe the API.
///
/// # Errors
/// None.
#[utoipa::path(get, path = "/v1/openapi.json", responses((status = 200, body = Object)))]
pub async fn handle(_: &App, _: &Request) -> Result<Reply, Error> {
    Ok(Reply::of_json(include_str!("../../openapi.json")))
}
