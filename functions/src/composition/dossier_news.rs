//! Who is told of new dossiers: advisers whose territory covers them, and staff, at once or once a
//! day (RULES F3).

use guichet_domain::changes::{Guard, Place, Write};
use guichet_domain::dossier::{NewsOfDay, Publication};
use guichet_domain::ids::DossierId;
use guichet_domain::instant::Instant;
use guichet_domain::moderation::MailRhythm;
use guichet_domain::portal::Portal;
use guichet_domain::territory::Territory;
use guichet_mail::{DossierNews, DossierOccasion, ListedDossier, Message};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::store::CommitError;

use super::Context;
use super::crowd::{Reader, tell};

/// How many dossiers a daily mail names.
const MOST_NAMED: usize = 20;

/// Notes a dossier that was accepted for those who are told daily, and tells the others.
pub(super) async fn accepted(
    app: &App,
    context: &Context<'_>,
    dossier: DossierId,
) -> Result<(), Error> {
    let Some(portal) = context.portal else { return Ok(()) };
    let place = Place::Publication(dossier, portal.id);
    let publication: Option<Publication> = app.read_one(&place).await?;
    let Some(publication) = publication.filter(|one| one.state.is_accepted()) else {
        return Ok(());
    };
    let Some(ruling) = publication.ruling.as_ref() else { return Ok(()) };
    note(app, portal, dossier, context.entry.at).await?;
    let department = publication.locality.department;
    let message = Message::Dossier(DossierNews {
        title: ruling.title.as_str().to_owned(),
        commune: publication.locality.name.clone(),
        department: Territory::of_department(department),
        occasion: DossierOccasion::New,
    });
    let lists = [
        Listing::Staff(portal.id),
        Listing::Coverage(portal.id, Some(department)),
        Listing::Coverage(portal.id, None),
    ];
    let message = |reader: &Reader| {
        let at_once = wants(reader, &publication, MailRhythm::AtOnce);
        (at_once && !knows(reader, &publication)).then(|| message.clone())
    };
    tell(app, context, &lists, message).await
}

/// Whether somebody decided on a dossier, or submitted it.
fn knows(reader: &Reader, publication: &Publication) -> bool {
    let by = publication.ruling.as_ref().map(|ruling| ruling.by.account);
    by == Some(reader.account) || publication.submitted_by.account == reader.account
}

/// Whether this is how somebody wanted to be told when the dossier was accepted.
fn wants(reader: &Reader, publication: &Publication, rhythm: MailRhythm) -> bool {
    let ruling = publication.ruling.as_ref();
    ruling.is_some_and(|ruling| reader.dossier_mails.at(ruling.at) == rhythm)
}

/// How often the news of a day are written when others write them too.
const MOST_NOTES: u32 = 5;

/// Notes that a dossier was accepted, in the news of that day or, where they have gone out already,
/// of today.
async fn note(
    app: &App,
    portal: &Portal,
    dossier: DossierId,
    accepted_at: Instant,
) -> Result<(), Error> {
    for _ in 0..MOST_NOTES {
        match try_to_note(app, portal, dossier, accepted_at).await {
            Err(CommitError::Lost) => {}
            noted => return Ok(noted?),
        }
    }
    Err(Error::Again)
}

async fn try_to_note(
    app: &App,
    portal: &Portal,
    dossier: DossierId,
    accepted_at: Instant,
) -> Result<(), CommitError> {
    for day in [accepted_at, app.now()] {
        let place = Place::NewsOfDay(portal.id, day.day());
        let news: Option<NewsOfDay> = app.read_one(&place).await?;
        let write = match news {
            Some(news) if news.dossiers.contains(&dossier) => return Ok(()),
            Some(news) if news.due_at.is_some() => {
                Write::Update(news.with(dossier).into(), Guard::Version)
            }
            None => Write::Create(NewsOfDay::first(portal.id, dossier, day).into()),
            Some(_) => continue,
        };
        return app.apply(&[write]).await;
    }
    Ok(())
}

/// Tells those who want to know daily of the dossiers of a day that they may see.
pub(super) async fn of_day(app: &App, context: &Context<'_>) -> Result<(), Error> {
    let (Some(portal), Some(day)) = (context.portal, context.entry.after.codes.first()) else {
        return Ok(());
    };
    let news: Option<NewsOfDay> = app.read_one(&Place::NewsOfDay(portal.id, day.clone())).await?;
    let Some(news) = news else { return Ok(()) };
    let place = |dossier: &DossierId| Place::Publication(*dossier, portal.id);
    let places: Vec<Place> = news.dossiers.iter().map(place).collect();
    let items = app.read(&places).await?;
    let mut publications: Vec<Publication> = Vec::new();
    for place in &places {
        let publication: Option<Publication> = items.find(place)?;
        publications.extend(publication.filter(|one| one.state.is_accepted()));
    }
    let message = |reader: &Reader| {
        let sees = |one: &&Publication| {
            let department = one.locality.department;
            let territory = reader.territory.as_ref();
            wants(reader, one, MailRhythm::Daily)
                && territory.is_none_or(|territory| territory.covers(department))
                && !knows(reader, one)
        };
        let seen: Vec<&Publication> = publications.iter().filter(sees).collect();
        let named = seen.iter().take(MOST_NAMED).map(|one| ListedDossier {
            // Nothing that the moderators have not read goes out to many.
            title: one.ruling.as_ref().map_or_else(String::new, |of| of.title.as_str().to_owned()),
            commune: one.locality.name.clone(),
        });
        let dossiers: Vec<ListedDossier> = named.collect();
        let unnamed = u32::try_from(seen.len() - dossiers.len()).unwrap_or(u32::MAX);
        (!dossiers.is_empty()).then_some(Message::NewDossiers { dossiers, unnamed })
    };
    tell(app, context, &[Listing::Staff(portal.id), Listing::Advisors(portal.id)], message).await
}
