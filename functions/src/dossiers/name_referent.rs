//! Have another person who asks speak for a dossier; whoever did so stays as a member.
//!
//! `PUT /v1/portals/{portal}/dossiers/{dossier}/referent`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::DossierPath;
use crate::dossier_views::DossierView;
use crate::referent_desk::{SomebodyInput, Target, contact};

/// Have another person who asks speak for a dossier.
///
/// # Errors
/// 403 for who may not, 409 for somebody of the advisers' side, or who speaks for it already, 412
/// when it changed, 422 for somebody who takes no part.
#[utoipa::path(
    put,
    path = "/v1/portals/{portal}/dossiers/{dossier}/referent",
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
    let (at, target) = Target::open(app, request, &[]).await?;
    let _sight = at.check(Action::SeeDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    // Who is not staff is told so, whomever they name.
    let _permit = at.check(Action::SeeQueue(at.file.publication.portal))?;
    let target = target?;
    let before = contact(app, &at).await?;
    let people = [target.person.as_ref(), before.person.as_ref()];
    let permit = at.check(Action::NameReferent(at.viewed(), &target.position, people))?;
    let (etag, to, now) = (request.if_match()?, &target.position, at.now);
    let named = at.file.clone().name_referent(permit, &etag, to, &before.position, now);
    let (file, position, changes) = named.map_err(|error| at.problem(error))?;
    let is_own = position.account == at.desk.account.id;
    at.commit_with(app, file, is_own.then_some(position), changes).await
}
