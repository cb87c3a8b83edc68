//! A mail on its way to SES: claimed, filled with its link, sent, marked (DESIGN §6).

use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::{MessageTag, RawMessage};
use guichet_domain::account::{Account, SignUp};
use guichet_domain::changes::{Entity, Guard, Place, Write};
use guichet_domain::invitation::{Invitation, InvitationState, LINK_READABLE_DAYS};
use guichet_domain::mail::{Link, Mail, MailId, MailState, Outcome, Pace, Recipient, Suppression};
use guichet_domain::permissions::Action;
use guichet_domain::text::Email;
use guichet_mail::{Addresses, Composed, mime};
use guichet_platform::app::App;
use guichet_platform::bulk::Counted;
use guichet_platform::problem::Error;
use guichet_platform::run::system_permit;
use guichet_platform::store::{CommitError, Origin};
use guichet_platform::tokens::{MailedToken, Purpose};

/// Sends a mail unless another sender has it, or it was sent.
///
/// SES has no idempotency of its own: if the process dies between SES's answer and the mark, the
/// lease ends after 15 minutes and the mail is sent once more. That is the one window in which a
/// mail can come twice.
pub(crate) async fn deliver(app: &App, id: &MailId) -> Result<(), Error> {
    let Some(mail) = app.read_one::<Mail>(&Place::Mail(id.clone())).await? else { return Ok(()) };
    let Some(claimed) = mail.claim(app.now()) else { return Ok(()) };
    if !advance(app, &claimed).await? {
        return Ok(());
    }
    if claimed.state == MailState::Failed {
        tracing::error!(mail = %claimed.id, "a mail was given up");
        return Ok(());
    }
    // After a restore, what had gone out since is not sent a second time (DESIGN §6).
    let is_old = claimed.wanted_at() < app.config.mail_epoch;
    let Some(destination) = destination(app, &claimed).await?.filter(|_| !is_old) else {
        advance(app, &claimed.outdated()).await?;
        return Ok(());
    };
    if let Some(kept) = kept_back(app, &claimed, &destination.email).await? {
        if let Some(outcome) = kept.outcome.filter(|_| kept.state == MailState::Suppressed) {
            tell_invitation(app, &kept, outcome).await?;
        }
        advance(app, &kept).await?;
        return Ok(());
    }
    let links = links(app, &claimed, &destination).await?;
    let next = match give_to_ses(app, &claimed, &destination, &links).await? {
        Taken::BySes => claimed.sent(app.now()),
        Taken::Refused => claimed.postponed(app.now()),
        // Perhaps SES has it: its own event, or the end of the lease, will tell.
        Taken::Unknown => return Ok(()),
    };
    advance(app, &next).await?;
    if next.state == MailState::Sent && next.pace == Pace::Bulk {
        app.count_bulk(next.portal, Counted::Sent, app.now()).await?;
    }
    Ok(())
}

/// The mail as it is kept when it may not go out now: its address is suppressed, or too many mails
/// like it came back (RULES H3).
async fn kept_back(app: &App, mail: &Mail, email: &Email) -> Result<Option<Mail>, Error> {
    let now = app.now();
    let place = Place::Suppression(app.address_hash(email).await?);
    let suppression: Option<Suppression> = app.read_one(&place).await?;
    let cause = suppression.and_then(|found| found.holds_back(mail, now));
    if let Some(cause) = cause {
        return Ok(Some(mail.suppressed(cause, now)));
    }
    if mail.pace == Pace::Bulk && app.bulk_health(mail.portal).await?.must_stop() {
        tracing::warn!(mail = %mail.id, "a bulk send has stopped itself: too much came back");
        return Ok(Some(mail.held_back(now.next_day())));
    }
    Ok(None)
}

/// Notes on an invitation what became of its mail (RULES D6, H3). Telling it twice changes nothing.
pub(crate) async fn tell_invitation(app: &App, mail: &Mail, outcome: Outcome) -> Result<(), Error> {
    let (Recipient::Invitation(id), Link::Invitation { generation, .. }) =
        (mail.recipient, &mail.link)
    else {
        return Ok(());
    };
    let invitation: Option<Invitation> = app.read_one(&Place::Invitation(id)).await?;
    let Some(invitation) = invitation else { return Ok(()) };
    let permit = system_permit(Action::TendInvitation(&invitation))?;
    match invitation.told(permit, *generation, outcome, app.now()) {
        Some(changes) => Ok(app.commit(&Origin::default(), changes).await?),
        None => Ok(()),
    }
}

/// The tag of a message that holds the mail's id: SES's events bring it back.
pub(crate) const MAIL_TAG: &str = "mail";

/// The tag that says how often the mail had been sent again by hand.
pub(crate) const TIMES_TAG: &str = "times_sent_again";

