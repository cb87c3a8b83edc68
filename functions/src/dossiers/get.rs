//! Show a dossier, with how its contact is reached.
//!
//! `GET /v1/portals/{portal}/dossiers/{dossier}`

use guichet_domain::changes::Place;
use guichet_domain::permissions::Action;
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::dossier_views::{ContactView, DossierView};

/// A dossier, and how its contact is reached.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    #[serde(flatten)]
    dossier: DossierView,
    /// Who speaks for it, as the portal knows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactView>,
}

/// Show a dossier, with how its contact is reached.
///
/// # Errors
/// 404 for one that is not theirs to see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/dossiers/{dossier}",
    params(DossierPath),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let _permit = at.check(Action::SeeDossier(at.viewed()))?;
    let place = Place::Person(at.file.referent.account, path.portal);
    let contact: Option<Person> = app.read_one(&place).await?;
    let contact = contact.as_ref().map(ContactView::of);
    let output = Output { dossier: DossierView::new(&at), contact };
    Ok(Reply::ok(&output)?.etag(&at.file.etag()))
}
