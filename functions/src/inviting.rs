//! What inviting, mailing again and correcting an address have in common.

use guichet_domain::changes::Place;
use guichet_domain::ids::PortalId;
use guichet_domain::invitation::{Invitation, OpenInvitation, Scope};
use guichet_domain::permissions::{Action, Actor, Refusal, check};
use guichet_domain::person::{Person, SearchWord};
use guichet_domain::text::Email;
use guichet_platform::app::App;
use guichet_platform::desk::{Desk, Replay};
use guichet_platform::keys::Listing;
use guichet_platform::limits::{INVITE_ACCOUNT, INVITE_ADDRESS, Limit};
use guichet_platform::problem::{ALREADY_A_PERSON, Error, Problem, UNAUTHORISED};
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};

use crate::invitation_views::InvitationPath;
use crate::views::PersonView;

/// Who asks and what it is about, in one round trip beside the limits on what is mailed: by the
/// account, and by the address that is named in the request. Whether these are kept is for those to
/// know who may invite.
///
/// # Errors
/// 401 without a valid session.
pub(crate) async fn at_the_desk(
    app: &App,
    request: &Request,
    scope: Scope,
    email: Option<&Email>,
    places: &[Place],
) -> Result<(Desk, Result<(), Error>), Error> {
    let token = request.bearer_token().ok_or_else(|| Error::from(&UNAUTHORISED))?;
    let bearer = app.bearer(token).await?.account.to_string();
    let portal = scope.portal();
    let guard = email.map(|email| Place::OpenInvitation(scope, email.clone()));
    let places: Vec<Place> = places.iter().cloned().chain(guard).collect();
    let (named, by_account) = (portal.to_string(), [bearer.as_str()]);
    // By the account too: whoever may not invite here must not spend what others may.
    let by_address = email.map(|email| [email.as_str(), named.as_str(), bearer.as_str()]);
    let counted = async {
        match &by_address {
            None => app.within_one(request.attempt, INVITE_ACCOUNT, &by_account).await,
            Some(by_address) => {
                let limits = [(INVITE_ACCOUNT, &by_account[..]), (INVITE_ADDRESS, by_address)];
                app.within(request.attempt, limits).await
            }
        }
    };
    beside(counted, app.desk(request, Some(portal), &places)).await
}

/// Who asks and what it is about, in one round trip beside a limit by account and portal. Whether
/// it is kept is for those to know who may ask.
///
/// # Errors
/// 401 without a valid session.
pub(crate) async fn limited_desk(
    app: &App,
    request: &Request,
    portal: PortalId,
    limit: Limit,
    places: &[Place],
) -> Result<(Desk, Result<(), Error>), Error> {
    let token = request.bearer_token().ok_or_else(|| Error::from(&UNAUTHORISED))?;
    let by = [app.bearer(token).await?.account.to_string(), portal.to_string()];
    let by = [by[0].as_str(), by[1].as_str()];
    let counted = app.within_one(request.attempt, limit, &by);
    beside(counted, app.desk(request, Some(portal), places)).await
}

/// The desk, and what came of counting the request meanwhile: one that is replayed was counted when
/// it was new.
async fn beside(
    counted: impl Future<Output = Result<(), Error>>,
    desk: impl Future<Output = Result<Desk, Error>>,
) -> Result<(Desk, Result<(), Error>), Error> {
    let (counted, desk) = tokio::join!(counted, desk);
    let desk = desk?;
    let counted = if desk.replay == Replay::New { counted } else { Ok(()) };
    Ok((desk, counted))
}

/// The invitation of a path, for those who may see invitations.
///
/// # Errors
/// 403 below reviewer, 404 for another portal's.
pub(crate) fn may_see(desk: &Desk, path: InvitationPath) -> Result<Invitation, Error> {
    let _sight = check(&desk.actor, Action::SeeInvitations(desk.portal()?.id))?;
    path.of_portal(desk.find(&path.place())?)
}

/// The invitation that holds the guard of an address which was read at the desk.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn standing(
    app: &App,
    desk: &Desk,
    scope: Scope,
    email: &Email,
) -> Result<Option<Invitation>, Error> {
    holder(app, desk.find(&Place::OpenInvitation(scope, email.clone()))?).await
}

/// The other invitation that holds the guard of this one's address, which can be once it has ended.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn other(app: &App, invitation: &Invitation) -> Result<Option<Invitation>, Error> {
    if invitation.state.is_open() {
        return Ok(None);
    }
    let guard = Place::OpenInvitation(invitation.scope, invitation.email.clone());
    let guard: Option<OpenInvitation> = app.read_one(&guard).await?;
    if guard.as_ref().is_some_and(|guard| guard.invitation == invitation.id) {
        // It was mailed again since it was read.
        return Err(Error::Again);
    }
    holder(app, guard).await
}

/// The invitation that holds a guard.
///
/// # Errors
/// It has ended since the guard was read.
pub(crate) async fn holder(
    app: &App,
    guard: Option<OpenInvitation>,
) -> Result<Option<Invitation>, Error> {
    let Some(guard) = guard else { return Ok(None) };
    let found: Option<Invitation> = app.read_one(&Place::Invitation(guard.invitation)).await?;
    // The guard and its invitation are written together: one that has ended has given it back since
    // it was read.
    found.filter(|found| found.state.is_open()).map(Some).ok_or(Error::Again)
}

/// Those of this portal who have this address, active or not. Nothing else is looked up: whether it
/// is known elsewhere shows nowhere (SECURITY S4).
///
/// # Errors
/// The table did not answer.
pub(crate) async fn people_with(
    app: &App,
    scope: Scope,
    email: Option<&Email>,
) -> Result<Vec<SearchWord>, Error> {
    let Some(email) = email else { return Ok(Vec::new()) };
    let listing = Listing::FoundBy(scope.portal(), email.as_str().to_owned());
    let page = app.page::<SearchWord>(&listing, &PageQuery::first(10, Order::Ascending)).await?;
    Ok(page.rows.into_iter().filter(|row| row.word == email.as_str()).collect())
}

/// Why an address can't be invited, for those who have it on this portal.
pub(crate) enum Obstacle {
    /// They are active (RULES D10).
    Active(Box<Person>),
    /// They are inactive, and who invites could not bring them back, which accepting does
    /// (SECURITY S5).
    Above(Refusal),
}

/// What keeps somebody from inviting an address that these people have.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn obstacle(
    app: &App,
    actor: &Actor,
    people: Vec<SearchWord>,
) -> Result<Option<Obstacle>, Error> {
    for found in people {
        let place = Place::Person(found.account, found.portal);
        let Some(person) = app.read_one::<Person>(&place).await? else { continue };
        if person.archived_at.is_none() {
            return Ok(Some(Obstacle::Active(Box::new(person))));
        }
        if let Err(refusal) = check(actor, Action::RestorePerson(&person)) {
            return Ok(Some(Obstacle::Above(refusal)));
        }
    }
    Ok(None)
}

/// Whether those with an address leave it to be invited.
///
/// # Errors
/// 409 for an active person, with what they have; 403 for somebody inactive of a higher level.
pub(crate) async fn must_be_free(
    app: &App,
    desk: &Desk,
    people: Vec<SearchWord>,
) -> Result<(), Error> {
    match obstacle(app, &desk.actor, people).await? {
        None => Ok(()),
        Some(Obstacle::Above(refusal)) => Err(refusal.into()),
        Some(Obstacle::Active(person)) => {
            let shown = PersonView::new(&person, app.now());
            Err(Problem::new(&ALREADY_A_PERSON).with("person", shown).into())
        }
    }
}