/// Writes the mail's next state; tells whether nobody was faster.
async fn advance(app: &App, mail: &Mail) -> Result<bool, Error> {
    match app.apply(&[Write::Update(Entity::from(mail.clone()), Guard::Version)]).await {
        Ok(()) => Ok(true),
        Err(CommitError::Lost) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Where a mail goes: the address that its object holds now (SECURITY S8).
struct Destination {
    email: Email,
    is_proven: bool,
    /// The invitation that it is about.
    invitation: Option<Invitation>,
}

/// `None` when the recipient is gone, or its object has moved past the mail.
async fn destination(app: &App, mail: &Mail) -> Result<Option<Destination>, Error> {
    let wanted = match mail.link {
        Link::VerifyEmail { generation, .. }
        | Link::SetPassword { generation, .. }
        | Link::Invitation { generation, .. } => Some(generation),
        Link::None | Link::Plain { .. } => None,
    };
    let is_current = |present: u32| wanted.is_none_or(|generation| generation == present);
    Ok(match mail.recipient {
        Recipient::Account(id) => {
            let account: Option<Account> = app.read_one(&Place::Account(id)).await?;
            let account = account.filter(|account| is_current(account.link_generation));
            let to = |email| Destination { email, is_proven: true, invitation: None };
            account.map(|account| to(account.email))
        }
        Recipient::SignUp(id) => {
            let sign_up: Option<SignUp> = app.read_one(&Place::SignUp(id)).await?;
            let sign_up = sign_up.filter(|sign_up| is_current(sign_up.generation));
            let to = |email| Destination { email, is_proven: false, invitation: None };
            sign_up.map(|sign_up| to(sign_up.email))
        }
        Recipient::Invitation(id) => {
            let invitation: Option<Invitation> = app.read_one(&Place::Invitation(id)).await?;
            let now = app.now();
            // What was written after the end asks whether a new link is wanted (RULES D14).
            let is_of_after = matches!(
                mail.link,
                Link::Invitation { expires_at, .. } if expires_at <= mail.created_at
            );
            let is_wanted = |invitation: &Invitation| {
                is_current(invitation.generation)
                    && match invitation.state_at(now) {
                        InvitationState::Pending => true,
                        InvitationState::Expired => is_of_after,
                        _ => false,
                    }
            };
            invitation.filter(is_wanted).map(|invitation| Destination {
                email: invitation.email.clone(),
                is_proven: false,
                invitation: Some(invitation),
            })
        }
    })
}

/// Where the links of a mail lead.
#[derive(Default)]
struct Links {
    main: String,
    /// The second link of an invitation.
    decline: String,
}

/// The mail's links, signed now where they hold a token (SECURITY S7).
async fn links(app: &App, mail: &Mail, to: &Destination) -> Result<Links, Error> {
    let (purpose, path, generation, expires_at) = match &mail.link {
        Link::None => return Ok(Links::default()),
        Link::Plain { address } => {
            return Ok(Links { main: address.clone(), ..Links::default() });
        }
        // Its page is still read after the end, to ask for a new link; the invitation says when
        // that is.
        Link::Invitation { generation, expires_at } => {
            let readable_until = expires_at.plus_days(LINK_READABLE_DAYS);
            (Purpose::Invitation, "invitation/accept", *generation, readable_until)
        }
        Link::VerifyEmail { generation, expires_at } => {
            (Purpose::VerifyEmail, "verify-email", *generation, *expires_at)
        }
        Link::SetPassword { generation, expires_at } => {
            (Purpose::SetPassword, "set-password", *generation, *expires_at)
        }
    };
    let token = MailedToken::new(purpose, &mail.recipient, generation, &to.email, expires_at);
    let token = match &to.invitation {
        Some(invitation) => token.inviting(invitation.scope.portal(), invitation.inviter.account),
        None => token,
    };
    let token = app.sign_mailed(&token).await?;
    let to_page = |path| format!("{}/{path}?token={token}", app.config.origin);
    Ok(Links { main: to_page(path), decline: to_page("invitation/decline") })
}

/// Whether SES took a mail.
enum Taken {
    BySes,
    Refused,
    Unknown,
}

async fn give_to_ses(
    app: &App,
    mail: &Mail,
    to: &Destination,
    links: &Links,
) -> Result<Taken, Error> {
    let composed = Composed {
        subject: mail.subject.clone(),
        text: mail.text.clone(),
        html: mail.html.clone(),
    };
    let addresses = Addresses {
        sender_name: &mail.sender_name,
        sender_address: &app.config.sender_address,
        reply_to: mail.reply_to.as_deref(),
        recipient: to.email.as_str(),
        mail_id: mail.id.as_str(),
        date: mail.created_at,
    };
    let composed = composed.with_link(&links.main).with_decline_link(&links.decline);
    let bytes = mime(&composed, &addresses).map_err(|error| Error::Internal(error.to_string()))?;
    let internal = |error: aws_sdk_ses::error::BuildError| Error::Internal(error.to_string());
    let message = RawMessage::builder().data(Blob::new(bytes)).build().map_err(internal)?;
    let tag = |name: &str, value: String| MessageTag::builder().name(name).value(value).build();
    let id = tag(MAIL_TAG, mail.id.to_string()).map_err(internal)?;
    let times = tag(TIMES_TAG, mail.times_sent_again.to_string()).map_err(internal)?;
    let set = if to.is_proven { &app.config.mail_set } else { &app.config.unproven_mail_set };
    let call = app
        .clients()
        .ses()
        .send_raw_email()
        .source(&app.config.sender_address)
        .destinations(to.email.as_str())
        .raw_message(message)
        .tags(id)
        .tags(times)
        .set_configuration_set_name(set.clone());
    match call.send().await {
        Ok(_) => Ok(Taken::BySes),
        Err(error) => {
            let why = error.as_service_error().and_then(|error| error.meta().code());
            tracing::warn!(mail = %mail.id, why, "SES did not take a mail");
            // A failure inside SES does not say whether the mail had gone out before.
            let status = error.raw_response().map(|answer| answer.status().as_u16());
            let is_refused = matches!(status, Some(400..=499 | 503));
            Ok(if is_refused { Taken::Refused } else { Taken::Unknown })
        }
    }
}
