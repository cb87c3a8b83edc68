//! Begin to sign up; a mail to the address says how to go on. It may carry an adviser request.
//!
//! `POST /v1/sign-ups`

use guichet_domain::account::{CarriedRequest, Demand, SIGN_UP_LIFETIME_HOURS, SignUp};
use guichet_domain::changes::Place;
use guichet_domain::ids::{PortalId, SignUpId};
use guichet_domain::level::Language;
use guichet_domain::permissions::{Action, Actor, check};
use guichet_domain::portal::Portal;
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Label, Name, Phone, Statement};
use guichet_platform::app::App;
use guichet_platform::limits::{SIGN_UP_NETWORK, network};
use guichet_platform::passwords::{Password, WeakPassword};
use guichet_platform::problem::{self, Error, INVALID, NOT_FOUND, PASSWORD_COMMON, Problem};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who signs up, and what they may ask for in the same breath.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    #[schema(example = "Anne")]
    first_name: Name,
    #[schema(example = "Durand")]
    last_name: Name,
    #[schema(example = "anne.durand@exemple.fr")]
    email: Email,
    /// At least 15 characters; needed again to verify the address.
    #[schema(value_type = String, example = "un cheval violet dans la brume")]
    password: Password,
    phone: Option<Phone>,
    language: Option<Language>,
    request: Option<RequestInput>,
}

/// An adviser request that waits for the address to be proved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestInput {
    portal: PortalId,
    territory: Territory,
    context: Statement,
    intention: Statement,
    organisation: Label,
    job_title: Label,
}

/// The same answer for every address.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    /// By which a new mail can be asked for.
    sign_up: SignUpId,
}

/// Begin to sign up.
///
/// # Errors
/// A field is wrong, or the portal of the request takes no requests from outside.
#[utoipa::path(
    post,
    path = "/v1/sign-ups",
    request_body = Input,
    responses((status = 202, body = Output))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.json()?;
    app.within_one(request.attempt, SIGN_UP_NETWORK, &[&network(&request.source)]).await?;
    let about = [input.first_name.as_str(), input.last_name.as_str(), input.email.as_str()];
    input.password.check(&about).map_err(weak)?;
    let carried = match input.request {
        None => None,
        Some(carried) => Some(carry(app, carried).await?),
    };
    let now = app.now();
    let sign_up = SignUp {
        id: SignUpId::new(app.fresh_ulid(now)),
        version: 1,
        email: input.email,
        first_name: input.first_name,
        last_name: input.last_name,
        phone: input.phone,
        language: input.language.unwrap_or_else(|| request.language()),
        password: app.hash_password(&input.password),
        request: carried,
        invitation: None,
        generation: 1,
        created_at: now,
        expires_at: now.plus_seconds(SIGN_UP_LIFETIME_HOURS * 3_600),
    };
    let output = Output { sign_up: sign_up.id };
    let permit = check(&Actor::Public, Action::SignUp)?;
    let origin = Origin::of(request);
    app.commit(&origin, sign_up.begin(permit)).await?;
    Reply::accepted(&output)
}

/// The problem of a password that may not be chosen.
pub(crate) fn weak(weak: WeakPassword) -> Error {
    match weak {
        WeakPassword::Invalid(invalid) => problem::invalid("password", invalid),
        WeakPassword::Common => {
            Problem::new(&INVALID).field_kind("password", &PASSWORD_COMMON).into()
        }
    }
}

/// Checks what can be checked of a carried request before the address is proved.
async fn carry(app: &App, input: RequestInput) -> Result<CarriedRequest, Error> {
    let portal: Option<Portal> = app.read_one(&Place::Portal(input.portal)).await?;
    let portal = portal.ok_or_else(|| Error::from(&NOT_FOUND))?;
    let _permit = check(&Actor::Public, Action::SeePortal(&portal))?;
    let territory = input
        .territory
        .offered_by(portal.settings.collectivities)
        .map_err(|invalid| problem::invalid("request.territory", invalid))?;
    let (context, intention) = (input.context, input.intention);
    let (organisation, job_title) = (input.organisation, input.job_title);
    let demand = Demand { territory, context, intention, organisation, job_title };
    Ok(CarriedRequest { portal: portal.id, demand })
}
