//! The mails about invitations: to the invited address, and to who invited (RULES D4, D12, D14).

use guichet_domain::account::Account;
use guichet_domain::changes::Place;
use guichet_domain::dossier::Role;
use guichet_domain::ids::{ImportId, InvitationId};
use guichet_domain::import::Import;
use guichet_domain::invitation::{Assignment, Invitation, InvitationState, Scope};
use guichet_domain::journal::Act;
use guichet_domain::level::Level;
use guichet_domain::mail::{Link, Pace, Recipient};
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_domain::text::holds_link;
use guichet_mail::{
    FirstDossier, ImportCounts, InvitationOccasion, Message, Offer, Offered, OfferedPosition,
};
use guichet_platform::app::App;
use guichet_platform::problem::Error;

use super::{Addressed, Cause, Context, site, to_account};
use crate::admission::grounds;

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
    let is_newest = |one: &Invitation| Some(one.generation) == context.entry.after.generation;
    let Some(invitation) = invitation.filter(is_newest) else { return Ok(Vec::new()) };
    // Some are reminded after the end, once that is written down.
    let is_of_after = act == Act::InvitationReminded && !invitation.state.is_open();
    let occasion = match invitation.state_at(now) {
        InvitationState::Pending => occasion,
        InvitationState::Expired if is_of_after => InvitationOccasion::Lapsed,
        _ => return Ok(Vec::new()),
    };
    // Nobody is asked to accept what nobody stands for, or what gives nothing any more.
    let grounds = grounds(app, &invitation, None).await?;
    let is_of_use = grounds.must_be_of_use(&invitation).is_ok();
    let Some(responsible) = grounds.responsible(&invitation).filter(|_| is_of_use) else {
        return Ok(Vec::new());
    };
    // What nobody asked for one by one goes out as one send, which stops itself when too much of it
    // comes back.
    let is_of_import = invitation.import.is_some()
        && act == Act::InvitationSent
        && context.entry.request.is_empty();
    let pace = if is_of_import { Pace::Bulk } else { Pace::Single };
    // What is mailed again was counted when it was asked for.
    let is_first = act == Act::InvitationSent;
    let mail = to_invitee(&invitation, responsible, portal, occasion);
    let known = |mail: Addressed| match is_first {
        true => mail,
        false => Addressed { cause: Cause::Known, ..mail },
    };
    let mail = mail.map(known);
    Ok(mail.map(|mail| Addressed { pace, ..mail }).into_iter().collect())
}

fn to_invitee(
    invitation: &Invitation,
    responsible: &Person,
    portal: &Portal,
    occasion: InvitationOccasion,
) -> Option<Addressed> {
    let expires_at = invitation.expires_at?;
    // Before a moderator has read the dossier, nobody’s words but the inviter’s name are sent, and
    // not more often than strangers cause mails; an organisation is no link (SECURITY S11, S12).
    let is_unread = matches!(invitation.scope, Scope::Dossier { .. })
        && !responsible.level.is_staff()
        && invitation.assignment.as_ref().is_none_or(|assignment| assignment.title.is_none());
    let organisation = responsible.profile.organisation.as_ref();
    let organisation = organisation.filter(|name| !is_unread && !holds_link(name.as_str()));
    let message = Message::Invited(Offer {
        inviter: responsible.profile.full_name(),
        organisation: organisation.map(|organisation| organisation.as_str().to_owned()),
        offered: offered(invitation, invitation.level, &invitation.assigned_codes()),
        words: invitation.message.as_ref().map(|words| {
            let by = invitation.message_by.as_ref().map(|by| by.name.clone());
            (words.as_str().to_owned(), by.unwrap_or_else(|| responsible.profile.full_name()))
        }),
        expires_at,
        terms_address: portal.settings.terms_address.as_ref().map(|at| at.as_str().to_owned()),
        occasion,
    });
    Some(Addressed {
        recipient: Recipient::Invitation(invitation.id),
        language: portal.settings.language,
        name: invitation.full_name().filter(|_| !is_unread),
        message,
        link: Link::Invitation { generation: invitation.generation, expires_at },
        cause: if is_unread {
            Cause::Stranger("invite", invitation.email.as_str().to_owned())
        } else {
            Cause::Known
        },
        pace: Pace::Single,
        kept_until: Some(expires_at.plus_days(invitation.terms.kept_in_days)),
    })
}

/// What an invitation gives, at this level and as what these codes say first.
fn offered(invitation: &Invitation, level: Level, codes: &[String]) -> Offered {
    let role = codes.first().and_then(|code| Role::of_code(code));
    let title = |assignment: &Assignment| assignment.title.as_ref().map(|one| one.as_str().into());
    match (invitation.scope, &invitation.assignment, role) {
        (Scope::Dossier { .. }, Some(assignment), role) => Offered::Dossier(OfferedPosition {
            title: title(assignment),
            role: role.unwrap_or(assignment.role.into()),
        }),
        (_, assignment, role) => {
            let first = match (assignment, role) {
                (None, _) => FirstDossier::None,
                (Some(_), None) => FirstDossier::Gone,
                (Some(assignment), Some(role)) => {
                    FirstDossier::Given(OfferedPosition { title: title(assignment), role })
                }
            };
            Offered::Portal { level, territory: invitation.territory.clone(), first }
        }
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
    let grounds = grounds(app, &invitation, None).await?;
    let Some(responsible) = grounds.responsible(&invitation) else { return Ok(Vec::new()) };
    let account: Option<Account> = app.read_one(&Place::Account(responsible.account)).await?;
    let Some(account) = account else { return Ok(Vec::new()) };
    let invitee = invitation.full_name().unwrap_or_else(|| invitation.email.as_str().to_owned());
    let level = context.entry.after.level.unwrap_or(invitation.level);
    let offered = offered(&invitation, level, &context.entry.after.codes);
    let message = match act {
        Act::InvitationDeclined => Message::InvitationDeclined { invitee, offered },
        _ => Message::InvitationAccepted { invitee, offered },
    };
    // It names the invitee, whose invitation is erased in time (RULES D17).
    let kept_until = invitation.erased_at();
    Ok(vec![Addressed { kept_until, ..to_account(&account, portal, message, site(portal)) }])
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
