//! Who is told of what: from a journal entry to mails (RULES H1).

mod crowd;
mod dossier_contact;
mod dossier_news;
mod dossiers;
mod invitations;

use guichet_domain::account::{Account, Credential, FIRST_PASSWORD_LINK_DAYS, SignUp};
use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::changes::{Entity, Place};
use guichet_domain::ids::{AccountId, EntryId, PortalId, SignUpId};
use guichet_domain::instant::Instant;
use guichet_domain::journal::{Act, Author, Entry, Object};
use guichet_domain::level::Language;
use guichet_domain::mail::{Link, Mail, MailId, MailState, Pace, Recipient};
use guichet_domain::moderation::{MailRhythm, is_reminded};
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_domain::territory::Territory;
use guichet_mail::{
    CarriedRequest, Counted, Envelope, Message, PasswordOccasion, Precision, compose,
};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::limits::{
    MAIL_ADDRESS, MAIL_PURPOSE, TELL_MODERATORS, TELL_OF_DOSSIERS, Taken,
};
use guichet_platform::problem::Error;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;

use crate::person_positions::own_dossiers;
use crate::views::PersonPath;

/// What mails are composed from.
pub(crate) struct Context<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) portal: Option<&'a Portal>,
}

/// One mail to be composed.
struct Addressed {
    recipient: Recipient,
    language: Language,
    name: Option<String>,
    message: Message,
    link: Link,
    cause: Cause,
    pace: Pace,
    /// Until when the mail is kept, where that is sooner than others.
    kept_until: Option<Instant>,
}

