//! Let the moderators' digests be composed: at most one a day for each portal, while something
//! waits.
//!
//! Every hour.

use guichet_domain::changes::Place;
use guichet_domain::moderation::{Digest, StillOpen};
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::keys::{DossierList, Listing, Window};
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::run::{Tally, system_permit};
use guichet_platform::store::{Order, Origin, PageQuery};
use serde::de::IgnoredAny;

/// How many portals of a shard one run deals with.
const MOST: u16 = 200;

/// Let the moderators' digests be composed.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for (_, place) in app.due("advisor_requests::remind_moderators", app.now(), MOST).await? {
        tally.count(&remind(app, &place).await);
    }
    Ok(tally)
}

async fn remind(app: &App, place: &Place) -> Result<(), Error> {
    let digest: Option<Digest> = app.read_one(place).await?;
    let digest = digest.ok_or_else(|| Error::from(&NOT_FOUND))?;
    let now = app.now();
    if digest.due_at.is_none_or(|due| now < due) {
        return Ok(());
    }
    let permit = system_permit(Action::RemindModerators(digest.portal))?;
    let submitted = Listing::Dossiers(digest.portal, DossierList::Submitted, Window::ALL);
    let one = PageQuery::first(1, Order::Ascending);
    let open = Listing::OpenRequests(digest.portal);
    let (request, dossier) =
        tokio::try_join!(app.page::<IgnoredAny>(&open, &one), app.page(&submitted, &one))?;
    let waits: [&[IgnoredAny]; 2] = [&request.rows, &dossier.rows];
    let still = match waits {
        [[], []] => StillOpen::Nothing,
        _ => StillOpen::Something,
    };
    Ok(app.commit(&Origin::default(), digest.send(permit, still, now)).await?)
}
