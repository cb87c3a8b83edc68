//! What several use cases answer: requests and people, as each reader may see them.

use guichet_domain::account::Demand;
use guichet_domain::advisor_request::{AdvisorRequest, Decision, Moderator, RequestError, Status};
use guichet_domain::changes::Place;
use guichet_domain::ids::{AccountId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::level::{Language, Level};
use guichet_domain::person::{Person, PersonError};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Invalid, Label, Name, Phone, Reason, Statement};
use guichet_mail::written_instant;
use guichet_platform::problem::{self, Error, Problem};
use guichet_platform::reply::Reply;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The portal of a path.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PortalPath {
    /// The portal.
    pub(crate) portal: PortalId,
}

/// A person of a portal, or their request, by their account.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PersonPath {
    /// The portal.
    pub(crate) portal: PortalId,
    /// The account.
    pub(crate) account: AccountId,
}

impl PersonPath {
    /// Where the request stands.
    pub(crate) fn request(self) -> Place {
        Place::AdvisorRequest(self.account, self.portal)
    }

    /// Where the person stands.
    pub(crate) fn person(self) -> Place {
        Place::Person(self.account, self.portal)
    }
}

/// How much of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "u16")]
#[schema(value_type = u16, minimum = 1, maximum = 100)]
pub(crate) struct PageLimit(pub(crate) u16);

impl Default for PageLimit {
    fn default() -> Self {
        Self(25)
    }
}

impl TryFrom<u16> for PageLimit {
    type Error = guichet_domain::text::Invalid;

    fn try_from(limit: u16) -> Result<Self, Self::Error> {
        if (1..=100).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(guichet_domain::text::Invalid::Number)
        }
    }
}

/// Tells null, which takes away what can be absent, from nothing.
pub(crate) fn present<'a, T: Deserialize<'a>, D: Deserializer<'a>>(
    value: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Who reads a request: moderators are named to moderators only (SECURITY S18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The person who asked.
    Requester,
    /// Staff of the portal.
    Moderator,
}

impl Reader {
    /// Who this account is to this request.
    pub(crate) fn of(account: AccountId, request: &AdvisorRequest) -> Self {
        if account == request.account { Self::Requester } else { Self::Moderator }
    }
}

/// How an opening ended, as its reader may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionView {
    /// Accepted, refused, withdrawn or lapsed.
    status: Status,
    /// When.
    at: Instant,
    /// The moderator, for moderators.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ModeratorView>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// A moderator, as other moderators see them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ModeratorView {
    account: AccountId,
    name: String,
}

impl ModeratorView {
    pub(crate) fn of(moderator: &Moderator) -> Self {
        Self { account: moderator.account, name: moderator.name.clone() }
    }
}

impl DecisionView {
    fn new(decision: &Decision, reader: Reader) -> Self {
        let by = decision.by.as_ref().filter(|_| reader == Reader::Moderator);
        Self {
            status: decision.status,
            at: decision.at,
            by: by.map(ModeratorView::of),
            reason: decision.reason.clone(),
        }
    }
}

/// A moderator's change of the requested territory.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AmendmentView {
    before: Territory,
    at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ModeratorView>,
}

/// Who takes care of a request, or of a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakingView {
    by: ModeratorView,
    at: Instant,
}

impl TakingView {
    pub(crate) fn new(by: &Moderator, at: Instant) -> Self {
        Self { by: ModeratorView::of(by), at }
    }
}

/// An adviser request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestView {
    /// Who asks; the request is addressed by it.
    account: AccountId,
    /// On which portal.
    portal: PortalId,
    /// Where it stands.
    status: Status,
    /// What If-Match wants for changes and decisions.
    etag: String,
    first_name: Name,
    last_name: Name,
    organisation: Label,
    job_title: Label,
    territory: Territory,
    context: Statement,
    intention: Statement,
    submitted_at: Instant,
    /// When it lapses if nobody decides.
    lapses_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    amendment: Option<AmendmentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionView>,
    /// From when on one may ask again after a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_ask_again_at: Option<Instant>,
    /// How the opening before ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<DecisionView>,
    /// Which moderator takes care of it, for moderators.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<TakingView>,
}

