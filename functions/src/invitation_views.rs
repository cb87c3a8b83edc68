//! What several use cases answer about invitations.

use std::collections::BTreeSet;

use guichet_domain::advisor_request::Moderator;
use guichet_domain::changes::Place;
use guichet_domain::dossier::DossierError;
use guichet_domain::ids::{AccountId, InvitationId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{
    Assignment, Invitation, InvitationError, InvitationState, Managed, Scope, etag_of,
};
use guichet_domain::level::{Language, Level};
use guichet_domain::mail::Outcome;
use guichet_domain::permissions::{Action, Actor, check};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Label, Name, Reason, folded};
use guichet_mail::written_instant;
use guichet_platform::problem::{self, Error, Problem};
use guichet_platform::reply::Reply;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::search::Search;
use crate::views::ModeratorView;

/// An invitation of a portal.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InvitationPath {
    /// The portal.
    pub(crate) portal: PortalId,
    /// The invitation.
    pub(crate) invitation: InvitationId,
}

impl InvitationPath {
    /// Where it stands.
    pub(crate) fn place(self) -> Place {
        Place::Invitation(self.invitation)
    }

    /// The invitation, unless it is another portal's.
    ///
    /// # Errors
    /// 404 when it is, or there is none.
    pub(crate) fn of_portal(self, found: Option<Invitation>) -> Result<Invitation, Error> {
        let of_portal = |one: &Invitation| one.scope.portal() == self.portal;
        found.filter(of_portal).ok_or_else(|| (&problem::NOT_FOUND).into())
    }
}

/// By what a search finds an invitee: the address is for those who may manage the invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FoundBy {
    /// By name or address.
    Everything,
    /// By name.
    Names,
}

/// Who reads of an invitation: which dossier it assigns is for those who see every dossier, and for
/// whoever manages it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Staff, or whoever manages it.
    Manager,
    /// Others who see who is invited to the portal.
    Other,
}

impl Reader {
    /// Who reads of the invitations to a portal.
    pub(crate) fn of(actor: &Actor, portal: PortalId) -> Self {
        match check(actor, Action::Invite(portal, Level::User)) {
            Ok(_) => Self::Manager,
            Err(_) => Self::Other,
        }
    }
}

/// An invitation, as the indexes of the table hold it.
#[derive(Debug, Deserialize)]
pub(crate) struct InvitationRow {
    pub(crate) id: InvitationId,
    pub(crate) scope: Scope,
    pub(crate) email: Email,
    pub(crate) first_name: Option<Name>,
    pub(crate) last_name: Option<Name>,
    pub(crate) level: Level,
    #[serde(default)]
    pub(crate) assignment: Option<Assignment>,
    pub(crate) inviter: Moderator,
    state: InvitationState,
    generation: u32,
    pub(crate) times_sent: u32,
    pub(crate) created_at: Instant,
    sent_at: Option<Instant>,
    pub(crate) expires_at: Option<Instant>,
    pub(crate) ended_at: Option<Instant>,
    ended_by: Option<Moderator>,
    pub(crate) delivery: Option<Outcome>,
    /// The adviser access to be given.
    #[serde(default)]
    pub(crate) territory: Option<Territory>,
    #[serde(default)]
    accepted_by: Option<AccountId>,
}

impl InvitationRow {
    /// Where it stands at this instant.
    pub(crate) fn state_at(&self, now: Instant) -> InvitationState {
        self.state.at(self.expires_at, now)
    }

    /// What If-Match wants.
    pub(crate) fn etag(&self) -> String {
        etag_of(self.id, self.generation, self.state)
    }

    /// What decides who may manage it.
    pub(crate) fn managed(&self) -> Managed {
        Managed {
            scope: self.scope,
            level: self.level,
            role: self.assignment.as_ref().map(|assignment| assignment.role),
            inviter: self.inviter.account,
        }
    }

    /// Whether a search finds the invitee.
    pub(crate) fn is_found_by(&self, search: &Search, by: FoundBy) -> bool {
        let names = [&self.first_name, &self.last_name].into_iter().flatten();
        let folded = names.map(|name| folded(name.as_str()));
        let mut words: BTreeSet<String> = folded
            .flat_map(|name| name.split(' ').map(str::to_owned).collect::<Vec<_>>())
            .collect();
        if by == FoundBy::Everything {
            words.insert(self.email.as_str().to_owned());
        }
        search.finds(&words)
    }
}

impl From<&Invitation> for InvitationRow {
    fn from(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id,
            scope: invitation.scope,
            email: invitation.email.clone(),
            first_name: invitation.first_name.clone(),
            last_name: invitation.last_name.clone(),
            level: invitation.level,
            assignment: invitation.assignment.clone(),
            inviter: invitation.inviter.clone(),
            state: invitation.state,
            generation: invitation.generation,
            times_sent: invitation.times_sent,
            created_at: invitation.created_at,
            sent_at: invitation.sent_at,
            expires_at: invitation.expires_at,
            ended_at: invitation.ended_at,
            ended_by: invitation.ended_by.clone(),
            delivery: invitation.delivery,
            territory: invitation.territory.clone(),
            accepted_by: invitation.accepted_by,
        }
    }
}

