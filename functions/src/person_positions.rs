//! The dossiers in which somebody takes part, as another one may know of it (RULES E6).

use futures_util::future::try_join_all;
use guichet_domain::changes::Place;
use guichet_domain::dossier::{DossierState, Left, OwnDossier, Position, Removal, Role};
use guichet_domain::ids::{AccountId, DossierId};
use guichet_domain::instant::Instant;
use guichet_domain::journal::Entry;
use guichet_domain::permissions::{Action, Viewed, check};
use guichet_domain::person::Person;
use guichet_domain::text::Title;
use guichet_platform::app::App;
use guichet_platform::desk::Desk;
use guichet_platform::keys::{Listing, Window};
use guichet_platform::problem::Error;
use guichet_platform::store::{Items, Page, PageQuery, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier_desk::{file_among, file_places, position_among, position_places};
use crate::origins::{Origin, of_position};
use crate::views::PersonPath;

/// A position that somebody holds on a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldPosition {
    dossier: DossierId,
    title: Title,
    state: DossierState,
    role: Role,
    since: Instant,
    /// What gave it to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    /// Whether the reader, named as the successor of somebody archived, may take it over.
    may_take_over: bool,
}

impl HeldPosition {
    /// The same, with what gave it to whoever holds it.
    pub(crate) fn with_origin(self, person: &Person, gifts: &[Entry], reads_journal: bool) -> Self {
        let origin = of_position(person, (self.dossier, self.role), gifts, reads_journal);
        Self { origin, ..self }
    }
}

/// Of how many dossiers a person's page tells, the newest first.
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
    let parts = own.rows.chunks(READ_AT_ONCE).map(|some| rows(app, desk, person, some));
    let rows = try_join_all(parts).await?.into_iter().flatten().collect();
    Ok(Page { rows, cursor: own.cursor })
}

/// As many dossiers as one batch reads, with nine items each.
const READ_AT_ONCE: usize = 11;

async fn rows(
    app: &App,
    desk: &Desk,
    person: &Person,
    own: &[OwnDossier],
) -> Result<Vec<HeldPosition>, Error> {
    let (reader, portal, now) = (desk.account.id, person.portal, app.now());
    let of = |own: &OwnDossier, who| position_places(own.dossier, portal, who);
    let places = own.iter().flat_map(|own| {
        let removals = [None, Some(portal)].map(|side| Place::Removal(own.dossier, side, reader));
        let positions = [of(own, person.account), of(own, reader)].into_iter().flatten();
        file_places(own.dossier, portal).into_iter().chain(positions).chain(removals)
    });
    let items = app.read(&places.collect::<Vec<_>>()).await?;
    let mut rows = Vec::new();
    for own in own {
        let file = file_among(&items, own.dossier, portal)?;
        let position = position_among(&items, &of(own, person.account))?;
        let (Some(file), Some(position)) = (file, position) else { continue };
        let readers = position_among(&items, &of(own, reader))?;
        let (publication, held) = (&file.publication, readers.as_ref());
        let viewed = Viewed { publication, account: reader, position: held, now };
        let left = left(&position, Some(person), &items, reader)?;
        let may_take_over = check(&desk.actor, Action::TakeOver(viewed, &position, Some(person)))
            .is_ok_and(|permit| file.clone().take_over(permit, reader, held, left, now).is_ok());
        if may_take_over || check(&desk.actor, Action::SeeDossier(viewed)).is_ok() {
            rows.push(HeldPosition {
                dossier: own.dossier,
                title: publication.title.clone(),
                state: publication.state,
                role: position.role,
                since: position.since,
                origin: None,
                may_take_over,
            });
        }
    }
    Ok(rows)
}

/// What somebody archived left to a successor, whose removals were read.
///
/// # Errors
/// An item has another shape.
pub(crate) fn left<'a>(
    position: &'a Position,
    person: Option<&Person>,
    items: &Items,
    successor: AccountId,
) -> Result<Left<'a>, Error> {
    let removal = Place::Removal(position.dossier, position.portal, successor);
    let removal: Option<Removal> = items.find(&removal)?;
    let named = person.and_then(|person| person.handed_over);
    Ok(Left {
        position,
        named_at: named.map(|named| named.at),
        removed_at: removal.map(|removal| removal.at),
    })
}
