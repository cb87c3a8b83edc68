//! Say why one may, or may not, do a thing: the answer of the code that decides.
//!
//! `GET /v1/portals/{portal}/permissions?action=moderate_request&account=acc_…`

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::changes::Place;
use guichet_domain::ids::AccountId;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, Rule, Sight, check};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::problem::{Error, INVALID, MISSING_FIELD, NOT_FOUND, Problem};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::views::PortalPath;

/// What one would like to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Asked {
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
}

/// What one would like to do, and to whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[param(inline)]
    action: Asked,
    /// The person or the requester, where the action is done to one.
    account: Option<AccountId>,
    /// The level to give, for `change_level`.
    level: Option<Level>,
}

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    allowed: bool,
    rule: Rule,
    /// The rule in one sentence.
    sentence: &'static str,
}

/// Say why one may, or may not, do a thing.
///
/// # Errors
/// 404 for what one may not see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/permissions",
    params(PortalPath, Query),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let query: Query = request.query()?;
    let account = query.account;
    let places = account.map(|account| {
        [Place::AdvisorRequest(account, path.portal), Place::Person(account, path.portal)]
    });
    let places = places.as_ref().map_or(&[][..], |places| &places[..]);
    let desk = app.desk(request, Some(path.portal), places).await?;
    let portal = desk.portal()?;
    // Somebody outside of a closed portal learns nothing, not even what is missing.
    let _sight = check(&desk.actor, Action::SeePortal(portal))?;
    let missing = |name| Error::from(Problem::new(&INVALID).field_kind(name, &MISSING_FIELD));
    // What is missing is said before anybody is looked for, so that it tells nothing of them.
    let level = match (query.action, query.level) {
        (Asked::ChangeLevel, None) => return Err(missing("level")),
        (_, level) => level.unwrap_or_default(),
    };
    let not_found = || Error::from(&NOT_FOUND);
    let of_account = || account.ok_or_else(|| missing("account"));
    let person: Option<Person> = match account {
        None => None,
        Some(account) => desk.find(&Place::Person(account, path.portal))?,
    };
    let requested: Option<AdvisorRequest> = match account {
        None => None,
        Some(account) => desk.find(&Place::AdvisorRequest(account, path.portal))?,
    };
    let of_person = || of_account().and_then(|_| person.as_ref().ok_or_else(not_found));
    let of_request = || of_account().and_then(|_| requested.as_ref().ok_or_else(not_found));
    let action = match query.action {
        Asked::SeePortal => Action::SeePortal(portal),
        Asked::UpdatePortal => Action::UpdatePortal(portal),
        Asked::SubmitRequest => Action::SubmitRequest(portal),
        Asked::SeeRequest => Action::SeeRequest(of_request()?),
        Asked::ReviseRequest => Action::ReviseRequest(of_request()?),
        Asked::SeeQueue => Action::SeeQueue(portal.id),
        Asked::ModerateRequest => Action::ModerateRequest(of_request()?, person.as_ref()),
        Asked::ReopenRequest => Action::ReopenRequest(of_request()?, person.as_ref()),
        Asked::SeePeople => Action::SeePeople(portal.id),
        Asked::SeePerson => Action::SeePerson(of_person()?),
        Asked::GiveAccess => Action::GiveAccess(of_person()?),
        Asked::ChangeLevel => Action::ChangeLevel(of_person()?, level),
        Asked::ReadJournal => Action::ReadJournal(portal.id),
        Asked::ReadMails => Action::ReadMails(portal.id),
    };
    let (allowed, rule) = match check(&desk.actor, action) {
        Ok(permit) => (true, permit.rule()),
        Err(refusal) if refusal.sight == Sight::Hidden => return Err(not_found()),
        Err(refusal) => (false, refusal.rule),
    };
    Reply::ok(&Output { allowed, rule, sentence: rule.sentence(request.language()) })
}
