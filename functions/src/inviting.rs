//! What inviting, mailing again and correcting an address have in common.

use guichet_domain::changes::Place;
use guichet_domain::dossier::{Position, Publication, Role};
use guichet_domain::ids::{AccountId, DossierId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{Invitation, Line, Managed, OpenInvitation, Scope};
use guichet_domain::permissions::{Action, Actor, Permit, Refusal, Viewed, check};
use guichet_domain::person::{Person, SearchWord};
use guichet_domain::text::Email;
use guichet_platform::app::App;
use guichet_platform::desk::{Desk, Replay};
use guichet_platform::keys::Listing;
use guichet_platform::limits::{INVITE_ACCOUNT, INVITE_ADDRESS, INVITE_TO_DOSSIER, Limit};
use guichet_platform::problem::{
    ALREADY_A_PERSON, ALREADY_TAKES_PART, ARCHIVED, DOSSIER_NOT_JOINABLE, Error, NOT_FOUND,
    Problem, TAKES_THE_OTHER_SIDE,
};
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};

use crate::admission::line;
use crate::dossier_desk::{bearer, position_among, position_places};
use crate::invitation_views::InvitationPath;
use crate::views::PersonView;

/// Who asks and what it is about, in one round trip beside the limits on what is mailed. Whether
/// these are kept is for those to know who may invite.
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
    let bearer = bearer(app, request).await?;
    let guard = email.map(|email| Place::OpenInvitation(scope, email.clone()));
    let places: Vec<Place> = places.iter().cloned().chain(guard).collect();
    let counted = counted(app, request, bearer, scope.portal(), email);
    beside(counted, app.desk(request, Some(scope.portal()), &places)).await
}

/// Counts what is mailed: by the account, and by the address that is named in the request.
///
/// # Errors
/// 429 after too many.
pub(crate) async fn counted(
    app: &App,
    request: &Request,
    bearer: AccountId,
    portal: PortalId,
    email: Option<&Email>,
) -> Result<(), Error> {
    let (named, bearer) = (portal.to_string(), bearer.to_string());
    let by_account = [bearer.as_str()];
    match email {
        None => app.within_one(request.attempt, INVITE_ACCOUNT, &by_account).await,
        Some(email) => {
            // By the account too: whoever may not invite here must not spend what others may.
            let by_address = [email.as_str(), named.as_str(), bearer.as_str()];
            let limits = [(INVITE_ACCOUNT, &by_account[..]), (INVITE_ADDRESS, &by_address[..])];
            app.within(request.attempt, limits).await
        }
    }
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
    let by = [bearer(app, request).await?.to_string(), portal.to_string()];
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

/// An invitation of a path, for those who may see it.
pub(crate) struct InSight {
    pub(crate) invitation: Invitation,
    /// The dossier that it is to, and the position of whoever asks.
    dossier: Option<(Publication, Option<Position>)>,
    /// What decides who may manage it: whoever stands for it now.
    managed: Managed,
    account: AccountId,
    now: Instant,
}

/// The invitation of a path, which was read at the desk, and the dossier that it is to.
///
/// # Errors
/// 404 for another portal's, and for those who may not see it; 403 for one to a dossier that they
/// see, and which is not theirs to manage.
pub(crate) async fn in_sight(
    app: &App,
    desk: &Desk,
    path: InvitationPath,
) -> Result<InSight, Error> {
    let invitation = path.of_portal(desk.find(&path.place())?)?;
    let (account, mut managed) = (desk.account.id, invitation.managed());
    let dossier = match invitation.scope {
        Scope::Portal { .. } => None,
        Scope::Dossier { portal, dossier } => {
            let publication = Place::Publication(dossier, portal);
            let positions = position_places(dossier, portal, account);
            let inviter = Place::Person(invitation.inviter.account, portal);
            let mut places = vec![publication.clone(), inviter.clone()];
            places.extend_from_slice(&positions);
            let items = app.read(&places).await?;
            let found: Option<Publication> = items.find(&publication)?;
            let publication = found.ok_or_else(|| Error::from(&NOT_FOUND))?;
            let line = line(app, items.find(&inviter)?).await?;
            if let Some(responsible) = Line(&line).responsible(&invitation) {
                managed.inviter = responsible.account;
            }
            Some((publication, position_among(&items, &positions)?))
        }
    };
    let found = InSight { invitation, dossier, managed, account, now: app.now() };
    let _sight = check(&desk.actor, Action::SeeInvitation(managed, found.viewed()))?;
    Ok(found)
}

/// Counts what is mailed of an invitation to a dossier by somebody who is not staff, beside reading
/// it (SECURITY S11).
///
/// # Errors
/// As for [`in_sight`]; 429 beyond twenty a day.
pub(crate) async fn in_sight_to_mail(
    app: &App,
    request: &Request,
    desk: &Desk,
    path: InvitationPath,
) -> Result<InSight, Error> {
    let invitation: Option<Invitation> = desk.find(&path.place())?;
    let is_staff = desk.person.as_ref().is_some_and(|person| person.level.is_staff());
    let is_to_dossier = |one: Invitation| matches!(one.scope, Scope::Dossier { .. });
    if is_staff || desk.replay == Replay::Done || !invitation.is_some_and(is_to_dossier) {
        return in_sight(app, desk, path).await;
    }
    let by = desk.account.id.to_string();
    let by = [by.as_str()];
    let counted = app.within_one(request.attempt, INVITE_TO_DOSSIER, &by);
    let (found, counted) = tokio::join!(in_sight(app, desk, path), counted);
    let found = found?;
    counted?;
    Ok(found)
}

impl InSight {
    fn viewed(&self) -> Option<Viewed<'_>> {
        let (publication, position) = self.dossier.as_ref()?;
        let (account, position, now) = (self.account, position.as_ref(), self.now);
        Some(Viewed { publication, account, position, now })
    }

    /// Whether whoever asks may send, resend, correct or cancel it.
    ///
    /// # Errors
    /// 403 for a level that they do not give.
    pub(crate) fn permit(&self, actor: &Actor) -> Result<Permit, Error> {
        Ok(check(actor, Action::ManageInvitation(self.managed, self.viewed()))?)
    }

    /// Whether it is of any use to mail it: the dossier that it is to still takes people in.
    ///
    /// # Errors
    /// 409 for one that does not.
    pub(crate) fn must_be_of_use(&self) -> Result<(), Error> {
        let (Some((publication, _)), Some(role)) = (&self.dossier, self.managed.role) else {
            return Ok(());
        };
        publication.must_take_in(role.side()).map_err(|_| (&DOSSIER_NOT_JOINABLE).into())
    }
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
    let place = Place::OpenInvitation(scope, email.clone());
    holder(app, desk.find(&place)?).await
}

