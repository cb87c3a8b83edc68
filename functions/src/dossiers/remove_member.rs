//! Remove somebody from a dossier, who is told.
//!
//! `DELETE /v1/portals/{portal}/dossiers/{dossier}/members/{account}`

use guichet_domain::changes::Place;
use guichet_domain::ids::{AccountId, DossierId, PortalId};
use guichet_domain::permissions::Action;
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::problem::{Error, NOT_FOUND, Problem, STALE};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::dossier_desk::{DossierDesk, DossierPath, position_among, position_places};

/// Somebody who takes part in a dossier.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct MemberPath {
    /// The portal.
    portal: PortalId,
    /// The dossier.
    dossier: DossierId,
    /// The account.
    account: AccountId,
}

/// Remove somebody from a dossier.
///
/// # Errors
/// 403 for who may not, 404 for who takes no part, 409 for the dossier's contact, 412 when their
/// position changed.
#[utoipa::path(
    delete,
    path = "/v1/portals/{portal}/dossiers/{dossier}/members/{account}",
    params(
        MemberPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses((status = 204)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let MemberPath { portal, dossier, account } = request.path()?;
    let positions = position_places(dossier, portal, account);
    let person = Place::Person(account, portal);
    let [asks, advises] = positions.clone();
    let places = [asks, advises, person.clone()];
    let at = DossierDesk::open(app, request, DossierPath { portal, dossier }, &places).await?;
    let _permit = at.check(Action::SeeDossier(at.viewed()))?;
    if at.is_done() {
        return Ok(Reply::no_content());
    }
    let found = position_among(at.desk.items(), &positions)?;
    let held = found.ok_or_else(|| Error::from(&NOT_FOUND))?;
    let person: Option<Person> = at.desk.find(&person)?;
    let permit = at.check(Action::RemoveMember(at.viewed(), &held, person.as_ref()))?;
    if request.if_match()? != held.version.to_string() {
        return Err(Problem::new(&STALE).into());
    }
    let removed = at.file.clone().remove(permit, Some(&held), at.now);
    let (_, changes) = removed.map_err(|error| at.problem(error))?;
    app.commit_at(&at.desk, changes).await?;
    Ok(Reply::no_content())
}
