//! Change the portal's copy of what is known of somebody; the account's own stays its holder's.
//!
//! `PATCH /v1/portals/{portal}/people/{account}`

use guichet_domain::permissions::{Action, check};
use guichet_domain::person::{Person, Profile};
use guichet_domain::text::{Label, Name, Phone};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PersonPath, PersonView, person_problem, present};

/// What to change: what is left out stays, and null takes away what can be absent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    first_name: Option<Name>,
    last_name: Option<Name>,
    #[serde(default, deserialize_with = "present")]
    organisation: Option<Option<Label>>,
    #[serde(default, deserialize_with = "present")]
    job_title: Option<Option<Label>>,
    #[serde(default, deserialize_with = "present")]
    phone: Option<Option<Phone>>,
    #[serde(default, deserialize_with = "present")]
    user_type: Option<Option<Label>>,
}

impl Input {
    fn over(self, profile: Profile) -> Profile {
        Profile {
            first_name: self.first_name.unwrap_or(profile.first_name),
            last_name: self.last_name.unwrap_or(profile.last_name),
            organisation: self.organisation.unwrap_or(profile.organisation),
            job_title: self.job_title.unwrap_or(profile.job_title),
            phone: self.phone.unwrap_or(profile.phone),
            user_type: self.user_type.unwrap_or(profile.user_type),
            email: profile.email,
        }
    }
}

/// Change the portal's copy of what is known of somebody.
///
/// # Errors
/// 403 below staff or for somebody of a higher level, 409 when nothing changes, 412 when the person
/// changed: `If-Match` wants `profile_etag`.
#[utoipa::path(
    patch,
    path = "/v1/portals/{portal}/people/{account}",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.person()]).await?;
    let person: Person = desk.require(&path.person())?;
    let now = app.now();
    let permit = check(&desk.actor, Action::UpdatePerson(&person))?;
    if desk.replay == Replay::Done {
        return PersonView::new(&person, now).reply();
    }
    let etag = request.if_match()?;
    let input: Input = request.json()?;
    let profile = input.over(person.profile.clone());
    if profile.user_type != person.profile.user_type {
        let known = desk.portal()?.settings.knows(profile.user_type.as_ref());
        known.map_err(|invalid| problem::invalid("user_type", invalid))?;
    }
    let (next, changes) = person
        .clone()
        .update(permit, &etag, profile)
        .map_err(|error| person_problem(error, &person, now))?;
    app.commit_at(&desk, changes).await?;
    PersonView::new(&next, now).reply()
}
