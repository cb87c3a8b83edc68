//! Show one's own account, with level and accesses on each portal.
//!
//! `GET /v1/me`

use guichet_domain::changes::Place;
use guichet_domain::ids::AccountId;
use guichet_domain::moderation::MailRhythm;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_domain::text::{Email, Label, Name, Phone, Username};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::{Error, UNAUTHORISED};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PersonView;

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    account: AccountId,
    username: Username,
    email: Email,
    first_name: Name,
    last_name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    /// What one is on each portal.
    portals: Vec<Membership>,
}

/// What one is on a portal.
#[derive(Debug, Serialize, ToSchema)]
struct Membership {
    /// The portal's name.
    name: Label,
    /// How one is told of new dossiers.
    dossier_mails: MailRhythm,
    #[serde(flatten)]
    person: PersonView,
}

/// Show one's own account.
///
/// # Errors
/// 401 without a session.
#[utoipa::path(
    get,
    path = "/v1/me",
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let token = request.bearer_token().ok_or_else(|| Error::from(&UNAUTHORISED))?;
    let bearer = app.bearer(token).await?;
    let (listing, all) =
        (Listing::Memberships(bearer.account), PageQuery::first(100, Order::Ascending));
    let (desk, people) =
        tokio::join!(app.desk(request, None, &[]), app.page::<Person>(&listing, &all));
    let (desk, people) = (desk?, people?.rows);
    let account = &desk.account;
    let _permit = check(&desk.actor, Action::UseOwnAccount(account.id))?;
    // Somebody archived can no longer see anything of that portal (RULES E3).
    let active = people.into_iter().filter(|person| person.archived_at.is_none());
    let active: Vec<Person> = active.collect();
    let places: Vec<Place> = active.iter().map(|person| Place::Portal(person.portal)).collect();
    let portals = app.read(&places).await?;
    let mut memberships = Vec::with_capacity(active.len());
    for person in &active {
        if let Some(portal) = portals.find::<Portal>(&Place::Portal(person.portal))? {
            let (name, dossier_mails) = (portal.settings.name, person.dossier_mails.rhythm);
            let person = PersonView::new(person, app.now());
            memberships.push(Membership { name, dossier_mails, person });
        }
    }
    Reply::ok(&Output {
        account: account.id,
        username: account.username.clone(),
        email: account.email.clone(),
        first_name: account.first_name.clone(),
        last_name: account.last_name.clone(),
        phone: account.phone.clone(),
        portals: memberships,
    })
}
