//! Lists of invitations, to a portal or to a dossier (RULES D13, F8).

use guichet_domain::dossier::InvitedRole;
use guichet_domain::ids::InvitationId;
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{InvitationState, Scope};
use guichet_domain::mail::Outcome;
use guichet_domain::permissions::Action;
use guichet_domain::text::{Email, Name};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::store::{Order, Page, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dossier_desk::DossierDesk;
use crate::invitation_views::{FoundBy, InvitationRow};
use crate::search::{MOST_READ, Search};
use crate::views::{ModeratorView, PageLimit};

/// Which invitations.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Which {
    /// Preloaded and pending ones, and those that have expired meanwhile.
    #[default]
    Open,
    /// Those that have ended.
    Closed,
}

/// Which invitations, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    #[serde(default)]
    #[param(inline)]
    list: Which,
    /// Only those that stand so.
    state: Option<InvitationState>,
    /// Only those in whose name or address each of these words begins a word.
    search: Option<String>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

impl ListQuery {
    /// A page of the invitations of a scope, the newest first. Those that the reader may not manage
    /// are found by the names alone, and shown while they are open, or to who sees everything
    /// (RULES A2, F8).
    ///
    /// # Errors
    /// The table did not answer, or the cursor is not one of this list.
    pub(crate) async fn page(
        self,
        app: &App,
        scope: Scope,
        now: Instant,
        sees_closed: bool,
        is_managed: impl Fn(&InvitationRow) -> bool,
    ) -> Result<Page<InvitationRow>, Error> {
        let listing = match self.list {
            Which::Open => Listing::OpenInvitations(scope),
            Which::Closed => Listing::ClosedInvitations(scope),
        };
        let search = Search::new(self.search.as_deref().unwrap_or_default());
        let is_of_dossier = matches!(scope, Scope::Dossier { .. });
        let narrows = self.state.is_some() || search.longest().is_some() || is_of_dossier;
        let most = if narrows { MOST_READ } else { self.limit.0 };
        let page = PageQuery { limit: self.limit.0, cursor: self.cursor, order: Order::Descending };
        let is_wanted = |row: &InvitationRow| {
            let state = row.state_at(now);
            let is_managed = is_managed(row);
            let found_by = if is_managed { FoundBy::Everything } else { FoundBy::Names };
            self.state.is_none_or(|wanted| state == wanted)
                && (is_managed || sees_closed || state.is_open())
                && row.is_found_by(&search, found_by)
        };
        Ok(app.page_where(&listing, &page, most, is_wanted).await?)
    }
}

/// An invitation to a dossier, as those who see the dossier see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitedToDossier {
    id: InvitationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<InvitedRole>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<Name>,
    /// For those who may manage it.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    state: InvitationState,
    /// Who invited.
    inviter: ModeratorView,
    created_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    /// How often it was mailed, reminders left out.
    times_sent: u32,
    /// What became of its last mail, for those who may manage it.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Outcome>,
    /// Whether the reader may send, resend, correct or cancel it.
    may_manage: bool,
    /// What If-Match wants for that.
    etag: String,
}

/// Whether whoever reads the dossier may manage this invitation to it.
pub(crate) fn is_managed(at: &DossierDesk, row: &InvitationRow) -> bool {
    at.check(Action::ManageInvitation(row.managed(), Some(at.viewed()))).is_ok()
}

impl InvitedToDossier {
    /// The invitation as whoever reads the dossier may see it.
    pub(crate) fn new(at: &DossierDesk, row: InvitationRow) -> Self {
        let may_manage = is_managed(at, &row);
        Self {
            id: row.id,
            role: row.assignment.as_ref().map(|assignment| assignment.role),
            state: row.state_at(at.now),
            etag: row.etag(),
            first_name: row.first_name,
            last_name: row.last_name,
            email: Some(row.email).filter(|_| may_manage),
            inviter: ModeratorView::of(&row.inviter),
            created_at: row.created_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            times_sent: row.times_sent,
            delivery: row.delivery.filter(|_| may_manage),
            may_manage,
        }
    }
}