impl RequestView {
    /// The request as this reader sees it at this instant.
    pub(crate) fn new(request: &AdvisorRequest, reader: Reader, now: Instant) -> Self {
        let shows_moderators = reader == Reader::Moderator;
        let decision = request.decision_at(now);
        let Demand { territory, context, intention, organisation, job_title } =
            request.demand.clone();
        Self {
            account: request.account,
            portal: request.portal,
            status: decision.as_ref().map_or(request.status, |decision| decision.status),
            etag: request.etag(),
            first_name: request.first_name.clone(),
            last_name: request.last_name.clone(),
            organisation,
            job_title,
            territory,
            context,
            intention,
            submitted_at: request.submitted_at,
            lapses_at: request.lapses_at,
            amendment: request.amendment.as_ref().map(|amendment| AmendmentView {
                before: amendment.before.clone(),
                at: amendment.at,
                by: shows_moderators.then(|| ModeratorView::of(&amendment.by)),
            }),
            decision: decision.map(|decision| DecisionView::new(&decision, reader)),
            may_ask_again_at: request.cool_down_ends_at,
            previous: request.previous.as_ref().map(|past| DecisionView::new(past, reader)),
            taken: request
                .taken()
                .filter(|_| shows_moderators)
                .map(|taking| TakingView::new(&taking.by, taking.at)),
        }
    }

    /// The answer that shows it, with its ETag.
    pub(crate) fn reply(&self) -> Result<Reply, Error> {
        Ok(Reply::ok(self)?.etag(&self.etag))
    }
}

/// The problem of a request that could not be made, changed or decided.
pub(crate) fn request_problem(
    error: RequestError,
    current: Option<&AdvisorRequest>,
    reader: Reader,
    now: Instant,
) -> Error {
    let shown = current.map(|current| RequestView::new(current, reader, now));
    let kind = match error {
        RequestError::Decided(decision) => return decided(&decision, reader).into(),
        RequestError::CoolDown(until) => return cool_down(until).into(),
        RequestError::Stale => return Problem::new(&problem::STALE).with("current", shown).into(),
        RequestError::Invalid(invalid) => return problem::invalid("territory", invalid),
        RequestError::AlreadyOpen => &problem::ALREADY_OPEN,
        RequestError::AlreadyHasIt => &problem::ALREADY_HAS_IT,
        RequestError::Unchanged => &problem::UNCHANGED,
        RequestError::NotRefused | RequestError::NotLapsed => &problem::NOT_REFUSED,
        RequestError::Archived => &problem::ARCHIVED,
    };
    kind.into()
}

/// Who decided what, and when (RULES C10).
fn decided(decision: &Decision, reader: Reader) -> Problem {
    let when = |language| written_instant(decision.at, language);
    let (fr, en) = match decision.status {
        Status::Accepted => ("acceptée", "accepted"),
        Status::Refused => ("refusée", "refused"),
        Status::Withdrawn => ("retirée", "withdrawn"),
        Status::Lapsed | Status::Open => (
            "close sans décision, son délai étant écoulé,",
            "closed undecided, its time being over,",
        ),
    };
    let named = decision.by.as_ref().filter(|_| reader == Reader::Moderator);
    let (by_fr, by_en) = match (named, &decision.by, decision.status) {
        (Some(moderator), _, _) => {
            (format!(" par {}", moderator.name), format!(" by {}", moderator.name))
        }
        (None, Some(_), _) => {
            (" par l’équipe du portail".to_owned(), " by the portal’s team".to_owned())
        }
        (None, None, Status::Withdrawn) => {
            (" par la personne qui l’a faite".to_owned(), " by the person who made it".to_owned())
        }
        (None, None, _) => (String::new(), String::new()),
    };
    Problem::new(&problem::ALREADY_DECIDED)
        .detail(
            format!("Cette demande a été {fr}{by_fr} le {}.", when(Language::Fr)),
            format!("This request was {en}{by_en} on {}.", when(Language::En)),
        )
        .with("decision", DecisionView::new(decision, reader))
}

fn cool_down(until: Instant) -> Problem {
    Problem::new(&problem::COOL_DOWN)
        .detail(
            format!(
                "Vous pourrez faire une nouvelle demande à partir du {}.",
                written_instant(until, Language::Fr)
            ),
            format!("You may ask again from {}.", written_instant(until, Language::En)),
        )
        .with("may_ask_again_at", until)
}

