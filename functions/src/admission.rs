//! Accepting an invitation, whichever way the invitee comes: what it rests on is read, decided and
//! written once (RULES D2, D11).

use guichet_domain::account::{Account, CarriedInvitation, SignUp};
use guichet_domain::changes::{Changes, Place};
use guichet_domain::dossier::{OnPortal, Position, Published, Removal, Side};
use guichet_domain::ids::{AccountId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{
    Acceptance, Admitted, Assigned, Assignment, Backing, Invitation, InvitationState, Line,
    MOST_HEIRS, Scope,
};
use guichet_domain::permissions::{Action, Actor, Holding, Permit, Viewed, check};
use guichet_domain::person::Person;
use guichet_domain::portal::SuperAdministrators;
use guichet_platform::app::App;
use guichet_platform::problem::{DOSSIER_NOT_JOINABLE, Error, NOT_FOUND};
use guichet_platform::store::Items;

use crate::dossier_desk::{file_among, file_places, position_among, position_places};
use crate::invitation_views::invitation_problem;
use crate::links::HeldInvitation;
use crate::proof::Proved;

/// What accepting an invitation rests on.
pub(crate) struct Grounds {
    line: Vec<Person>,
    /// What the account is on the portal, if there is one.
    pub(crate) person: Option<Person>,
    count: SuperAdministrators,
    dossier: Option<DossierGrounds>,
}

/// The dossier on which an invitation gives a position.
struct DossierGrounds {
    file: Published,
    /// Who stands for the invitation, and their own position there.
    backer: Option<(AccountId, Option<Position>)>,
    /// The position of the account that accepts.
    held: Option<Position>,
    /// When it was last removed.
    removed_at: Option<Instant>,
    now: Instant,
}

/// Reads what accepting rests on: one round trip, one more for each heir of an archived inviter,
/// and one for what the last of them holds on the dossier that it is about.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn grounds(
    app: &App,
    invitation: &Invitation,
    account: Option<AccountId>,
) -> Result<Grounds, Error> {
    let portal = invitation.scope.portal();
    let count_place = Place::SuperAdministrators(portal);
    let inviter_place = Place::Person(invitation.inviter.account, portal);
    let person_place = account.map(|account| Place::Person(account, portal));
    let mut places = vec![count_place.clone(), inviter_place.clone()];
    places.extend(person_place.clone());
    places.extend(assigned_places(invitation, account));
    let items = app.read(&places).await?;
    let person = match &person_place {
        Some(place) => items.find(place)?,
        None => None,
    };
    let count = items.find(&count_place)?.ok_or_else(|| Error::from(&NOT_FOUND))?;
    let line = line(app, items.find(&inviter_place)?).await?;
    let dossier = DossierGrounds::found(app, &items, invitation, &line, account).await?;
    Ok(Grounds { line, person, count, dossier })
}

/// Where it stands that somebody was removed from the side that a position is on.
fn removal(assignment: &Assignment, portal: PortalId, account: AccountId) -> Place {
    let portal = (assignment.role.side() == Side::Advisors).then_some(portal);
    Place::Removal(assignment.dossier, portal, account)
}

/// Where everything stands that accepting rests on of the dossier on which an invitation gives a
/// position, while its inviter stands for it.
pub(crate) fn assigned_places(invitation: &Invitation, account: Option<AccountId>) -> Vec<Place> {
    let Some(assignment) = &invitation.assignment else { return Vec::new() };
    let (dossier, portal) = (assignment.dossier, invitation.scope.portal());
    let accounts = std::iter::once(invitation.inviter.account).chain(account);
    let positions = accounts.flat_map(|account| position_places(dossier, portal, account));
    let removal = account.map(|account| removal(assignment, portal, account));
    file_places(dossier, portal).into_iter().chain(positions).chain(removal).collect()
}

