//! Offer a member to speak for a dossier instead of oneself; they then accept, or do not.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/referent/offer`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::limits::OFFER_REFERENT;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierPath, bearer};
use crate::dossier_views::DossierView;
use crate::referent_desk::{SomebodyInput, Target};

/// Offer a member to speak for a dossier.
///
/// # Errors
/// 403 for whoever does not speak for it, 409 for somebody who is no member or is offered it
/// already, 412 when it changed, 422 for somebody who takes no part, 429 beyond ten a day.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/referent/offer",
    params(
        DossierPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = SomebodyInput,
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let by = bearer(app, request).await?.to_string();
    let by = [by.as_str()];
    let (opened, counted) = tokio::join!(
        Target::open(app, request, &[]),
        app.within_one(request.attempt, OFFER_REFERENT, &by),
    );
    let (at, target) = opened?;
    let _sight = at.check(Action::SeeDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    // Who does not speak for it is told so, whomever they name.
    let _permit = at.check(Action::PublishDossier(at.viewed()))?;
    counted?;
    let target = target?;
    let (position, person) = (&target.position, target.person.as_ref());
    let permit = at.check(Action::OfferReferent(at.viewed(), position, person))?;
    let etag = request.if_match()?;
    let offered = at.file.clone().offer_referent(permit, &etag, position, at.now);
    let (file, changes) = offered.map_err(|error| at.problem(error))?;
    at.commit(app, file, changes).await
}
