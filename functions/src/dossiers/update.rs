//! Change what a dossier says, once it was accepted.
//!
//! `PATCH /v1/portals/{portal}/dossiers/{dossier}`

use guichet_domain::changes::Place;
use guichet_domain::dossier::{Publication, Published};
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::dossier_views::{DossierView, SheetChange};

/// Change what a dossier says, once it was accepted.
///
/// # Errors
/// 403 for those who may not change it, 409 before it is accepted, 412 when it changed.
#[utoipa::path(
    patch,
    path = "/v1/portals/{portal}/dossiers/{dossier}",
    params(
        DossierPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = SheetChange,
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let permit = at.check(Action::UpdateDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let etag = request.if_match()?;
    let input: SheetChange = request.json()?;
    let sheet = input.applied_to(&at.file.dossier.sheet)?;
    let others = others(app, &at).await?;
    let held = at.position.as_ref();
    let portal = at.desk.portal()?;
    let changed = at.file.clone().update(permit, &etag, sheet, portal, (held, others), at.now);
    let (file, changes) = changed.map_err(|error| at.problem(error))?;
    at.commit(app, file, changes).await
}

/// The publications of the dossier on other portals, which are to say the same.
async fn others(app: &App, at: &DossierDesk) -> Result<Vec<Publication>, Error> {
    let Published { dossier, publication, referent } = &at.file;
    let elsewhere = referent.elsewhere(publication.portal);
    let places: Vec<Place> =
        elsewhere.map(|on| Place::Publication(dossier.id, on.portal)).collect();
    let items = app.read(&places).await?;
    let mut others = Vec::with_capacity(places.len());
    for place in &places {
        let other: Option<Publication> = items.find(place)?;
        let is_same = |other: &Publication| other.dossier_version == dossier.version;
        others.push(other.filter(is_same).ok_or(Error::Again)?);
    }
    Ok(others)
}
