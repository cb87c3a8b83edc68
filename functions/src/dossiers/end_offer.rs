//! Take back the offer to speak for a dossier or, as the member to whom it was made, decline it.
//!
//! `DELETE /v1/portals/{portal}/dossiers/{dossier}/referent/offer`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};

/// Take back the offer to speak for a dossier, or decline it.
///
/// # Errors
/// 403 for whoever neither made it nor is offered it, 409 when nothing is offered, or no longer.
#[utoipa::path(
    delete,
    path = "/v1/portals/{portal}/dossiers/{dossier}/referent/offer",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 204)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let _sight = at.check(Action::SeeDossier(at.viewed()))?;
    // Whoever declined is offered nothing any more.
    if at.is_done() {
        return Ok(Reply::no_content());
    }
    let offered_to = at.file.referent.offer_at(at.now).map(|(account, _)| account);
    let permit = at.check(Action::EndOffer(at.viewed(), offered_to))?;
    let ended = at.file.clone().end_offer(permit, at.now);
    let (_, changes) = ended.map_err(|error| at.problem(error))?;
    app.commit_at(&at.desk, changes).await?;
    Ok(Reply::no_content())
}
