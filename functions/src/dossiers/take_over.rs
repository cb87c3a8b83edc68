//! Take over what somebody archived was in a dossier, as the successor whom staff named.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/take-over`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::DossierPath;
use crate::dossier_views::DossierView;
use crate::referent_desk::{SomebodyInput, Target};

/// Take over what somebody archived was in a dossier.
///
/// # Errors
/// 403 for whoever was not named as their successor, or named themselves to speak for it; 409 for
/// somebody of the other side, or who is as much already; 422 for somebody who takes no part.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/take-over",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = SomebodyInput,
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let (at, target) = Target::open(app, request).await?;
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
    let (me, held) = (at.desk.account.id, at.position.as_ref());
    let taken = at.file.clone().take_over(permit, me, held, &position, at.now);
    let (file, position, changes) = taken.map_err(|error| at.problem(error))?;
    at.commit_with(app, file, Some(position), changes).await
}