impl DossierGrounds {
    /// What was read at [`assigned_places`], and what an heir of the inviter holds.
    async fn found(
        app: &App,
        items: &Items,
        invitation: &Invitation,
        line: &[Person],
        account: Option<AccountId>,
    ) -> Result<Option<Self>, Error> {
        let Some(assignment) = &invitation.assignment else { return Ok(None) };
        let (dossier, portal) = (assignment.dossier, invitation.scope.portal());
        let Some(file) = file_among(items, dossier, portal)? else { return Ok(None) };
        let positions = |account| position_places(dossier, portal, account);
        let backer = match Line(line).responsible(invitation).map(|person| person.account) {
            None => None,
            Some(inviter) if inviter == invitation.inviter.account => {
                Some((inviter, position_among(items, &positions(inviter))?))
            }
            Some(heir) => {
                let places = positions(heir);
                Some((heir, position_among(&app.read(&places).await?, &places)?))
            }
        };
        let (held, removal) = match account {
            Some(account) => (
                match position_among(items, &positions(account))? {
                    None if assignment.role.side() == Side::Applicants => {
                        advising_elsewhere(app, &file, account).await?
                    }
                    held => held,
                },
                items.find::<Removal>(&removal(assignment, portal, account))?,
            ),
            None => (None, None),
        };
        let removed_at = removal.map(|removal| removal.at);
        Ok(Some(Self { file, backer, held, removed_at, now: app.now() }))
    }

    /// The dossier as whoever stands for the invitation sees it.
    fn viewed(&self) -> Option<Viewed<'_>> {
        let (account, position) = self.backer.as_ref()?;
        let (publication, position) = (&self.file.publication, position.as_ref());
        Some(Viewed { publication, account: *account, position, now: self.now })
    }
}

/// The position of somebody among the advisers of another portal of the dossier: nobody is on both
/// sides of it, on whatever portals (RULES F13).
pub(crate) async fn advising_elsewhere(
    app: &App,
    file: &Published,
    account: AccountId,
) -> Result<Option<Position>, Error> {
    let elsewhere = file.referent.elsewhere(file.publication.portal);
    let place = |on: OnPortal| Place::Position(file.dossier.id, Some(on.portal), account);
    let places: Vec<Place> = elsewhere.map(place).collect();
    let items = app.read(&places).await?;
    for place in &places {
        if let Some(position) = items.find(place)? {
            return Ok(Some(position));
        }
    }
    Ok(None)
}

/// The inviter and, while they are archived, whoever inherits their invitations.
pub(crate) async fn line(app: &App, inviter: Option<Person>) -> Result<Vec<Person>, Error> {
    let mut line: Vec<Person> = inviter.into_iter().collect();
    while line.len() <= MOST_HEIRS {
        let Some(last) = line.last().filter(|last| last.archived_at.is_some()) else { break };
        let Some(heir) = last.successor else { break };
        let heir: Option<Person> = app.read_one(&Place::Person(heir, last.portal)).await?;
        match heir {
            Some(heir) => line.push(heir),
            None => break,
        }
    }
    Ok(line)
}

impl Grounds {
    /// What accepting by a mailed link rests on, most of which was read with the invitation.
    ///
    /// # Errors
    /// The table did not answer.
    pub(crate) async fn of_link(
        app: &App,
        held: &HeldInvitation,
        proved: Option<&Proved>,
    ) -> Result<Self, Error> {
        let invitation = &held.invitation;
        let account = proved.map(|proved| proved.account.id);
        let (line, read) = tokio::join!(line(app, held.inviter.clone()), async {
            match proved {
                Some(_) => Ok(None),
                None => app.read(&assigned_places(invitation, None)).await.map(Some),
            }
        });
        let (line, read) = (line?, read?);
        let items = read.as_ref().or(proved.map(|proved| &proved.items));
        let dossier = match items {
            Some(items) => DossierGrounds::found(app, items, invitation, &line, account).await?,
            None => None,
        };
        let person = proved.and_then(|proved| proved.person.clone());
        Ok(Self { line, person, count: held.count.clone(), dossier })
    }

