//! The mails about who speaks for a dossier (RULES F9).

use guichet_domain::changes::Place;
use guichet_domain::dossier::Referent;
use guichet_domain::ids::{AccountId, DossierId};
use guichet_domain::instant::Instant;
use guichet_domain::journal::Author;
use guichet_domain::portal::Portal;
use guichet_mail::{ContactNews, DossierOccasion};
use guichet_platform::app::App;
use guichet_platform::problem::Error;

use super::dossiers::{name_of, to_person};
use super::{Addressed, Context};

/// What the contact of a dossier offers, while it stands.
pub(super) async fn offered(
    app: &App,
    context: &Context<'_>,
    portal: &Portal,
    id: DossierId,
) -> Result<Option<DossierOccasion>, Error> {
    let referent: Option<Referent> = app.read_one(&Place::Referent(id)).await?;
    let Some(referent) = referent else { return Ok(None) };
    let offer = referent.offer_at(app.now());
    let is_newest = |(account, expires_at): &(AccountId, Instant)| {
        Some(*account) == context.entry.person && Some(*expires_at) == context.entry.after.until
    };
    let Some((_, expires_at)) = offer.filter(is_newest) else { return Ok(None) };
    let by = name_of(app, portal, referent.account).await?;
    Ok(Some(DossierOccasion::Contact(ContactNews::Offered { by, expires_at })))
}

/// Somebody else speaks for a dossier: both are told, apart from who did it.
pub(super) async fn changed_hands(
    app: &App,
    context: &Context<'_>,
    portal: &Portal,
    id: DossierId,
) -> Result<Vec<Addressed>, Error> {
    let account = |codes: &[String]| codes.first().and_then(|code| code.parse().ok());
    let before: Option<AccountId> = account(&context.entry.before.codes);
    let after: Option<AccountId> = account(&context.entry.after.codes);
    let (Some(before), Some(after)) = (before, after) else { return Ok(Vec::new()) };
    let mut mails = Vec::new();
    if context.entry.author != Author::Account(after) {
        mails.extend(
            to_person(app, portal, after, id, DossierOccasion::Contact(ContactNews::Named)).await?,
        );
    }
    if context.entry.author != Author::Account(before) {
        let by = name_of(app, portal, after).await?;
        let replaced = DossierOccasion::Contact(ContactNews::Replaced { by });
        mails.extend(to_person(app, portal, before, id, replaced).await?);
    }
    Ok(mails)
}
