//! The mails about invitations: to the invited address, and to who invited (RULES D4, D12, D14).

use guichet_domain::account::Account;
use guichet_domain::changes::Place;
use guichet_domain::ids::{ImportId, InvitationId};
use guichet_domain::import::Import;
use guichet_domain::invitation::{Invitation, InvitationState, Line, Scope};
use guichet_domain::journal::Act;
use guichet_domain::level::Level;
use guichet_domain::mail::{Link, Pace, Recipient};
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_mail::{ImportCounts, InvitationOccasion, Message, Offer, Offered, OfferedPosition};
use guichet_platform::app::App;
use guichet_platform::problem::Error;

use super::{Addressed, Cause, Context, site, to_account};
use crate::admission::line;

/// The mails that an act on an invitation causes.
pub(super) async fn compose(
    app: &App,
    context: &Context<'_>,
    act: Act,
    id: InvitationId,
) -> Result<Vec<Addressed>, Error> {
    let occasion = match act {
        Act::InvitationSent | Act::InvitationResent | Act::InvitationAddressCorrected => {
            InvitationOccasion::Sent
        }
        Act::InvitationRenewed => InvitationOccasion::Renewed,
        Act::InvitationReminded => InvitationOccasion::Reminder,
        Act::InvitationAccepted | Act::InvitationDeclined => {
            return to_inviter(app, context, act, id).await;
        }
        _ => return Ok(Vec::new()),
    };
    let Some(portal) = context.portal else { return Ok(Vec::new()) };
    let invitation: Option<Invitation> = app.read_one(&Place::Invitation(id)).await?;
    let now = app.now();
    // A newer sending, which has an entry of its own, outdates this one.
    let is_wanted = |invitation: &Invitation| {
        Some(invitation.generation) == context.entry.after.generation
            && invitation.state_at(now) == InvitationState::Pending
    };
    let Some(invitation) = invitation.filter(is_wanted) else { return Ok(Vec::new()) };
    // Nobody is asked to accept what nobody stands for.
    let line = line_of(app, &invitation).await?;
    let Some(responsible) = Line(&line).responsible(&invitation) else { return Ok(Vec::new()) };
    // What nobody asked for one by one goes out as one send, which stops itself when too much of it
    // comes back.
    let is_of_import = invitation.import.is_some()
        && act == Act::InvitationSent
        && context.entry.request.is_empty();
    let pace = if is_of_import { Pace::Bulk } else { Pace::Single };
    let mail = to_invitee(&invitation, responsible, portal, occasion);
    Ok(mail.map(|mail| Addressed { pace, ..mail }).into_iter().collect())
}

/// The inviter and, while they are archived, whoever inherits.
async fn line_of(app: &App, invitation: &Invitation) -> Result<Vec<Person>, Error> {
    let place = Place::Person(invitation.inviter.account, invitation.scope.portal());
    line(app, app.read_one(&place).await?).await
}

fn to_invitee(
    invitation: &Invitation,
    responsible: &Person,
    portal: &Portal,
    occasion: InvitationOccasion,
) -> Option<Addressed> {
    let expires_at = invitation.expires_at?;
    let organisation = responsible.profile.organisation.as_ref();
    let message = Message::Invited(Offer {
        inviter: responsible.profile.full_name(),
        organisation: organisation.map(|organisation| organisation.as_str().to_owned()),
        offered: offered(invitation, invitation.level),
        words: invitation.message.as_ref().map(|words| words.as_str().to_owned()),
        expires_at,
        terms_address: portal.settings.terms_address.as_ref().map(|at| at.as_str().to_owned()),
        occasion,
    });
    Some(Addressed {
        recipient: Recipient::Invitation(invitation.id),
        language: portal.settings.language,
        name: invitation.full_name(),
        message,
        link: Link::Invitation { generation: invitation.generation, expires_at },
        cause: Cause::Known,
        pace: Pace::Single,
        kept_in_days: Some(invitation.terms.lifetime_in_days + invitation.terms.kept_in_days),
    })
}

/// What an invitation gives, at this level.
fn offered(invitation: &Invitation, level: Level) -> Offered {
    let position = invitation.assignment.as_ref().map(|assignment| OfferedPosition {
        title: assignment.title.as_ref().map(|title| title.as_str().to_owned()),
        role: assignment.role,
    });
    match (invitation.scope, position) {
        (Scope::Dossier { .. }, Some(position)) => Offered::Dossier(position),
        (_, first) => Offered::Portal { level, territory: invitation.territory.clone(), first },
    }
}

/// Who stands for the invitation is told of the answer.
async fn to_inviter(
    app: &App,
    context: &Context<'_>,
    act: Act,
    id: InvitationId,
) -> Result<Vec<Addressed>, Error> {
    let Some(portal) = context.portal else { return Ok(Vec::new()) };
    let invitation: Option<Invitation> = app.read_one(&Place::Invitation(id)).await?;
    let Some(invitation) = invitation else { return Ok(Vec::new()) };
    let line = line_of(app, &invitation).await?;
    let Some(responsible) = Line(&line).responsible(&invitation) else { return Ok(Vec::new()) };
    let account: Option<Account> = app.read_one(&Place::Account(responsible.account)).await?;
    let Some(account) = account else { return Ok(Vec::new()) };
    let invitee = invitation.full_name().unwrap_or_else(|| invitation.email.as_str().to_owned());
    let level = context.entry.after.level.unwrap_or(invitation.level);
    let offered = offered(&invitation, level);
    let message = match act {
        Act::InvitationDeclined => Message::InvitationDeclined { invitee, offered },
        _ => Message::InvitationAccepted { invitee, offered },
    };
    // It names the invitee, whose invitation is erased in time (RULES D17).
    let kept_in_days = Some(invitation.terms.kept_in_days);
    Ok(vec![Addressed { kept_in_days, ..to_account(&account, portal, message, site(portal)) }])
}

/// Who started an import is told what its rows came to.
pub(super) async fn to_importer(
    app: &App,
    context: &Context<'_>,
    id: ImportId,
) -> Result<Option<Addressed>, Error> {
    let (Some(portal), Some(account)) = (context.portal, context.entry.person) else {
        return Ok(None);
    };
    let items = app.read(&[Place::Import(id), Place::Account(account)]).await?;
    let import: Option<Import> = items.find(&Place::Import(id))?;
    let account: Option<Account> = items.find(&Place::Account(account))?;
    let (Some(import), Some(account)) = (import, account) else { return Ok(None) };
    let count = |codes: &[&str]| {
        let counts = import.counts.iter().filter(|(code, _)| codes.contains(&code.as_str()));
        counts.map(|(_, count)| count).sum()
    };
    let (invited, preloaded) = (count(&["invited"]), count(&["preloaded"]));
    let known = count(&["already_a_person", "already_invited"]);
    let refused = import.rows.saturating_sub(invited + preloaded + known);
    let counts = ImportCounts { rows: import.rows, invited, preloaded, known, refused };
    Ok(Some(to_account(&account, portal, Message::ImportFinished(counts), site(portal))))
}
