//! Let the dossiers that each portal accepted in a day go out to those who want to know daily.
//!
//! Every hour.

use guichet_domain::changes::Place;
use guichet_domain::dossier::NewsOfDay;
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::run::{Tally, system_permit};
use guichet_platform::store::Origin;

/// How many portals of a shard one run deals with.
const MOST: u16 = 200;

/// Let the news of a day go out.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for (_, place) in app.due("dossiers::send_news", app.now(), MOST).await? {
        tally.count(&send(app, &place).await);
    }
    Ok(tally)
}

async fn send(app: &App, place: &Place) -> Result<(), Error> {
    let news: Option<NewsOfDay> = app.read_one(place).await?;
    let news = news.ok_or_else(|| Error::from(&NOT_FOUND))?;
    let permit = system_permit(Action::SendDossierNews(news.portal))?;
    match news.send(permit, app.now()) {
        Some(changes) => Ok(app.commit(&Origin::default(), changes).await?),
        // The index is behind: they went out.
        None => Ok(()),
    }
}
