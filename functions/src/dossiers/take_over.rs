//! Take over what somebody archived was in a dossier, as the successor whom staff named.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/take-over`

use guichet_domain::changes::Place;
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::admission::advising_elsewhere;
use crate::dossier_desk::{DossierPath, bearer};
use crate::dossier_views::DossierView;
use crate::person_positions::left;
use crate::referent_desk::{SomebodyInput, Target};

/// Take over what somebody archived was in a dossier.
///
/// # Errors
/// 403 for whoever was not named as their successor, or named themselves to speak for it; 409 for
/// whoever is of the other side, is as much already or was removed since, for a side that is full,
/// and to speak for a dossier of several portals; 422 for somebody who takes no part.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/take-over",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = SomebodyInput,
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let DossierPath { portal, dossier } = request.path()?;
    let me = bearer(app, request).await?;
    let removals = [None, Some(portal)].map(|side| Place::Removal(dossier, side, me));
    let (at, target) = Target::open(app, request, &removals).await?;
    if at.is_done() {
        let _sight = at.check(Action::SeeDossier(at.viewed()))?;
        return at.reply();
    }
    let Target { position, person } = match target {
        Ok(target) => target,
        // What is wrong with it is for those to know who see the dossier.
        Err(error) => return at.check(Action::SeeDossier(at.viewed())).and(Err(error)),
    };
    let permit = at.check(Action::TakeOver(at.viewed(), &position, person.as_ref()))?;
    let held = match at.position.clone() {
        None if position.asks() => advising_elsewhere(app, &at.file, me).await?,
        held => held,
    };
    let left = left(&position, person.as_ref(), at.desk.items(), me)?;
    let taken = at.file.clone().take_over(permit, me, held.as_ref(), left, at.now);
    let (file, position, changes) = taken.map_err(|error| at.problem(error))?;
    at.commit_with(app, file, Some(position), changes).await
}
