//! List the dossiers in which somebody takes part: those that the reader may see, and those that
//! somebody archived left to the reader, who may take them over.
//!
//! `GET /v1/portals/{portal}/people/{account}/dossiers`

use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::dossier_desk::bearer;
use crate::person_positions::{HeldPosition, held_positions, own_dossiers};
use crate::views::{PageLimit, PersonPath};

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// List the dossiers in which somebody takes part, the newest first.
///
/// # Errors
/// 404 for somebody whom one may not see, and is not named to take over from.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/people/{account}/dossiers",
    params(PersonPath, Query),
    responses((status = 200, body = List<HeldPosition>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    // Nobody without a token of ours makes us look.
    bearer(app, request).await?;
    let query: Result<Query, Error> = request.query();
    let own = async {
        let Query { limit, cursor } = query?;
        let query = PageQuery { cursor, ..PageQuery::first(limit.0, Order::Descending) };
        Ok::<_, Error>(own_dossiers(app, path, &query).await?)
    };
    let places = [path.person()];
    let (desk, own) = tokio::join!(app.desk(request, Some(path.portal), &places), own);
    let desk = desk?;
    let person: Person = desk.require(&path.person())?;
    let _permit = check(&desk.actor, Action::SeePositions(&person))?;
    let page = held_positions(app, &desk, &person, own?).await?;
    Reply::ok(&List::<HeldPosition> { items: page.rows, cursor: page.cursor })
}