/// The invitation that holds the guard of an address.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn standing_at(
    app: &App,
    scope: Scope,
    email: &Email,
) -> Result<Option<Invitation>, Error> {
    let place = Place::OpenInvitation(scope, email.clone());
    holder(app, app.read_one(&place).await?).await
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
    portal: PortalId,
    email: Option<&Email>,
) -> Result<Vec<SearchWord>, Error> {
    let Some(email) = email else { return Ok(Vec::new()) };
    let listing = Listing::FoundBy(portal, email.as_str().to_owned());
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

/// Whether those with an address leave it to be invited to the same as this.
///
/// # Errors
/// As for [`must_be_nobody`] and [`must_have_less`].
pub(crate) async fn must_be_free(
    app: &App,
    desk: &Desk,
    invitation: &Invitation,
    people: Vec<SearchWord>,
) -> Result<(), Error> {
    match (invitation.scope, &invitation.assignment) {
        (Scope::Dossier { portal, dossier }, Some(assignment)) => {
            let role = assignment.role.into();
            must_have_less(app, &desk.actor, (portal, dossier), role, people).await
        }
        _ => must_be_nobody(app, desk, people).await,
    }
}

/// Whether those with an address leave it to be invited to the portal.
///
/// # Errors
/// 409 for an active person, with what they have; 403 for somebody inactive of a higher level.
pub(crate) async fn must_be_nobody(
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

/// Whether those with an address leave it to be invited to a dossier in a role: nobody is invited
/// to what they have (RULES D10).
///
/// # Errors
/// 409 for whoever takes part with as much, with their role, or on the other side; and for somebody
/// inactive, to those who see the people of the portal.
pub(crate) async fn must_have_less(
    app: &App,
    actor: &Actor,
    (portal, dossier): (PortalId, DossierId),
    role: Role,
    people: Vec<SearchWord>,
) -> Result<(), Error> {
    if people.is_empty() {
        return Ok(());
    }
    let person = |found: &SearchWord| Place::Person(found.account, portal);
    let positions = |found: &SearchWord| position_places(dossier, portal, found.account);
    let mut places: Vec<Place> = people.iter().map(person).collect();
    places.extend(people.iter().flat_map(positions));
    let items = app.read(&places).await?;
    for found in &people {
        let held = position_among(&items, &positions(found))?.map(|position| position.role);
        if let Some(held) = held.filter(|held| held.side() != role.side()) {
            return Err(Problem::new(&TAKES_THE_OTHER_SIDE).with("role", held).into());
        }
        if let Some(held) = held.filter(|held| held.is_at_least(role)) {
            return Err(Problem::new(&ALREADY_TAKES_PART).with("role", held).into());
        }
        let person: Option<Person> = items.find(&person(found))?;
        let is_inactive = person.is_some_and(|person| person.archived_at.is_some());
        if is_inactive && check(actor, Action::SeePeople(portal)).is_ok() {
            return Err((&ARCHIVED).into());
        }
    }
    Ok(())
}