/// Who causes a mail: what strangers cause is limited (SECURITY S12).
enum Cause {
    /// Somebody known, or a mail that was counted when it was asked for.
    Known,
    /// Anybody who types in this address, for this purpose.
    Stranger(&'static str, String),
}

/// Composes every mail that the entry causes. Each is made once, however often this runs.
pub(crate) async fn compose_mails(app: &App, context: &Context<'_>) -> Result<(), Error> {
    let entry = context.entry;
    let mails = match (entry.act, entry.object) {
        (Act::SignUpStarted | Act::SignUpMailAsked, Object::SignUp(id)) => {
            return to_sign_up(app, entry, id).await;
        }
        (Act::PortalCreated, _) => to_first_administrator(app, context).await?,
        (Act::RequestSubmitted, _) => {
            let mut mails = to_person(app, context).await?;
            mails.extend(to_moderators(app, context).await?);
            mails
        }
        (Act::DigestDue, _) => digests(app, context).await?,
        (
            Act::RequestAmended
            | Act::RequestAccepted
            | Act::RequestRefused
            | Act::RequestLapsed
            | Act::RequestReopened
            | Act::AdvisorPromoted
            | Act::TerritoryChanged
            | Act::AdvisorRevoked
            | Act::LevelChanged
            | Act::EndOfAccessSet
            | Act::EndOfAccessNear
            | Act::AccessEnded
            | Act::PersonRestored,
            _,
        ) => to_person(app, context).await?,
        (Act::PersonArchived | Act::PersonHandedOver, _) => {
            let mut mails = to_person(app, context).await?;
            mails.extend(to_successor(app, context).await?);
            mails
        }
        (Act::ImportFinished, Object::Import(id)) => {
            invitations::to_importer(app, context, id).await?.into_iter().collect()
        }
        (Act::DossierSubmitted, Object::Dossier(id)) => {
            let mut mails = dossiers::compose(app, context, id).await?;
            mails.extend(to_moderators(app, context).await?);
            mails
        }
        (Act::DossierAccepted, Object::Dossier(id)) => {
            // Those who ask are told first, however many others there are.
            for addressed in dossiers::compose(app, context, id).await? {
                queue(app, context, addressed).await?;
            }
            dossier_news::accepted(app, context, id).await?;
            Vec::new()
        }
        (_, Object::Dossier(id)) => dossiers::compose(app, context, id).await?,
        (Act::DossierNewsDue, _) => {
            dossier_news::of_day(app, context).await?;
            Vec::new()
        }
        (act, Object::Invitation(id)) => invitations::compose(app, context, act, id).await?,
        _ => Vec::new(),
    };
    for addressed in mails {
        queue(app, context, addressed).await?;
    }
    Ok(())
}

/// Keeps a composed mail, which the stream then sends.
async fn queue(app: &App, context: &Context<'_>, addressed: Addressed) -> Result<(), Error> {
    let settings = context.portal.map(|portal| &portal.settings);
    let envelope = Envelope {
        language: addressed.language,
        // The name that stands in subjects is the one that the operator approved (SECURITY S11).
        portal: context.portal.map(|portal| portal.sender_name.as_str().to_owned()),
        contact_address: settings.map(|settings| settings.contact_address.as_str().to_owned()),
        recipient: addressed.name,
    };
    let composed = compose(&envelope, &addressed.message);
    let automation = addressed.message.code();
    let sender = context.portal.map_or("Guichet", |portal| portal.sender_name.as_str());
    let mail = Mail {
        id: mail_id(context.entry.id, automation, &addressed.recipient),
        version: 1,
        portal: context.portal.map(|portal| portal.id),
        entry: context.entry.id,
        automation: automation.to_owned(),
        recipient: addressed.recipient,
        language: addressed.language,
        sender_name: sender.to_owned(),
        reply_to: envelope.contact_address.clone(),
        subject: composed.subject,
        text: composed.text,
        html: composed.html,
        link: addressed.link,
        state: MailState::Queued,
        attempts: 0,
        created_at: app.now(),
        due_at: None,
        sent_at: None,
        kept_until: addressed.kept_until,
        pace: addressed.pace,
        outcome: None,
        outcome_at: None,
        times_sent_again: 0,
        sent_again_at: None,
    };
    match addressed.cause {
        Cause::Known => app.put_new(Entity::from(mail)).await.map(|_| ())?,
        Cause::Stranger(purpose, address) => {
            let (by_purpose, by_address) = ([purpose, address.as_str()], [address.as_str()]);
            let limits = [(MAIL_PURPOSE, &by_purpose[..]), (MAIL_ADDRESS, &by_address[..])];
            app.put_within(mail, &limits).await?;
        }
    }
    Ok(())
}

/// The id of a mail: a hash of what makes it one and the same.
fn mail_id(entry: EntryId, automation: &str, recipient: &Recipient) -> MailId {
    MailId::from_hash(&guichet_platform::tokens::short_hash(&[
        &entry.to_string(),
        automation,
        &recipient.to_string(),
    ]))
}

/// Which mail an unproven address gets is decided here, not in the request: whether it has an
/// account shows in no answer (SECURITY S1).
async fn to_sign_up(app: &App, entry: &Entry, id: SignUpId) -> Result<(), Error> {
    let Some(sign_up) = app.read_one::<SignUp>(&Place::SignUp(id)).await? else { return Ok(()) };
    let claim = Place::EmailClaim(sign_up.email.clone());
    let mut places = vec![claim.clone()];
    places.extend(sign_up.request.as_ref().map(|carried| Place::Portal(carried.portal)));
    let items = app.read(&places).await?;
    let is_known = items.find::<serde_json::Value>(&claim)?.is_some();
    let portal: Option<Portal> = match &sign_up.request {
        None => None,
        Some(carried) => items.find(&Place::Portal(carried.portal))?,
    };
    let request = match &portal {
        Some(_) => CarriedRequest::Carried,
        None => CarriedRequest::None,
    };
    let (message, link) = if is_known {
        (Message::AddressHasAccount { request }, portal.as_ref().map_or(Link::None, site))
    } else {
        let (generation, expires_at) = (sign_up.generation, sign_up.expires_at);
        let message = Message::VerifyAddress { expires_at, request };
        (message, Link::VerifyEmail { generation, expires_at })
    };
    // Whoever holds an invitation is no stranger, and their attempts are counted already.
    let cause = match (entry.act, sign_up.invitation) {
        (Act::SignUpStarted, None) => Cause::Stranger("verify", sign_up.email.as_str().to_owned()),
        _ => Cause::Known,
    };
    let (recipient, language) = (Recipient::SignUp(id), sign_up.language);
    let pace = Pace::Single;
    let (name, kept_until) = (None, None);
    let addressed = Addressed { recipient, language, name, message, link, cause, pace, kept_until };
    queue(app, &Context { entry, portal: portal.as_ref() }, addressed).await
}

async fn to_first_administrator(app: &App, context: &Context<'_>) -> Result<Vec<Addressed>, Error> {
    let (Some(portal), Some(id)) = (context.portal, context.entry.person) else {
        return Ok(Vec::new());
    };
    let items = app.read(&[Place::Account(id), Place::Credential(id)]).await?;
    let Some(account) = items.find::<Account>(&Place::Account(id))? else { return Ok(Vec::new()) };
    let has_password = items.find::<Credential>(&Place::Credential(id))?.is_some();
    let (message, link) = if has_password {
        (Message::PortalCreated, site(portal))
    } else {
        let expires_at = context.entry.at.plus_days(FIRST_PASSWORD_LINK_DAYS);
        let occasion = PasswordOccasion::FirstAdministrator;
        let generation = account.link_generation;
        (
            Message::SetPassword { expires_at, occasion },
            Link::SetPassword { generation, expires_at },
        )
    };
    Ok(vec![to_account(&account, portal, message, link)])
}

fn to_account(account: &Account, portal: &Portal, message: Message, link: Link) -> Addressed {
    Addressed {
        recipient: Recipient::Account(account.id),
        language: account.language.unwrap_or(portal.settings.language),
        name: Some(format!("{} {}", account.first_name.as_str(), account.last_name.as_str())),
        message,
        link,
        cause: Cause::Known,
        pace: Pace::Single,
        kept_until: None,
    }
}

/// The same mail as to others, so that it calls nobody by name.
fn to_one_of_many(account: &Account, portal: &Portal, message: Message) -> Addressed {
    let mail = to_account(account, portal, message, site(portal));
    Addressed { name: None, pace: Pace::Bulk, ..mail }
}

/// The portal's own site, where nobody needs a token.
fn site(portal: &Portal) -> Link {
    Link::Plain { address: portal.settings.address.as_str().to_owned() }
}

/// What the person touched by the entry is told.
async fn to_person(app: &App, context: &Context<'_>) -> Result<Vec<Addressed>, Error> {
    let (Some(portal), Some(id)) = (context.portal, context.entry.person) else {
        return Ok(Vec::new());
    };
    let request_place = Place::AdvisorRequest(id, portal.id);
    let person_place = Place::Person(id, portal.id);
    let places = [Place::Account(id), request_place.clone(), person_place.clone()];
    let items = app.read(&places).await?;
    // Somebody inactive is told of nothing on the portal but of that.
    let person: Option<Person> = items.find(&person_place)?;
    let is_inactive = person.is_some_and(|person| person.archived_at.is_some());
    if is_inactive && matches!(context.entry.act, Act::AccessEnded | Act::EndOfAccessNear) {
        return Ok(Vec::new());
    }
    let Some(account) = items.find::<Account>(&Place::Account(id))? else { return Ok(Vec::new()) };
    let request: Option<AdvisorRequest> = items.find(&request_place)?;
    let reason = app.read_reasons(std::slice::from_ref(context.entry)).await?;
    let reason = reason.into_values().next();
    let Some(message) = message(context, request.as_ref(), reason) else { return Ok(Vec::new()) };
    let needs_link = !matches!(
        message,
        Message::RequestRefused { .. }
            | Message::RequestReopened { .. }
            | Message::Revoked { .. }
            | Message::Archived { .. }
            | Message::LevelChanged { .. }
    );
    let link = if needs_link { site(portal) } else { Link::None };
    Ok(vec![to_account(&account, portal, message, link)])
}

/// Up to how many dossiers a mail counts.
const MOST_COUNTED: u16 = 100;

/// How many were found, where no more than so many were looked for.
fn counted(found: usize, most: u16) -> Counted {
    let precision = if found == usize::from(most) { Precision::AtLeast } else { Precision::Exact };
    Counted { count: u32::try_from(found).unwrap_or(u32::MAX), precision }
}

/// Whoever takes over from somebody archived is told so, while it stands (RULES E3, E5).
async fn to_successor(app: &App, context: &Context<'_>) -> Result<Option<Addressed>, Error> {
    let (Some(portal), Some(id)) = (context.portal, context.entry.person) else { return Ok(None) };
    let heir = context.entry.after.codes.first().and_then(|code| code.parse().ok());
    let Some(heir): Option<AccountId> = heir else { return Ok(None) };
    let (of, to) = (Place::Person(id, portal.id), Place::Person(heir, portal.id));
    let items = app.read(&[of.clone(), to.clone(), Place::Account(heir)]).await?;
    let (of, to) = (items.find::<Person>(&of)?, items.find::<Person>(&to)?);
    let account: Option<Account> = items.find(&Place::Account(heir))?;
    let is_active = to.is_some_and(|to| to.archived_at.is_none());
    // Whoever named themselves knows.
    let is_told = is_active && context.entry.author != Author::Account(heir);
    let of = of.filter(|of| is_told && of.successor == Some(heir));
    let (Some(of), Some(account)) = (of, account) else { return Ok(None) };
    let query = PageQuery::first(MOST_COUNTED, Order::Descending);
    let path = PersonPath { portal: portal.id, account: id };
    let count = own_dossiers(app, path, &query).await?.rows.len();
    let dossiers = counted(count, MOST_COUNTED);
    let message = Message::Succession { of: of.profile.full_name(), dossiers };
    Ok(Some(to_account(&account, portal, message, site(portal))))
}

/// The message of an entry to the person it touched.
fn message(
    context: &Context<'_>,
    request: Option<&AdvisorRequest>,
    reason: Option<String>,
) -> Option<Message> {
    let (entry, settings) = (context.entry, &context.portal?.settings);
    let before = entry.before.territory.clone();
    let after = entry.after.territory.clone();
    let erased = || "—".to_owned();
    Some(match entry.act {
        Act::RequestSubmitted => Message::RequestReceived {
            territory: after?,
            lapses_at: entry.at.plus_days(settings.lapses_in_days.get()),
        },
        Act::RequestAmended => Message::RequestAmended { before: before?, after: after? },
        Act::RequestAccepted => Message::RequestAccepted { territory: after? },
        Act::RequestRefused => Message::RequestRefused {
            reason: reason.unwrap_or_else(erased),
            may_ask_again_at: entry.at.plus_days(settings.cool_down_in_days.get()),
        },
        Act::RequestLapsed => Message::RequestLapsed { territory: after? },
        Act::RequestReopened => Message::RequestReopened {
            reason: reason.unwrap_or_else(erased),
            lapses_at: request.map_or(entry.at, |request| request.lapses_at),
        },
        Act::AdvisorPromoted => Message::Promoted { territory: after?, ends_at: entry.after.until },
        Act::TerritoryChanged => Message::TerritoryChanged { before: before?, after: after? },
        Act::AdvisorRevoked => Message::Revoked { reason },
        Act::EndOfAccessSet => Message::EndOfAccessSet { ends_at: entry.after.until },
        Act::EndOfAccessNear => {
            Message::EndOfAccessNear { territory: after?, ends_at: entry.after.until? }
        }
        Act::AccessEnded => Message::AccessEnded { territory: before? },
        Act::PersonArchived => Message::Archived { reason },
        Act::PersonRestored => Message::Restored { level: entry.after.level?, territory: after },
        Act::LevelChanged => {
            Message::LevelChanged { before: entry.before.level?, after: entry.after.level? }
        }
        _ => return None,
    })
}

/// A moderator, as the index of a portal's staff holds them.
#[derive(Debug, Deserialize)]
struct StaffRow {
    account: AccountId,
    moderation_mails: MailRhythm,
}

/// How many pages of staff a fan-out reads at most.
const MOST_STAFF_PAGES: usize = 100;

/// The moderators of a portal who want this kind of mail, with their accounts.
async fn moderators(
    app: &App,
    portal: PortalId,
    wanted: impl Fn(MailRhythm) -> bool,
) -> Result<Vec<(Account, MailRhythm)>, Error> {
    let mut found = Vec::new();
    let mut query = PageQuery::first(100, Order::Ascending);
    for _ in 0..MOST_STAFF_PAGES {
        let page = app.page::<StaffRow>(&Listing::Staff(portal), &query).await?;
        let rows: Vec<StaffRow> =
            page.rows.into_iter().filter(|row| wanted(row.moderation_mails)).collect();
        let places: Vec<Place> = rows.iter().map(|row| Place::Account(row.account)).collect();
        let accounts = app.read(&places).await?;
        for row in rows {
            let account: Option<Account> = accounts.find(&Place::Account(row.account))?;
            found.extend(account.map(|account| (account, row.moderation_mails)));
        }
        query.cursor = page.cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Tells the moderators who want to know at once. No text written by a person goes to them
/// (SECURITY S11), and nobody is told of their own request.
async fn to_moderators(app: &App, context: &Context<'_>) -> Result<Vec<Addressed>, Error> {
    let (Some(portal), Some(territory)) = (context.portal, &context.entry.after.territory) else {
        return Ok(Vec::new());
    };
    // Somebody who asks and withdraws again and again does not fill the moderators' mailboxes:
    // the queue and the digests still show what waits.
    if let Some(requester) = context.entry.person {
        let by = [requester.to_string(), portal.id.to_string()];
        let by = [by[0].as_str(), by[1].as_str()];
        let limit = match context.entry.act {
            Act::DossierSubmitted => TELL_OF_DOSSIERS,
            _ => TELL_MODERATORS,
        };
        if app.take(limit, &by).await? != Taken::Within {
            return Ok(Vec::new());
        }
    }
    let at_once = |mails| mails == MailRhythm::AtOnce;
    let staff = moderators(app, portal.id, at_once).await?;
    let others = staff.into_iter().filter(|(account, _)| Some(account.id) != context.entry.person);
    let mail = |(account, _): (Account, MailRhythm)| {
        let (territory, submitted_at) = (Territory::clone(territory), context.entry.at);
        let message = match context.entry.act {
            Act::DossierSubmitted => {
                Message::DossierToModerate { department: territory, submitted_at }
            }
            _ => Message::RequestToModerate { territory, submitted_at },
        };
        to_one_of_many(&account, portal, message)
    };
    Ok(others.map(mail).collect())
}

/// A waiting request, as the queue's index holds it.
#[derive(Deserialize)]
struct WaitingRow {
    submitted_at: Instant,
    lapses_at: Instant,
}

/// How many waiting requests a digest looks at before it says "more than".
const MOST_WAITING: u16 = 1000;

/// The digests: new requests for those who want them daily, and for all but "never" what grew
/// another week old (RULES C13).
async fn digests(app: &App, context: &Context<'_>) -> Result<Vec<Addressed>, Error> {
    let Some(portal) = context.portal else { return Ok(Vec::new()) };
    let now = context.entry.at;
    let since = context.entry.before.until.unwrap_or_else(|| Instant::from_milliseconds(0));
    let query = PageQuery::first(MOST_WAITING, Order::Descending);
    let open = Listing::OpenRequests(portal.id);
    let page = app
        .page_where::<WaitingRow>(&open, &query, MOST_WAITING, |row| now < row.lapses_at)
        .await?;
    let count = |wanted: &dyn Fn(&WaitingRow) -> bool| {
        let count = page.rows.iter().filter(|row| wanted(row)).count();
        // The newest were read: where more wait, only a count that reaches the last one is open.
        let is_open = page.cursor.is_some() && count > 0 && page.rows.last().is_some_and(wanted);
        let precision = if is_open { Precision::AtLeast } else { Precision::Exact };
        Counted { count: u32::try_from(count).unwrap_or(u32::MAX), precision }
    };
    let a_week_ago = now.plus_seconds(-guichet_domain::moderation::REMINDER_AFTER_DAYS * 86_400);
    let open = count(&|_| true);
    let new = count(&|row| row.submitted_at >= since);
    let old = count(&|row| row.submitted_at <= a_week_ago);
    let waiting = dossiers::waiting(app, portal.id, MOST_WAITING).await?;
    let came = waiting.iter().any(|submitted_at| *submitted_at >= since);
    let count_of_dossiers = counted(waiting.len(), MOST_WAITING);
    let submitted = page.rows.iter().map(|row| row.submitted_at).chain(waiting);
    let reminded = submitted.into_iter().any(|at| is_reminded(at, since, now));
    let wanted = |mails| match mails {
        MailRhythm::AtOnce => reminded,
        MailRhythm::Daily => reminded || new.count > 0 || came,
        MailRhythm::Never => false,
    };
    let staff = moderators(app, portal.id, wanted).await?;
    let message =
        Message::Digest { open, new, waiting_over_a_week: old, dossiers: count_of_dossiers };
    let mail =
        |(account, _): (Account, MailRhythm)| to_one_of_many(&account, portal, message.clone());
    Ok(staff.into_iter().map(mail).collect())
}