/// An adviser access.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessView {
    territory: Territory,
    since: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Instant>,
}

/// A person of a portal and their rights there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonView {
    account: AccountId,
    portal: PortalId,
    first_name: Name,
    last_name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_type: Option<Label>,
    /// The address of the account, as the portal knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    level: Level,
    /// The adviser access, while it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<AccessView>,
    joined_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at: Option<Instant>,
    /// The last day, in UTC, on which they changed something on this portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    active_on: Option<String>,
    /// Who inherits their open invitations while they are archived, and may take over their
    /// dossiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    successor: Option<AccountId>,
    /// What If-Match wants for changes of rights.
    etag: String,
    /// What If-Match wants for changes of names, organisation, job title, phone and user type.
    profile_etag: String,
}

impl PersonView {
    /// The person at this instant.
    pub(crate) fn new(person: &Person, now: Instant) -> Self {
        let access = person.access_at(now).map(|access| AccessView {
            territory: access.territory.clone(),
            since: access.since,
            ends_at: access.ends_at,
        });
        Self {
            account: person.account,
            portal: person.portal,
            first_name: person.profile.first_name.clone(),
            last_name: person.profile.last_name.clone(),
            organisation: person.profile.organisation.clone(),
            job_title: person.profile.job_title.clone(),
            phone: person.profile.phone.clone(),
            user_type: person.profile.user_type.clone(),
            email: person.profile.email.clone(),
            level: person.level,
            access,
            joined_at: person.joined_at,
            archived_at: person.archived_at,
            active_on: person.active_on.clone(),
            successor: person.successor,
            etag: person.etag(),
            profile_etag: person.profile_etag(),
        }
    }

    /// What If-Match wants for changes of rights.
    pub(crate) fn etag(&self) -> &str {
        &self.etag
    }

    /// The answer that shows it, with its ETag.
    pub(crate) fn reply(&self) -> Result<Reply, Error> {
        Ok(Reply::ok(self)?.etag(&self.etag))
    }
}

/// The problem of rights that could not be changed.
pub(crate) fn person_problem(error: PersonError, current: &Person, now: Instant) -> Error {
    let kind = match error {
        PersonError::Stale => {
            let shown = PersonView::new(current, now);
            return Problem::new(&problem::STALE).with("current", shown).into();
        }
        PersonError::Archived => &problem::ARCHIVED,
        PersonError::LastSuperAdministrator => &problem::LAST_SUPER_ADMINISTRATOR,
        PersonError::AlreadyHasIt => &problem::ALREADY_HAS_IT,
        PersonError::NoAccess => &problem::NO_ACCESS,
        PersonError::Active => &problem::NOT_ARCHIVED,
        PersonError::NoSuccessor => &problem::NO_SUCCESSOR,
        PersonError::Past => return problem::invalid("ends_at", Invalid::Past),
    };
    kind.into()
}

/// A number that is exact, or "at least".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CountView {
    /// The number.
    pub(crate) count: usize,
    /// Whether there are more: shown as "99+".
    pub(crate) and_more: bool,
}

impl CountView {
    /// At most 99, and whether there are more.
    pub(crate) fn up_to_99(count: usize) -> Self {
        Self::up_to(count, 99)
    }

    /// At most so many, and whether there are more.
    pub(crate) fn up_to(count: usize, most: usize) -> Self {
        Self { count: count.min(most), and_more: count > most }
    }
}

/// The territory, if the portal offers it.
pub(crate) fn offered(
    territory: Territory,
    portal: &guichet_domain::portal::Portal,
) -> Result<Territory, Error> {
    territory
        .offered_by(portal.settings.collectivities)
        .map_err(|invalid| problem::invalid("territory", invalid))
}

/// The month asked for, as `2026-11`, or the present one.
pub(crate) fn month_or_present(asked: Option<String>, now: Instant) -> Result<String, Error> {
    let Some(month) = asked else { return Ok(now.month()) };
    let first: Result<Instant, _> = format!("{month}-01T00:00:00Z").parse();
    match first {
        Ok(first) if first.month() == month => Ok(month),
        _ => Err(problem::invalid("month", guichet_domain::text::Invalid::Number)),
    }
}
