//! Ask the contacts of open dossiers for news; where none come, warn them and let it rest.
//!
//! Every hour.

use guichet_domain::changes::Place;
use guichet_domain::dossier::{Activity, DossierError, Publication, Published};
use guichet_domain::permissions::Action;
use guichet_domain::portal::Portal;
use guichet_platform::app::App;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::run::{Tally, system_permit};
use guichet_platform::store::Origin;

/// How many dossiers of a shard one run deals with; what is left is due at the next.
const MOST: u16 = 200;

/// How often one run looks at a dossier that others change meanwhile.
const MOST_LOOKS: u32 = 3;

/// Ask for news of open dossiers, and let them rest where none come.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for (_, place) in app.due("dossiers::tend", app.now(), MOST).await? {
        let mut result = tend(app, &place).await;
        // Whoever was faster may have done what counts as news: it is looked at again.
        for _ in 1..MOST_LOOKS {
            let Err(Error::Again) = result else { break };
            result = tend(app, &place).await;
        }
        tally.count(&result);
    }
    Ok(tally)
}

async fn tend(app: &App, place: &Place) -> Result<(), Error> {
    let not_found = || Error::from(&NOT_FOUND);
    let Place::Publication(dossier, portal) = *place else { return Err(not_found()) };
    let activity = Place::Activity(dossier, portal);
    let (of_dossier, referent) = (Place::Dossier(dossier), Place::Referent(dossier));
    let of_portal = Place::Portal(portal);
    let places =
        [place.clone(), activity.clone(), of_dossier.clone(), referent.clone(), of_portal.clone()];
    let items = app.read(&places).await?;
    let publication: Publication = items.find(place)?.ok_or_else(not_found)?;
    let activity: Option<Activity> = items.find(&activity)?;
    let portal: Portal = items.find(&of_portal)?.ok_or_else(not_found)?;
    let file = Published {
        dossier: items.find(&of_dossier)?.ok_or_else(not_found)?,
        referent: items.find(&referent)?.ok_or_else(not_found)?,
        publication,
    };
    let permit = system_permit(Action::TendDossier(&file.publication))?;
    match file.tend(permit, &portal.settings, activity.as_ref(), app.now()) {
        Ok((_, changes)) => Ok(app.commit(&Origin::default(), changes).await?),
        // The index is behind: it was dealt with.
        Err(DossierError::NothingDue) => Ok(()),
        Err(error) => Err(Error::Internal(error.to_string())),
    }
}
