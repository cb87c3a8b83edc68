//! The mails about dossiers, to those who ask and those who were removed (RULES F2, F10, F11).

use guichet_domain::account::Account;
use guichet_domain::changes::Place;
use guichet_domain::dossier::{Dossier, MOST_APPLICANTS, Position, Role};
use guichet_domain::ids::{AccountId, DossierId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::journal::{Act, Author};
use guichet_domain::mail::Link;
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_domain::territory::Territory;
use guichet_mail::{ContactNews, DossierNews, DossierOccasion, Message};
use guichet_platform::app::App;
use guichet_platform::keys::{DossierList, Listing, Window};
use guichet_platform::problem::Error;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;

use super::dossier_contact::{changed_hands, offered};
use super::{Addressed, Context, site, to_account};

/// The mail that an act on a dossier causes, to the person it touched.
pub(super) async fn compose(
    app: &App,
    context: &Context<'_>,
    id: DossierId,
) -> Result<Vec<Addressed>, Error> {
    let (Some(portal), Some(person)) = (context.portal, context.entry.person) else {
        return Ok(Vec::new());
    };
    let reason = app.read_reasons(std::slice::from_ref(context.entry)).await?;
    let reason = || reason.values().next().cloned().unwrap_or_else(|| "—".to_owned());
    let is_own_act = context.entry.author == Author::Account(person);
    if context.entry.act == Act::ReferentChanged {
        return changed_hands(app, context, portal, id).await;
    }
    let occasion = match context.entry.act {
        Act::ReferentOffered => match offered(app, context, portal, id).await? {
            Some(occasion) => occasion,
            None => return Ok(Vec::new()),
        },
        Act::ReferentOfferEnded => {
            let Author::Account(author) = context.entry.author else { return Ok(Vec::new()) };
            let by = name_of(app, portal, author).await?;
            if context.entry.before.codes.contains(&person.to_string()) {
                DossierOccasion::Contact(ContactNews::TakenBack { by })
            } else {
                DossierOccasion::Contact(ContactNews::Declined { by })
            }
        }
        Act::DossierSubmitted => DossierOccasion::Received,
        Act::DossierAccepted => DossierOccasion::Accepted,
        Act::DossierRefused => DossierOccasion::Refused { reason: reason() },
        Act::DossierPaused if context.entry.author == Author::System => {
            DossierOccasion::PausedByTime
        }
        Act::DossierReminded => DossierOccasion::Reminder,
        Act::DossierPauseNear => match context.entry.after.until {
            Some(pauses_at) => DossierOccasion::PauseNear { pauses_at },
            None => return Ok(Vec::new()),
        },
        Act::DossierPaused if !is_own_act => DossierOccasion::Paused { reason: reason() },
        Act::PositionRemoved => DossierOccasion::Removed,
        _ => return Ok(Vec::new()),
    };
    let mail = to_person(app, portal, person, id, occasion.clone()).await?;
    match (mail, context.entry.act) {
        (Some(mail), _) => Ok(vec![mail]),
        (
            None,
            Act::DossierAccepted
            | Act::DossierRefused
            | Act::DossierPaused
            | Act::DossierReminded
            | Act::DossierPauseNear,
        ) => to_those_who_ask(app, portal, id, &occasion).await,
        (None, _) => Ok(Vec::new()),
    }
}

/// How many of those who ask are told where the contact can't be.
const MOST_TOLD_INSTEAD: usize = 10;

/// The mail to the others who ask: whoever speaks for the dossier is active no more, and what
/// comes of it is not to pass unseen.
async fn to_those_who_ask(
    app: &App,
    portal: &Portal,
    id: DossierId,
    occasion: &DossierOccasion,
) -> Result<Vec<Addressed>, Error> {
    let all = u16::try_from(MOST_APPLICANTS).unwrap_or(u16::MAX);
    let query = PageQuery::first(all, Order::Ascending);
    let positions: Vec<Position> = app.page(&Listing::Positions(id, None), &query).await?.rows;
    let mut mails = Vec::new();
    for position in positions.iter().filter(|position| position.role != Role::Referent) {
        mails.extend(to_person(app, portal, position.account, id, occasion.clone()).await?);
        if mails.len() == MOST_TOLD_INSTEAD {
            break;
        }
    }
    Ok(mails)
}

/// The mail to somebody about a dossier.
pub(super) async fn to_person(
    app: &App,
    portal: &Portal,
    person: AccountId,
    id: DossierId,
    occasion: DossierOccasion,
) -> Result<Option<Addressed>, Error> {
    let person_place = Place::Person(person, portal.id);
    let places = [Place::Account(person), Place::Dossier(id), person_place.clone()];
    let items = app.read(&places).await?;
    let account: Option<Account> = items.find(&Place::Account(person))?;
    let dossier: Option<Dossier> = items.find(&Place::Dossier(id))?;
    // Somebody inactive is told of nothing on the portal but of that. Whoever asks on another
    // portal of the dossier may be nobody on this one, and is told all the same.
    let person: Option<Person> = items.find(&person_place)?;
    let is_inactive = person.is_some_and(|person| person.archived_at.is_some());
    let (Some(account), Some(dossier), false) = (account, dossier, is_inactive) else {
        return Ok(None);
    };
    let has_link = !matches!(occasion, DossierOccasion::Refused { .. } | DossierOccasion::Removed);
    let message = Message::Dossier(DossierNews {
        title: dossier.sheet.title.as_str().to_owned(),
        commune: dossier.sheet.locality.name.clone(),
        department: Territory::of_department(dossier.sheet.locality.department),
        occasion,
    });
    let link = if has_link { site(portal) } else { Link::None };
    Ok(Some(to_account(&account, portal, message, link)))
}

/// What somebody is called on the portal.
pub(super) async fn name_of(
    app: &App,
    portal: &Portal,
    account: AccountId,
) -> Result<String, Error> {
    let person: Option<Person> = app.read_one(&Place::Person(account, portal.id)).await?;
    Ok(person.map_or_else(|| "—".to_owned(), |person| person.profile.full_name()))
}

/// A waiting dossier, as the queue's index holds it.
#[derive(Deserialize)]
struct WaitingRow {
    submitted_at: Instant,
}

/// When the dossiers were submitted that wait for the moderators, the newest first.
pub(super) async fn waiting(app: &App, portal: PortalId, most: u16) -> Result<Vec<Instant>, Error> {
    let query = PageQuery::first(most, Order::Descending);
    let listing = Listing::Dossiers(portal, DossierList::Submitted, Window::ALL);
    let page = app.page::<WaitingRow>(&listing, &query).await?;
    Ok(page.rows.into_iter().map(|row| row.submitted_at).collect())
}
