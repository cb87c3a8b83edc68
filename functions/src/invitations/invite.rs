//! Invite somebody to the portal, by mail at once or later.
//!
//! `POST /v1/portals/{portal}/invitations`

use guichet_domain::changes::Place;
use guichet_domain::ids::InvitationId;
use guichet_domain::invitation::{
    Assignment, Invitation, InvitationError, Invitee, Issue, Scope, Sending, Terms,
};
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, check};
use guichet_domain::portal::Portal;
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Label, Name, Reason};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::bearer;
use crate::first_assignment::FirstAssignment;
use crate::invitation_views::{WholeInvitationView, already_invited};
use crate::inviting::{at_the_desk, must_be_nobody, people_with, standing};
use crate::views::{PortalPath, offered};
use crate::words::unlinked;

/// Who is invited, and to what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    #[schema(example = "Zoé")]
    first_name: Name,
    #[schema(example = "Blanc")]
    last_name: Name,
    #[schema(example = "zoe.blanc@exemple.fr")]
    email: Email,
    job_title: Option<Label>,
    /// One of the portal's user types.
    user_type: Option<Label>,
    /// At most one that one gives; *User* if nothing is said.
    #[serde(default)]
    level: Level,
    /// The adviser access given with it, to somebody on whose rights nobody has decided.
    territory: Option<Territory>,
    /// The dossier in which they take part from the first day.
    assignment: Option<FirstAssignment>,
    /// Some words, without a web address.
    #[serde(default, deserialize_with = "unlinked")]
    message: Option<Reason>,
    /// Whether it is mailed now, or later by hand.
    #[serde(default)]
    send: Sending,
}

/// Invite somebody to the portal.
///
/// # Errors
/// 403 for a level that one does not give, 409 for an address that is invited already or is an
/// active person's of this portal, 422 for a domain that the portal does not invite, or a dossier
/// that takes nobody in.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/invitations",
    params(PortalPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 201, body = WholeInvitationView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let scope = Scope::Portal { portal: path.portal };
    let input: Result<Input, Error> = request.json();
    let email = input.as_ref().map(|input| input.email.clone()).ok();
    let account = bearer(app, request).await?;
    let assigned = input.as_ref().ok().and_then(|input| input.assignment);
    let places = assigned.map(|assigned| assigned.places(path.portal, account));
    let places = places.as_ref().map_or(&[][..], |places| &places[..]);
    let (desk, people) = tokio::join!(
        at_the_desk(app, request, scope, email.as_ref(), places),
        people_with(app, path.portal, email.as_ref()),
    );
    let (desk, counted) = desk?;
    let level = input.as_ref().map(|input| input.level).unwrap_or_default();
    let permit = check(&desk.actor, Action::Invite(desk.portal()?.id, level))?;
    counted?;
    let input = input?;
    let (permit, assignment) = match input.assignment {
        Some(assigned) => assigned.allowed(&desk, permit, app.now())?,
        None => (permit, None),
    };
    let now = app.now();
    if desk.replay == Replay::Done {
        let made: Invitation = app.read_made(&desk, Place::Invitation).await?;
        return WholeInvitationView::new(&made, now).created();
    }
    input.assignment.map_or(Ok(()), |assigned| assigned.must_take_in(&desk))?;
    must_be_invitable(&input, desk.portal()?)?;
    must_be_nobody(app, &desk, people?).await?;
    let issue = Issue {
        id: InvitationId::new(app.fresh_ulid(now)),
        scope,
        inviter: desk.named()?,
        terms: Terms::of(&desk.portal()?.settings),
        sending: input.send,
        standing: standing(app, &desk, scope, &input.email).await?,
        import: None,
        now,
    };
    // Nothing but an open invitation keeps a new one from being made.
    let issued = issue.invite(permit, invitee(input, assignment));
    let (invitation, changes) = issued.map_err(|error| match error {
        InvitationError::AlreadyInvited(other) => already_invited(other),
        _ => Error::Again,
    })?;
    app.commit_made(&desk, changes, invitation.id).await?;
    WholeInvitationView::new(&invitation, now).created()
}

fn invitee(input: Input, assignment: Option<Assignment>) -> Invitee {
    Invitee {
        first_name: Some(input.first_name),
        last_name: Some(input.last_name),
        email: input.email,
        job_title: input.job_title,
        user_type: input.user_type,
        level: input.level,
        territory: input.territory,
        assignment,
        message: input.message,
    }
}

fn must_be_invitable(input: &Input, portal: &Portal) -> Result<(), Error> {
    let settings = &portal.settings;
    settings.invites(&input.email).map_err(|invalid| problem::invalid("email", invalid))?;
    let known = settings.knows(input.user_type.as_ref());
    known.map_err(|invalid| problem::invalid("user_type", invalid))?;
    input.territory.clone().map_or(Ok(()), |territory| offered(territory, portal).map(|_| ()))
}
