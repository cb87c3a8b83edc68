//! Make a portal and its first super administrator, who gets a mail to set a password.
//!
//! On no public route: the operator invokes it directly (RULES A7).

use guichet_domain::account::{Account, EmailClaim};
use guichet_domain::changes::{Changes, Place};
use guichet_domain::ids::{AccountId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::journal::{Act, Event, Facts, Object};
use guichet_domain::level::{Language, Level};
use guichet_domain::permissions::{Action, Actor, Permit, check};
use guichet_domain::person::Person;
use guichet_domain::portal::{Days, OpenTo, Portal, SuperAdministrators};
use guichet_domain::territory::Collectivities;
use guichet_domain::text::{Email, Label, Name, Username, WebAddress, suggested_username};
use guichet_platform::app::App;
use guichet_platform::problem::{Error, INVALID, NO_SIGNING_KEYS, Problem, USERNAME_TAKEN};
use guichet_platform::store::Origin;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    name: Label,
    address: WebAddress,
    contact_address: Email,
    sender_name: Option<Label>,
    language: Option<Language>,
    requests_open_to: Option<OpenTo>,
    cool_down_in_days: Option<Days>,
    lapses_in_days: Option<Days>,
    collectivities: Option<Collectivities>,
    administrator: Administrator,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Administrator {
    first_name: Name,
    last_name: Name,
    email: Email,
    username: Option<Username>,
}

#[derive(Debug, Serialize)]
struct Output {
    portal: PortalId,
    account: AccountId,
    username: Username,
}

/// Make a portal and its first super administrator.
///
/// # Errors
/// A field is wrong, the identifier is taken, or there are no signing keys yet.
pub async fn handle(app: &App, event: Value) -> Result<Value, Error> {
    let input: Input = serde_json::from_value(event).map_err(|error| Problem::of_event(&error))?;
    let permit = check(&Actor::Operator, Action::CreatePortal)?;
    // Its first mail holds a signed link: on a fresh installation that would wait in the stream.
    if !app.has_public_keys().await? {
        return Err((&NO_SIGNING_KEYS).into());
    }
    let now = app.now();
    let claim = Place::EmailClaim(input.administrator.email.clone());
    let known: Option<EmailClaim> = app.read_one(&claim).await?;
    let (account, changes) = match known {
        Some(claim) => {
            let account: Option<Account> = app.read_one(&Place::Account(claim.account)).await?;
            // The claim and its account are written together.
            (account.ok_or(Error::Again)?, Changes::new(permit))
        }
        None => new_account(app, &input, permit, now).await?,
    };
    let portal = new_portal(app, input, now);
    let output =
        Output { portal: portal.id, account: account.id, username: account.username.clone() };
    let newcomer = Person::newcomer(account.id, portal.id, account.profile(), now);
    let person = Person { level: Level::SuperAdministrator, ..newcomer };
    let event = Event::new(Act::PortalCreated, Some(portal.id), Object::Portal(portal.id), 1)
        .touching(account.id)
        .changing(Facts::none(), Facts::level(person.level));
    let count = SuperAdministrators { portal: portal.id, version: 1, count: 1 };
    let changes = changes.create(portal).create(count).write(person.join()).journal(event);
    app.commit(&Origin::default(), changes).await?;
    Ok(json!(output))
}

fn new_portal(app: &App, input: Input, now: Instant) -> Portal {
    let id = PortalId::new(app.fresh_ulid(now));
    let mut portal = Portal::new(id, input.name, input.address, input.contact_address, now);
    portal.sender_name = input.sender_name.unwrap_or(portal.sender_name);
    let settings = &mut portal.settings;
    settings.language = input.language.unwrap_or(settings.language);
    settings.requests_open_to = input.requests_open_to.unwrap_or(settings.requests_open_to);
    settings.cool_down_in_days = input.cool_down_in_days.unwrap_or(settings.cool_down_in_days);
    settings.lapses_in_days = input.lapses_in_days.unwrap_or(settings.lapses_in_days);
    settings.collectivities = input.collectivities.unwrap_or(settings.collectivities);
    portal
}

async fn new_account(
    app: &App,
    input: &Input,
    permit: Permit,
    now: Instant,
) -> Result<(Account, Changes), Error> {
    let administrator = &input.administrator;
    let username = free_username(app, administrator).await?;
    let account = Account {
        id: AccountId::new(app.fresh_ulid(now)),
        version: 1,
        username,
        email: administrator.email.clone(),
        first_name: administrator.first_name.clone(),
        last_name: administrator.last_name.clone(),
        phone: None,
        organisation: None,
        job_title: None,
        web_site: None,
        language: input.language,
        session_epoch: 1,
        link_generation: 1,
        created_at: now,
    };
    Ok((account.clone(), account.create(permit)))
}

/// How many suggested identifiers are tried.
const MOST_SUGGESTIONS: u32 = 20;

async fn free_username(app: &App, administrator: &Administrator) -> Result<Username, Error> {
    let taken = || {
        Error::from(Problem::new(&INVALID).field_kind("administrator.username", &USERNAME_TAKEN))
    };
    let candidates: Vec<Username> = match &administrator.username {
        Some(username) => vec![username.clone()],
        None => (0..MOST_SUGGESTIONS)
            .map(|tried| {
                suggested_username(&administrator.first_name, &administrator.last_name, tried)
            })
            .filter_map(|suggested| Username::new(&suggested).ok())
            .collect(),
    };
    let places: Vec<Place> = candidates.iter().cloned().map(Place::UsernameClaim).collect();
    let claims = app.read(&places).await?;
    for candidate in candidates {
        let claim: Option<Value> = claims.find(&Place::UsernameClaim(candidate.clone()))?;
        if claim.is_none() {
            return Ok(candidate);
        }
    }
    Err(taken())
}