    /// Whether this actor may accept the invitation, and whoever stands for it still invite.
    ///
    /// # Errors
    /// The address is not theirs, or nobody stands for the invitation any more.
    pub(crate) fn permit(
        &self,
        actor: &Actor,
        invitation: &Invitation,
        account: Option<&Account>,
    ) -> Result<Permit, Error> {
        let dossier = self.dossier.as_ref().and_then(DossierGrounds::viewed);
        let backing = Backing { line: Line(&self.line), dossier };
        Ok(check(actor, Action::AcceptInvitation(invitation, backing, account))?)
    }

    /// Who stands for the invitation; of one to a dossier, only if they may still invite there.
    pub(crate) fn responsible(&self, invitation: &Invitation) -> Option<&Person> {
        let holder = Actor::Holder(Holding::Invitation(invitation.id));
        let is_to_portal = matches!(invitation.scope, Scope::Portal { .. });
        let stands = is_to_portal || self.permit(&holder, invitation, None).is_ok();
        Line(&self.line).responsible(invitation).filter(|_| stands)
    }

    /// Whether accepting gives anything: the dossier that it is to still takes people in.
    ///
    /// # Errors
    /// 409 for one that does not.
    pub(crate) fn must_be_of_use(&self, invitation: &Invitation) -> Result<(), Error> {
        let is_to_portal = matches!(invitation.scope, Scope::Portal { .. });
        let (false, Some(assignment)) = (is_to_portal, &invitation.assignment) else {
            return Ok(());
        };
        let side = assignment.role.side();
        let takes_in = |at: &DossierGrounds| at.file.must_take_in(side).is_ok();
        if self.dossier.as_ref().is_some_and(takes_in) {
            Ok(())
        } else {
            Err((&DOSSIER_NOT_JOINABLE).into())
        }
    }

    /// Accepts for this account.
    ///
    /// # Errors
    /// The invitation ended or expired.
    pub(crate) fn accept(
        self,
        app: &App,
        invitation: Invitation,
        account: &Account,
        changes: Changes,
    ) -> Result<(Admitted, Changes), Error> {
        let now = app.now();
        let dossier = self.dossier;
        let assigned = dossier.map(|dossier| Assigned {
            file: dossier.file,
            held: dossier.held,
            removed_at: dossier.removed_at,
        });
        let (person, count) = (self.person, self.count);
        let acceptance = Acceptance { account, person, count, assigned, now };
        invitation
            .clone()
            .accept(changes, acceptance)
            .map_err(|error| invitation_problem(error, &invitation, now))
    }
}

/// An invitation that the fresh link of a sign-up accepts (SECURITY S6).
pub(crate) struct Invited {
    /// The invitation.
    pub(crate) invitation: Invitation,
    /// What accepting it rests on.
    pub(crate) grounds: Grounds,
    /// That its holder may accept it.
    pub(crate) permit: Permit,
}

/// The invitation that a sign-up carries, while its link is the newest, to the same address, and it
/// can still be accepted.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn still_invited(app: &App, sign_up: &SignUp) -> Result<Option<Invited>, Error> {
    let Some(CarriedInvitation { id, generation }) = sign_up.invitation else { return Ok(None) };
    let found: Option<Invitation> = app.read_one(&Place::Invitation(id)).await?;
    let now = app.now();
    let is_same = |one: &Invitation| {
        one.state_at(now) == InvitationState::Pending
            && one.generation == generation
            && one.email == sign_up.email
    };
    let Some(invitation) = found.filter(is_same) else { return Ok(None) };
    let grounds = grounds(app, &invitation, None).await?;
    let holder = Actor::Holder(Holding::Invitation(id));
    Ok(match grounds.permit(&holder, &invitation, None) {
        Ok(permit) => Some(Invited { invitation, grounds, permit }),
        Err(_) => None,
    })
}
