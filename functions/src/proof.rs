//! The proof of an account by its password: with the limits of signing in, and the same work and
//! calls whether there is such an account or not (RULES B9, SECURITY S10, S16).

use guichet_domain::account::{Account, Credential, EmailClaim};
use guichet_domain::changes::Place;
use guichet_domain::ids::{AccountId, PortalId, Ulid};
use guichet_domain::person::Person;
use guichet_domain::text::Email;
use guichet_platform::app::App;
use guichet_platform::limits::{SIGN_IN_ADDRESS, SIGN_IN_NETWORK, network};
use guichet_platform::passwords::Password;
use guichet_platform::problem::{Error, WRONG_CREDENTIALS};
use guichet_platform::request::Request;
use guichet_platform::store::Items;

/// An account whose password was proved, and what was read beside it.
pub(crate) struct Proved {
    pub(crate) account: Account,
    /// What it is on the portal that was asked about, active or not.
    pub(crate) person: Option<Person>,
    /// What else was read of it.
    pub(crate) items: Items,
}

/// What is read beside an account, once it is known which one it is.
pub(crate) struct Beside<'a> {
    /// What it is on this portal.
    pub(crate) portal: Option<PortalId>,
    /// And what stands at these places.
    pub(crate) places: &'a (dyn Fn(AccountId) -> Vec<Place> + Send + Sync),
}

impl Beside<'_> {
    /// Nothing.
    pub(crate) const NOTHING: Self = Self { portal: None, places: &|_| Vec::new() };
}

/// The account of an address, to whoever knows its password; with what is read beside it.
///
/// # Errors
/// 401 when address and password do not match, 429 after too many attempts.
pub(crate) async fn by_password(
    app: &App,
    request: &Request,
    email: &Email,
    password: &Password,
    beside: Beside<'_>,
) -> Result<Proved, Error> {
    let client = network(&request.source);
    let by_address = [email.as_str(), client.as_str()];
    let limits = [(SIGN_IN_ADDRESS, &by_address[..]), (SIGN_IN_NETWORK, &[client.as_str()][..])];
    let claim_place = Place::EmailClaim(email.clone());
    let (counted, claim) = tokio::join!(
        app.within(request.attempt, limits),
        app.read_one::<EmailClaim>(&claim_place),
    );
    counted?;
    // Nobody's account is read when there is no claim, so that the calls are the same.
    let id = claim?.map_or(AccountId::new(Ulid::nil()), |claim| claim.account);
    let person_place = beside.portal.map(|portal| Place::Person(id, portal));
    let mut places = vec![Place::Account(id), Place::Credential(id)];
    places.extend(person_place.clone());
    places.extend((beside.places)(id));
    let items = app.read(&places).await?;
    let account: Option<Account> = items.find(&Place::Account(id))?;
    let credential: Option<Credential> = items.find(&Place::Credential(id))?;
    let hash = credential.as_ref().map(|credential| &credential.password);
    let is_right = app.verify_password(password, hash);
    let account = account.filter(|_| is_right).ok_or_else(|| Error::from(&WRONG_CREDENTIALS))?;
    let person = match &person_place {
        Some(place) => items.find(place)?,
        None => None,
    };
    Ok(Proved { account, person, items })
}
