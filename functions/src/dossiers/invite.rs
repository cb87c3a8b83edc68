//! Invite somebody to take part in a dossier, on either side.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/invitations`

use guichet_domain::changes::Place;
use guichet_domain::dossier::{InvitedRole, Side};
use guichet_domain::ids::InvitationId;
use guichet_domain::invitation::{
    Assignment, Invitation, InvitationError, Invitee, Issue, Scope, Sending, Terms,
};
use guichet_domain::level::Level;
use guichet_domain::permissions::Action;
use guichet_domain::text::{Email, Invalid, Name, Reason};
use guichet_platform::app::App;
use guichet_platform::limits::INVITE_TO_DOSSIER;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::{DossierDesk, DossierPath, bearer};
use crate::invitation_views::{WholeInvitationView, already_invited};
use crate::inviting::{counted, must_have_less, people_with, standing};
use crate::words::unlinked;

/// Who is invited, and as what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    #[schema(example = "zoe.blanc@exemple.fr")]
    email: Email,
    role: InvitedRole,
    /// As the inviter knows them; the address is enough.
    #[schema(example = "Zoé")]
    first_name: Option<Name>,
    #[schema(example = "Blanc")]
    last_name: Option<Name>,
    /// Some words, without a web address, once the dossier is accepted.
    #[serde(default, deserialize_with = "unlinked")]
    message: Option<Reason>,
    /// Whether it is mailed now, or later by hand.
    #[serde(default)]
    send: Sending,
}

/// Invite somebody to take part in a dossier.
///
/// # Errors
/// 403 for who may not invite to this side, 404 for a dossier that is not theirs to see, 409 for an
/// address that is invited already or takes part already, or for a dossier that takes nobody in,
/// 422 for a domain that the portal does not invite, or a message before it is accepted, 429 beyond
/// twenty a day for whoever is not staff.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/invitations",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 201, body = WholeInvitationView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let DossierPath { portal, dossier } = path;
    let scope = Scope::Dossier { portal, dossier };
    let input: Result<Input, Error> = request.json();
    let email = input.as_ref().map(|input| input.email.clone()).ok();
    let guard = email.clone().map(|email| Place::OpenInvitation(scope, email));
    let account = bearer(app, request).await?;
    let by = account.to_string();
    let by = [by.as_str()];
    let (at, people, counted, counted_apart) = tokio::join!(
        DossierDesk::open(app, request, path, guard.as_slice()),
        people_with(app, portal, email.as_ref()),
        counted(app, request, account, portal, email.as_ref()),
        app.within_one(request.attempt, INVITE_TO_DOSSIER, &by),
    );
    let at = at?;
    let input = match input {
        Ok(input) => input,
        Err(error) => {
            // Whoever may invite to neither side has nothing to correct.
            let to = |side| at.check(Action::InviteToDossier(at.viewed(), side));
            let _permit = to(Side::Applicants).or_else(|_| to(Side::Advisors))?;
            return Err(error);
        }
    };
    let permit = at.check(Action::InviteToDossier(at.viewed(), input.role.side()))?;
    if at.is_done() {
        let made: Invitation = app.read_made(&at.desk, Place::Invitation).await?;
        let _sight = at.check(Action::SeeInvitation(made.managed(), Some(at.viewed())))?;
        return WholeInvitationView::new(&made, at.now).created();
    }
    counted?;
    if !at.is_staff() {
        counted_apart?;
    }
    must_be_invitable(&at, &input)?;
    let (actor, role) = (&at.desk.actor, input.role.into());
    must_have_less(app, actor, (portal, dossier), role, people?).await?;
    let issue = Issue {
        id: InvitationId::new(app.fresh_ulid(at.now)),
        scope,
        inviter: at.desk.named()?,
        terms: Terms::of(&at.desk.portal()?.settings),
        sending: input.send,
        standing: standing(app, &at.desk, scope, &input.email).await?,
        import: None,
        now: at.now,
    };
    // Nothing but an open invitation keeps a new one from being made.
    let issued = issue.invite(permit, invitee(&at, input));
    let (invitation, changes) = issued.map_err(|error| match error {
        InvitationError::AlreadyInvited(other) => already_invited(other),
        _ => Error::Again,
    })?;
    let changes = at.file.clone().going_on(changes, at.position.as_ref(), at.now);
    app.commit_made(&at.desk, changes, invitation.id).await?;
    WholeInvitationView::new(&invitation, at.now).created()
}

fn invitee(at: &DossierDesk, input: Input) -> Invitee {
    Invitee {
        first_name: input.first_name,
        last_name: input.last_name,
        email: input.email,
        job_title: None,
        user_type: None,
        level: Level::User,
        territory: None,
        assignment: Some(Assignment::to(&at.file.publication, input.role)),
        message: input.message,
    }
}

fn must_be_invitable(at: &DossierDesk, input: &Input) -> Result<(), Error> {
    let settings = &at.desk.portal()?.settings;
    settings.invites(&input.email).map_err(|invalid| problem::invalid("email", invalid))?;
    at.file.must_take_in(input.role.side()).map_err(|error| at.problem(error))?;
    if input.message.is_some() && !at.file.publication.state.is_accepted() {
        return Err(problem::invalid("message", Invalid::MessageTooEarly));
    }
    Ok(())
}
