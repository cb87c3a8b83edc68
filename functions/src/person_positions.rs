//! The dossiers in which somebody takes part, as another one may know of it (RULES E6).

use guichet_domain::changes::Place;
use guichet_domain::dossier::{DossierState, OwnDossier, Publication, Role};
use guichet_domain::ids::{AccountId, DossierId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, Viewed, check};
use guichet_domain::text::Title;
use guichet_platform::app::App;
use guichet_platform::desk::Desk;
use guichet_platform::keys::{Listing, Window};
use guichet_platform::problem::Error;
use guichet_platform::store::{Order, PageQuery};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier_desk::{position_among, position_places};

/// A position that somebody holds on a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldPosition {
    dossier: DossierId,
    title: Title,
    state: DossierState,
    role: Role,
    since: Instant,
}

/// Of how many dossiers a person's page tells, the newest first: as many as one batch reads with
/// both people's positions.
const MOST_SHOWN: u16 = 20;

/// The newest dossiers in which somebody takes part, of those that whoever asks may see.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn held_positions(
    app: &App,
    desk: &Desk,
    account: AccountId,
    portal: PortalId,
) -> Result<Vec<HeldPosition>, Error> {
    let reader = desk.account.id;
    let newest = PageQuery::first(MOST_SHOWN, Order::Descending);
    let own = Listing::OwnDossiers(account, portal, Window::ALL);
    let own = app.page::<OwnDossier>(&own, &newest).await?.rows;
    let publication = |own: &OwnDossier| Place::Publication(own.dossier, portal);
    let of = |own: &OwnDossier, who| position_places(own.dossier, portal, who);
    let places: Vec<Place> = own
        .iter()
        .flat_map(|own| {
            let positions = [of(own, account), of(own, reader)].into_iter().flatten();
            std::iter::once(publication(own)).chain(positions)
        })
        .collect();
    let (items, now) = (app.read(&places).await?, app.now());
    let mut held = Vec::new();
    for own in &own {
        let found: Option<Publication> = items.find(&publication(own))?;
        let position = position_among(&items, &of(own, account))?;
        let (Some(publication), Some(position)) = (found, position) else { continue };
        let readers = position_among(&items, &of(own, reader))?;
        let (publication, readers) = (&publication, readers.as_ref());
        let viewed = Viewed { publication, account: reader, position: readers, now };
        if check(&desk.actor, Action::SeeDossier(viewed)).is_ok() {
            held.push(HeldPosition {
                dossier: own.dossier,
                title: publication.title.clone(),
                state: publication.state,
                role: position.role,
                since: position.since,
            });
        }
    }
    Ok(held)
}
