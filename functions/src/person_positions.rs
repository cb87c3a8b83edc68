//! The dossiers in which somebody takes part, as another one may know of it (RULES E6).

use guichet_domain::changes::Place;
use guichet_domain::dossier::{DossierState, OwnDossier, Publication, Role};
use guichet_domain::ids::DossierId;
use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, Viewed, check};
use guichet_domain::person::Person;
use guichet_domain::text::Title;
use guichet_platform::app::App;
use guichet_platform::desk::Desk;
use guichet_platform::keys::{Listing, Window};
use guichet_platform::problem::Error;
use guichet_platform::store::{Page, PageQuery, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier_desk::{position_among, position_places};
use crate::views::PersonPath;

/// A position that somebody holds on a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldPosition {
    dossier: DossierId,
    title: Title,
    state: DossierState,
    role: Role,
    since: Instant,
    /// Whether the reader, named as the successor of somebody archived, may take it over.
    may_take_over: bool,
}

/// Of how many dossiers a person's page tells, the newest first: as many as one batch reads with
/// both people's positions.
pub(crate) const MOST_SHOWN: u16 = 20;

/// A page of the dossiers in which somebody takes part, the newest first: which ones they are is
/// read beside who asks, and shown to nobody before that is known.
///
/// # Errors
/// The table did not answer, or the cursor is not one of this list.
pub(crate) async fn own_dossiers(
    app: &App,
    path: PersonPath,
    query: &PageQuery,
) -> Result<Page<OwnDossier>, StoreError> {
    app.page(&Listing::OwnDossiers(path.account, path.portal, Window::ALL), query).await
}

/// Those of them that whoever asks may see, or take over.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn held_positions(
    app: &App,
    desk: &Desk,
    person: &Person,
    own: Page<OwnDossier>,
) -> Result<Page<HeldPosition>, Error> {
    let (reader, portal) = (desk.account.id, person.portal);
    let Page { rows: own, cursor } = own;
    let publication = |own: &OwnDossier| Place::Publication(own.dossier, portal);
    let of = |own: &OwnDossier, who| position_places(own.dossier, portal, who);
    let places: Vec<Place> = own
        .iter()
        .flat_map(|own| {
            let positions = [of(own, person.account), of(own, reader)].into_iter().flatten();
            std::iter::once(publication(own)).chain(positions)
        })
        .collect();
    let (items, now) = (app.read(&places).await?, app.now());
    let mut rows = Vec::new();
    for own in &own {
        let found: Option<Publication> = items.find(&publication(own))?;
        let position = position_among(&items, &of(own, person.account))?;
        let (Some(publication), Some(position)) = (found, position) else { continue };
        let readers = position_among(&items, &of(own, reader))?;
        let (publication, readers) = (&publication, readers.as_ref());
        let viewed = Viewed { publication, account: reader, position: readers, now };
        let takes_over = Action::TakeOver(viewed, &position, Some(person));
        let may_take_over = check(&desk.actor, takes_over).is_ok();
        if may_take_over || check(&desk.actor, Action::SeeDossier(viewed)).is_ok() {
            rows.push(HeldPosition {
                dossier: own.dossier,
                title: publication.title.clone(),
                state: publication.state,
                role: position.role,
                since: position.since,
                may_take_over: may_take_over && position.is_left_to(readers, publication.state),
            });
        }
    }
    Ok(Page { rows, cursor })
}
