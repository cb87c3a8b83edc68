//! What people may ask about their rights, and what it is done to (RULES A5).

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::changes::Place;
use guichet_domain::dossier::{Position, Publication, Side, Space};
use guichet_domain::ids::{AccountId, DossierId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, Viewed};
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_platform::desk::Desk;
use guichet_platform::problem::{Error, INVALID, MISSING_FIELD, Problem};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::dossier_desk::position_places;

/// What one would like to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asked {
    SeePortal,
    UpdatePortal,
    SubmitRequest,
    SeeRequest,
    ReviseRequest,
    SeeQueue,
    ModerateRequest,
    ReopenRequest,
    SeePeople,
    SeePerson,
    GiveAccess,
    ChangeLevel,
    ReadJournal,
    ReadMails,
    SubmitDossier,
    SeeDossier,
    ReviseDossier,
    UpdateDossier,
    ModerateDossier,
    JoinDossier,
    InviteApplicants,
    InviteAdvisors,
    PauseDossier,
    ResumeDossier,
    WritePublicNotes,
    ReadAdvisorsNotes,
}

/// What one would like to do, and to whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Query {
    #[param(inline)]
    action: Asked,
    /// The person or the requester, where the action is done to one.
    account: Option<AccountId>,
    /// The dossier, where the action is done to one.
    dossier: Option<DossierId>,
    /// The level to give, for `change_level`.
    level: Option<Level>,
}

impl Query {
    /// Where everything stands that the action may be done to.
    pub(crate) fn places(&self, portal: PortalId, me: AccountId) -> Vec<Place> {
        let of_account =
            |account| [Place::AdvisorRequest(account, portal), Place::Person(account, portal)];
        let of_dossier = |dossier| {
            let [asks, advises] = position_places(dossier, portal, me);
            [Place::Publication(dossier, portal), asks, advises]
        };
        let mut places: Vec<Place> = self.account.map(of_account).into_iter().flatten().collect();
        places.extend(self.dossier.map(of_dossier).into_iter().flatten());
        places
    }

    /// Whether it says what the action is done to.
    pub(crate) fn must_be_whole(&self) -> Result<(), Error> {
        use Asked as A;
        let wanted = match self.action {
            A::ChangeLevel if self.level.is_none() => Some("level"),
            A::SeeRequest
            | A::ReviseRequest
            | A::ModerateRequest
            | A::ReopenRequest
            | A::SeePerson
            | A::GiveAccess
            | A::ChangeLevel => self.account.is_none().then_some("account"),
            A::SeeDossier
            | A::ReviseDossier
            | A::UpdateDossier
            | A::ModerateDossier
            | A::JoinDossier
            | A::InviteApplicants
            | A::InviteAdvisors
            | A::PauseDossier
            | A::ResumeDossier
            | A::WritePublicNotes
            | A::ReadAdvisorsNotes => self.dossier.is_none().then_some("dossier"),
            A::SeePortal
            | A::UpdatePortal
            | A::SubmitRequest
            | A::SeeQueue
            | A::SeePeople
            | A::ReadJournal
            | A::ReadMails
            | A::SubmitDossier => None,
        };
        let missing = |name| Problem::new(&INVALID).field_kind(name, &MISSING_FIELD).into();
        wanted.map_or(Ok(()), |name| Err(missing(name)))
    }
}

/// What the action may be done to, as far as it exists.
pub(crate) struct Things {
    person: Option<Person>,
    request: Option<AdvisorRequest>,
    publication: Option<Publication>,
    position: Option<Position>,
    me: AccountId,
    now: Instant,
}

impl Things {
    pub(crate) fn found(
        desk: &Desk,
        places: &[Place],
        me: AccountId,
        now: Instant,
    ) -> Result<Self, Error> {
        let (person, request, publication, position) = (None, None, None, None);
        let mut things = Self { person, request, publication, position, me, now };
        for place in places {
            match place {
                Place::Person(..) => things.person = desk.find(place)?,
                Place::AdvisorRequest(..) => things.request = desk.find(place)?,
                Place::Publication(..) => things.publication = desk.find(place)?,
                // The side of those who ask comes first.
                _ if things.position.is_none() => things.position = desk.find(place)?,
                _ => {}
            }
        }
        Ok(things)
    }

    fn viewed(&self) -> Option<Viewed<'_>> {
        let (publication, position) = (self.publication.as_ref()?, self.position.as_ref());
        Some(Viewed { publication, account: self.me, position, now: self.now })
    }

    /// The action; `None` where what it is done to does not exist.
    pub(crate) fn action<'a>(&'a self, query: &Query, portal: &'a Portal) -> Option<Action<'a>> {
        let (person, request) = (self.person.as_ref(), self.request.as_ref());
        Some(match query.action {
            Asked::SeePortal => Action::SeePortal(portal),
            Asked::UpdatePortal => Action::UpdatePortal(portal),
            Asked::SubmitRequest => Action::SubmitRequest(portal),
            Asked::SeeRequest => Action::SeeRequest(request?),
            Asked::ReviseRequest => Action::ReviseRequest(request?),
            Asked::SeeQueue => Action::SeeQueue(portal.id),
            Asked::ModerateRequest => Action::ModerateRequest(request?, person),
            Asked::ReopenRequest => Action::ReopenRequest(request?, person),
            Asked::SeePeople => Action::SeePeople(portal.id),
            Asked::SeePerson => Action::SeePerson(person?),
            Asked::GiveAccess => Action::GiveAccess(person?),
            Asked::ChangeLevel => Action::ChangeLevel(person?, query.level?),
            Asked::ReadJournal => Action::ReadJournal(portal.id),
            Asked::ReadMails => Action::ReadMails(portal.id),
            Asked::SubmitDossier => Action::SubmitDossier(portal),
            Asked::SeeDossier => Action::SeeDossier(self.viewed()?),
            Asked::ReviseDossier => Action::ReviseDossier(self.viewed()?),
            Asked::UpdateDossier => Action::UpdateDossier(self.viewed()?),
            Asked::ModerateDossier => Action::ModerateDossier(self.viewed()?),
            Asked::JoinDossier => Action::JoinDossier(self.viewed()?),
            Asked::InviteApplicants => Action::InviteToDossier(self.viewed()?, Side::Applicants),
            Asked::InviteAdvisors => Action::InviteToDossier(self.viewed()?, Side::Advisors),
            Asked::PauseDossier => Action::PauseDossier(self.viewed()?),
            Asked::ResumeDossier => Action::ResumeDossier(self.viewed()?),
            Asked::WritePublicNotes => Action::AddNote(self.viewed()?, Space::Public),
            Asked::ReadAdvisorsNotes => Action::SeeNotes(self.viewed()?, Space::Advisors),
        })
    }
}