/// An invitation in a list (RULES D13).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationView {
    id: InvitationId,
    scope: Scope,
    email: Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<Name>,
    level: Level,
    /// The position on a dossier to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<Assignment>,
    /// Who invited.
    inviter: ModeratorView,
    state: InvitationState,
    /// How often it was mailed, reminders left out.
    times_sent: u32,
    created_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// Who of the portal ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<ModeratorView>,
    /// The account that accepted it, of an invitation to the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_by: Option<AccountId>,
    /// The adviser access to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    territory: Option<Territory>,
    /// What became of its last mail, as far as somebody told.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Outcome>,
    /// What If-Match wants for changes.
    etag: String,
}

impl InvitationView {
    /// The invitation at this instant.
    pub(crate) fn new(row: InvitationRow, now: Instant) -> Self {
        Self {
            state: row.state_at(now),
            etag: row.etag(),
            id: row.id,
            scope: row.scope,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            level: row.level,
            assignment: row.assignment,
            inviter: ModeratorView::of(&row.inviter),
            times_sent: row.times_sent,
            created_at: row.created_at,
            sent_at: row.sent_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by.as_ref().map(ModeratorView::of),
            delivery: row.delivery,
            // Whoever sees an invitation to the portal sees its people; one to a dossier is seen by
            // those who may not.
            accepted_by: row.accepted_by.filter(|_| matches!(row.scope, Scope::Portal { .. })),
            territory: row.territory,
        }
    }
}

impl InvitationView {
    /// What this reader may see of it.
    pub(crate) fn shown_to(self, reader: Reader) -> Self {
        let assignment = self.assignment.filter(|_| reader == Reader::Manager);
        Self { assignment, ..self }
    }
}

/// An invitation with all that was said in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeInvitationView {
    #[serde(flatten)]
    invitation: InvitationView,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_type: Option<Label>,
    /// Words of the inviter.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Reason>,
}

impl WholeInvitationView {
    /// The invitation at this instant.
    pub(crate) fn new(invitation: &Invitation, now: Instant) -> Self {
        Self {
            invitation: InvitationView::new(invitation.into(), now),
            job_title: invitation.job_title.clone(),
            user_type: invitation.user_type.clone(),
            message: invitation.message.clone(),
        }
    }

    /// What this reader may see of it.
    pub(crate) fn shown_to(self, reader: Reader) -> Self {
        Self { invitation: self.invitation.shown_to(reader), ..self }
    }

    /// The answer that shows it, with its ETag.
    pub(crate) fn reply(&self) -> Result<Reply, Error> {
        Ok(Reply::ok(self)?.etag(&self.invitation.etag))
    }

    /// The answer that shows what was made, with its ETag.
    pub(crate) fn created(&self) -> Result<Reply, Error> {
        Ok(Reply::created(self)?.etag(&self.invitation.etag))
    }
}

/// The problem of an invitation that could not be made, changed or answered.
pub(crate) fn invitation_problem(
    error: InvitationError,
    current: &Invitation,
    now: Instant,
) -> Error {
    let kind = match error {
        InvitationError::Stale => {
            let shown = WholeInvitationView::new(current, now);
            return Problem::new(&problem::STALE).with("current", shown).into();
        }
        InvitationError::AlreadyInvited(other) => return already_invited(other),
        InvitationError::TooOften(again_at) => return too_often(again_at, now),
        InvitationError::AlreadyAPerson => &problem::ALREADY_A_PERSON,
        InvitationError::Ended => &problem::INVITATION_ENDED,
        InvitationError::Expired => &problem::INVITATION_EXPIRED,
        InvitationError::Open | InvitationError::NotDue => &problem::INVITATION_OPEN,
        InvitationError::NotPreloaded => &problem::NOT_PRELOADED,
        InvitationError::Unchanged => &problem::ADDRESS_UNCHANGED,
        InvitationError::Inactive => &problem::INACTIVE_HERE,
        InvitationError::Dossier(DossierError::OtherSide) => &problem::TAKES_THE_OTHER_SIDE,
        InvitationError::Dossier(DossierError::Full) => &problem::SIDE_FULL,
        InvitationError::Dossier(_) => &problem::DOSSIER_NOT_JOINABLE,
    };
    kind.into()
}

/// Which invitation the address has (RULES D9).
pub(crate) fn already_invited(invitation: InvitationId) -> Error {
    Problem::new(&problem::ALREADY_INVITED).with("invitation", invitation).into()
}

fn too_often(again_at: Instant, now: Instant) -> Error {
    let when = |language| written_instant(again_at, language);
    Problem::new(&problem::SENT_OFTEN)
        .detail(
            format!("Un nouvel envoi sera possible à partir du {}.", when(Language::Fr)),
            format!("It can be sent again from {}.", when(Language::En)),
        )
        .retry_after(again_at.seconds_since(now))
        .into()
}
