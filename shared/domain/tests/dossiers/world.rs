//! The portal's people, and everything that was written of dossiers, as a pure model.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::account::Account;
use guichet_domain::advisor_request::Moderator;
use guichet_domain::changes::{Changes, Entity, Place, Write};
use guichet_domain::dossier::{
    AdvisingRole, DossierError, DossierState, InvitedRole, Joining, Left, Locality, Note, Position,
    Publication, Published, Role, Sheet, Side, Space, Submission,
};
use guichet_domain::ids::{
    AccountId, DossierId, InvitationId, NoteId, PortalId, PublicationId, Ulid,
};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{
    Acceptance, Assigned, Assignment, Backing, Invitation, InvitationError, InvitationState,
    Invitee, Issue, Line, Scope, Sending, Terms,
};
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, Actor, Member, Permit, Refusal, Viewed, check};
use guichet_domain::person::{AdvisorAccess, HandedOver, Named, Person, Profile};
use guichet_domain::portal::{Portal, SuperAdministrators};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Label, Name, Reason, Statement, Title, Username, WebAddress};

pub(crate) const PEOPLE: u8 = 6;
pub(crate) const INVITED_ROLES: [InvitedRole; 4] =
    [InvitedRole::Member, InvitedRole::Partner, InvitedRole::Advisor, InvitedRole::Observer];
pub(crate) const COMMUNES: [&str; 3] = ["33063", "40192", "75056"];

pub(crate) fn now() -> Instant {
    Instant::from_milliseconds(1_795_000_000_000)
}

pub(crate) fn portal() -> Portal {
    let address = WebAddress::new("https://portail.exemple.fr").unwrap();
    let email = Email::new("a@b.fr").unwrap();
    Portal::new(PortalId::new(Ulid(1)), Label::new("Alpha").unwrap(), address, email, now())
}

pub(crate) fn person(number: u8) -> Person {
    let profile = Profile {
        first_name: Name::new("Anne").unwrap(),
        last_name: Name::new("Durand").unwrap(),
        organisation: None,
        job_title: None,
        phone: None,
        user_type: None,
        email: None,
    };
    let account = AccountId::new(Ulid(u128::from(number)));
    Person::newcomer(account, PortalId::new(Ulid(1)), profile, now())
}

pub(crate) fn address(who: u8) -> Email {
    Email::new(&format!("p{who}@exemple.fr")).unwrap()
}

pub(crate) fn sheet(commune: u8) -> Sheet {
    Sheet {
        title: Title::new("Une école").unwrap(),
        description: Statement::new("x").unwrap(),
        organisation: Label::new("Commune").unwrap(),
        locality: Locality::of(COMMUNES[usize::from(commune)]).unwrap(),
        tags: Vec::new(),
    }
}

/// Something that somebody tries.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Submit(u8),
    Revise(u8),
    Update(u8),
    Accept(Option<AdvisingRole>),
    Refuse,
    Join(AdvisingRole),
    Switch(AdvisingRole),
    Leave,
    Remove(u8),
    /// Invites somebody to the dossier.
    Invite(u8, InvitedRole),
    /// The newest invitation is accepted, by whoever has the address.
    AcceptInvitation,
    /// Offers somebody to speak for the dossier.
    OfferReferent(u8),
    AcceptReferent,
    /// What is offered is taken back, or declined.
    EndOffer,
    /// Has somebody speak for it.
    NameReferent(u8),
    /// Takes over what somebody was.
    TakeOver(u8),
    Pause,
    Resume,
    Write(Space),
    /// Days pass, then a schedule looks.
    Tend(u32),
    /// Their rights change: level, territory, end, archive.
    Level(Level),
    Territory(Option<u8>),
    Archive,
    /// Likewise, and somebody is named as successor, by the first of all.
    ArchiveFor(u8),
    Restore,
}

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Refused {
    Forbidden,
    Impossible(DossierError),
    NotAccepted(InvitationError),
    Nothing,
}

impl From<Refusal> for Refused {
    fn from(_: Refusal) -> Self {
        Self::Forbidden
    }
}

impl From<DossierError> for Refused {
    fn from(error: DossierError) -> Self {
        Self::Impossible(error)
    }
}

/// The portal's people and everything that was written of dossiers.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) people: Vec<Person>,
    pub(crate) table: BTreeMap<Place, Entity>,
    pub(crate) dossiers: Vec<DossierId>,
    /// How many have passed.
    pub(crate) days: u32,
    /// How many things were made that have a number of their own.
    pub(crate) made: Cell<u128>,
}

macro_rules! found {
    ($world:expr, $kind:ident, $place:expr) => {
        match $world.table.get(&$place) {
            Some(Entity::$kind(entity)) => Some(entity.as_ref().clone()),
            _ => None,
        }
    };
}

impl World {
    pub(crate) fn new() -> Self {
        Self { people: (0..PEOPLE).map(person).collect(), ..Self::default() }
    }

    pub(crate) fn fresh(&self) -> Ulid {
        self.made.set(self.made.get() + 1);
        Ulid(self.made.get())
    }

    pub(crate) fn now(&self) -> Instant {
        now().plus_days(self.days)
    }

    pub(crate) fn actor(&self, who: u8) -> Actor {
        let person = self.people[usize::from(who)].clone();
        let (account, portal) = (person.account, Some(person.portal));
        Actor::Account(Box::new(Member { account, portal, person: Some(person) }))
    }

    pub(crate) fn published(&self, id: DossierId) -> Published {
        Published {
            dossier: found!(self, Dossier, Place::Dossier(id)).unwrap(),
            publication: found!(self, Publication, Place::Publication(id, portal().id)).unwrap(),
            referent: found!(self, Referent, Place::Referent(id)).unwrap(),
        }
    }

    /// The position that decides: of one who asks, or else of one who advises.
    pub(crate) fn position(&self, id: DossierId, who: u8) -> Option<Position> {
        let account = self.people[usize::from(who)].account;
        let at = |portal| found!(self, Position, Place::Position(id, portal, account));
        at(None).or_else(|| at(Some(portal().id)))
    }

    /// The position of who speaks for a dossier.
    pub(crate) fn contact(&self, id: DossierId) -> Position {
        let account = self.published(id).referent.account;
        found!(self, Position, Place::Position(id, None, account)).unwrap()
    }

    /// What DynamoDB would hold after a transaction whose conditions hold, or nothing.
    pub(crate) fn commit(&mut self, changes: Changes) {
        let mut places = BTreeSet::new();
        for write in &changes.writes {
            assert!(places.insert(write.place()), "two writes of one item: {write:?}");
            let version = match write.place() {
                Place::Person(account, _) => self.person_of(account).map(|person| person.version),
                place => self.table.get(&place).map(Entity::version),
            };
            match write {
                Write::Create(_) => assert_eq!(version, None, "{write:?}"),
                Write::Update(entity, _) => {
                    assert_eq!(version, Some(entity.version() - 1), "{write:?}");
                }
                Write::Delete(entity, _) => assert_eq!(version, Some(entity.version())),
                Write::Check(_, expected) => assert_eq!(version, *expected, "{write:?}"),
                Write::Put(_) | Write::Remove(_) => {}
                write => panic!("{write:?}"),
            }
        }
        for write in changes.writes {
            match write {
                Write::Create(entity) | Write::Update(entity, _) | Write::Put(entity) => {
                    self.table.insert(entity.place(), entity);
                }
                Write::Delete(entity, _) => {
                    self.table.remove(&entity.place());
                }
                Write::Remove(place) => {
                    self.table.remove(&place);
                }
                _ => {}
            }
        }
    }

    pub(crate) fn person_of(&self, account: AccountId) -> Option<&Person> {
        self.people.iter().find(|person| person.account == account)
    }

    /// The account of somebody, whose address is their number's.
    pub(crate) fn account(&self, who: u8) -> Account {
        let Person { account, profile, .. } = self.people[usize::from(who)].clone();
        Account {
            id: account,
            version: 1,
            username: Username::new("anne").unwrap(),
            email: address(who),
            first_name: profile.first_name,
            last_name: profile.last_name,
            phone: None,
            organisation: None,
            job_title: None,
            web_site: None,
            language: None,
            session_epoch: 1,
            link_generation: 1,
            created_at: now(),
        }
    }

    pub(crate) fn invite(
        &mut self,
        permit: Permit,
        file: &Published,
        (by, who): (u8, u8),
        role: InvitedRole,
    ) -> Result<(), Refused> {
        file.publication.must_take_in(role.side())?;
        let scope = Scope::Dossier { portal: portal().id, dossier: file.dossier.id };
        let issue = Issue {
            id: InvitationId::new(self.fresh()),
            scope,
            inviter: Named::of(&self.people[usize::from(by)]),
            terms: Terms::of(&portal().settings),
            sending: Sending::Now,
            standing: self.standing(scope, who),
            import: None,
            now: self.now(),
        };
        let invitee = Invitee {
            first_name: None,
            last_name: None,
            email: address(who),
            job_title: None,
            user_type: None,
            level: Level::User,
            territory: None,
            assignment: Some(Assignment::to(&file.publication, role)),
            message: None,
        };
        let (_, changes) = issue.invite(permit, invitee).map_err(Refused::NotAccepted)?;
        self.commit(changes);
        Ok(())
    }

    pub(crate) fn standing(&self, scope: Scope, who: u8) -> Option<Invitation> {
        let guard = found!(self, OpenInvitation, Place::OpenInvitation(scope, address(who)))?;
        found!(self, Invitation, Place::Invitation(guard.invitation))
    }

    pub(crate) fn accept_invitation(&mut self) -> Result<(), Refused> {
        let pending = self.table.values().filter_map(|entity| match entity {
            Entity::Invitation(one) if one.state == InvitationState::Pending => {
                Some(one.as_ref().clone())
            }
            _ => None,
        });
        let invitation = pending.max_by_key(|one| one.created_at).ok_or(Refused::Nothing)?;
        let who = (0..PEOPLE).find(|who| address(*who) == invitation.email).unwrap();
        let id = invitation.assignment.as_ref().unwrap().dossier;
        let (file, account) = (self.published(id), self.account(who));
        let number = |account: AccountId| u8::try_from(account.ulid().0).unwrap();
        let inviter = self.person_of(invitation.inviter.account).unwrap().clone();
        let backing = self.position(id, number(inviter.account));
        let viewed = Viewed {
            publication: &file.publication,
            account: inviter.account,
            position: backing.as_ref(),
            now: self.now(),
        };
        let people = [inviter];
        let backing = Backing { line: Line(&people), dossier: Some(viewed) };
        let action = Action::AcceptInvitation(&invitation, backing, Some(&account));
        let permit = check(&self.actor(who), action)?;
        let held = self.position(id, who);
        let role = invitation.assignment.as_ref().unwrap().role;
        let side = (role.side() == Side::Advisors).then_some(portal().id);
        let removal = Place::Removal(id, side, account.id);
        let acceptance = Acceptance {
            account: &account,
            person: Some(self.people[usize::from(who)].clone()),
            count: SuperAdministrators { portal: portal().id, version: 1, count: 1 },
            assigned: Some(Assigned {
                file: file.clone(),
                held: held.clone(),
                removed_at: found!(self, Removal, removal).map(|removal| removal.at),
            }),
            now: self.now(),
        };
        let (_, changes) = invitation
            .clone()
            .accept(Changes::new(permit), acceptance)
            .map_err(Refused::NotAccepted)?;
        self.commit(changes);
        let role = Role::from(invitation.assignment.unwrap().role);
        let now_held = self.position(id, who).unwrap().role;
        assert!(now_held.is_at_least(role), "they have what they accepted");
        let before = held.map(|held| held.role);
        assert!(before.is_none_or(|before| now_held.is_at_least(before)), "nobody is lowered");
        let Publication { state, .. } = self.published(id).publication;
        assert!(state.is_accepted() || role.side() == Side::Applicants);
        assert_ne!(state, DossierState::Refused);
        Ok(())
    }

    pub(crate) fn act(&mut self, who: u8, which: u8, deed: &Deed) -> Result<(), Refused> {
        let (heir, today) = (|of: u8| person(of).account, self.now());
        let person = &mut self.people[usize::from(who)];
        match deed {
            Deed::Level(level) => person.level = *level,
            Deed::Territory(number) => {
                person.access = number.map(|number| {
                    let codes = ["33", "40", "75"].into_iter().take(usize::from(number));
                    let territory = Territory::departments(codes).unwrap_or(Territory::National);
                    AdvisorAccess::new(territory, now(), None)
                });
            }
            Deed::Archive => person.archived_at = Some(now()),
            Deed::ArchiveFor(successor) => {
                person.archived_at = Some(now());
                person.successor = Some(heir(*successor)).filter(|heir| *heir != person.account);
                person.handed_over = Some(HandedOver { by: heir(0), at: today });
            }
            Deed::Restore => {
                person.archived_at = None;
                person.successor = None;
                person.handed_over = None;
            }
            Deed::Tend(days) => {
                self.days += days;
                return self.tend();
            }
            Deed::AcceptInvitation => return self.accept_invitation(),
            Deed::Submit(commune) => return self.submit(who, *commune),
            Deed::Invite(..)
            | Deed::OfferReferent(_)
            | Deed::AcceptReferent
            | Deed::EndOffer
            | Deed::TakeOver(_)
            | Deed::NameReferent(_) => return self.on_those_who_ask(who, which, deed),
            deed => return self.on_dossier(who, which, deed),
        }
        Ok(())
    }

    pub(crate) fn tend(&mut self) -> Result<(), Refused> {
        for id in self.dossiers.clone() {
            let (file, settings, now) = (self.published(id), portal().settings, self.now());
            let activity = found!(self, Activity, Place::Activity(id, portal().id));
            let permit = check(&Actor::System, Action::TendDossier(&file.publication))?;
            match file.clone().tend(permit, &settings, activity.as_ref(), now) {
                Ok((next, changes)) => {
                    let looks_again = next.publication.tending.is_some_and(|at| at.looks_at > now);
                    assert!(looks_again || next.publication.state == DossierState::Paused);
                    assert!(changes.events.len() <= 1, "one thing at a time");
                    self.commit(changes);
                }
                Err(error) => assert_eq!(error, DossierError::NothingDue),
            }
        }
        Ok(())
    }

    pub(crate) fn submit(&mut self, who: u8, commune: u8) -> Result<(), Refused> {
        if self.dossiers.len() == 4 {
            return Err(Refused::Nothing);
        }
        let permit = check(&self.actor(who), Action::SubmitDossier(&portal()))?;
        let person = &self.people[usize::from(who)];
        let number = Ulid(100 + self.dossiers.len() as u128);
        let submission = Submission {
            portal: &portal(),
            account: person.account,
            person: Some(person),
            profile: person.profile.clone(),
            previous: None,
            dossier: DossierId::new(number),
            publication: PublicationId::new(number),
            now: self.now(),
        };
        let (made, changes) = submission.submit(permit, sheet(commune))?;
        self.dossiers.push(made.dossier.id);
        self.commit(changes);
        Ok(())
    }

    pub(crate) fn on_those_who_ask(
        &mut self,
        who: u8,
        which: u8,
        deed: &Deed,
    ) -> Result<(), Refused> {
        let id = *self.dossiers.get(usize::from(which)).ok_or(Refused::Nothing)?;
        let (file, held, actor) = (self.published(id), self.position(id, who), self.actor(who));
        let account = self.people[usize::from(who)].account;
        let publication = file.publication.clone();
        let viewed =
            Viewed { publication: &publication, account, position: held.as_ref(), now: self.now() };
        let permit = |action: Action<'_>| -> Result<Permit, Refusal> { check(&actor, action) };
        let etag = file.etag();
        let changes = match deed {
            Deed::OfferReferent(other) => {
                let target = self.position(id, *other).ok_or(Refused::Nothing)?;
                let person = &self.people[usize::from(*other)];
                let permit = permit(Action::OfferReferent(viewed, &target, Some(person)))?;
                file.offer_referent(permit, &etag, &target, self.now())?.1
            }
            Deed::AcceptReferent => {
                let permit = permit(Action::AcceptReferent(viewed))?;
                let before = self.contact(id);
                file.accept_referent(permit, held.as_ref(), &before, self.now())?.2
            }
            Deed::EndOffer => {
                let offer = file.referent.offer_at(self.now());
                let offered_to = offer.map(|(account, _)| account);
                file.end_offer(permit(Action::EndOffer(viewed, offered_to))?, self.now())?.1
            }
            Deed::TakeOver(other) => {
                let from = self.position(id, *other).ok_or(Refused::Nothing)?;
                let before = self.people.get(usize::from(*other));
                let permit = permit(Action::TakeOver(viewed, &from, before))?;
                let side = (!from.asks()).then_some(portal().id);
                let removal = found!(self, Removal, Place::Removal(id, side, account));
                let named_at = before.and_then(|before| before.handed_over).map(|named| named.at);
                let removed_at = removal.map(|removal| removal.at);
                let left = Left { position: &from, named_at, removed_at };
                let taken = file.take_over(permit, account, held.as_ref(), left, self.now())?;
                let (_, position, changes) = taken;
                assert_eq!(position.role, from.role, "they are what was left to them");
                changes
            }
            Deed::NameReferent(other) => {
                let target = self.position(id, *other).ok_or(Refused::Nothing)?;
                let before = self.contact(id);
                let people =
                    [Some(&self.people[usize::from(*other)]), self.person_of(before.account)];
                let permit = permit(Action::NameReferent(viewed, &target, people))?;
                file.name_referent(permit, &etag, &target, &before, self.now())?.2
            }
            Deed::Invite(other, role) => {
                let permit = permit(Action::InviteToDossier(viewed, role.side()))?;
                return self.invite(permit, &file, (who, *other), *role);
            }
            _ => return Err(Refused::Nothing),
        };
        self.commit(changes);
        Ok(())
    }

    pub(crate) fn on_dossier(&mut self, who: u8, which: u8, deed: &Deed) -> Result<(), Refused> {
        let id = *self.dossiers.get(usize::from(which)).ok_or(Refused::Nothing)?;
        let (file, held, actor) = (self.published(id), self.position(id, who), self.actor(who));
        let account = self.people[usize::from(who)].account;
        let publication = file.publication.clone();
        let viewed =
            Viewed { publication: &publication, account, position: held.as_ref(), now: self.now() };
        let permit = |action: Action<'_>| -> Result<Permit, Refusal> { check(&actor, action) };
        let (etag, portal) = (file.etag(), portal());
        let by = Moderator::of(&self.people[usize::from(who)]);
        let reason = || Reason::new("Non.").unwrap();
        let changes = match deed {
            Deed::Revise(commune) => {
                let permit = permit(Action::ReviseDossier(viewed))?;
                file.revise(permit, &etag, sheet(*commune), &portal, self.now())?.1
            }
            Deed::Update(commune) => {
                let permit = permit(Action::UpdateDossier(viewed))?;
                file.update(
                    permit,
                    &etag,
                    sheet(*commune),
                    &portal,
                    (held.as_ref(), Vec::new()),
                    self.now(),
                )?
                .1
            }
            Deed::Accept(role) => {
                let permit = permit(Action::ModerateDossier(viewed))?;
                let joining = role.map_or(Joining::No, Joining::As);
                file.accept(permit, &etag, by, joining, self.now())?.2
            }
            Deed::Refuse => {
                let permit = permit(Action::ModerateDossier(viewed))?;
                file.refuse(permit, &etag, by, reason(), self.now())?.1
            }
            Deed::Join(role) => {
                let permit = permit(Action::JoinDossier(viewed))?;
                file.join(permit, account, held.as_ref(), *role, self.now())?.2
            }
            Deed::Switch(role) => {
                let permit = permit(Action::UseOwnPosition(viewed))?;
                file.switch_position(permit, held.as_ref(), *role, self.now())?.2
            }
            Deed::Leave => {
                let permit = permit(Action::UseOwnPosition(viewed))?;
                file.remove(permit, held.as_ref(), self.now())?.1
            }
            Deed::Remove(other) => {
                let target = self.position(id, *other).ok_or(Refused::Nothing)?;
                let person = &self.people[usize::from(*other)];
                let permit = permit(Action::RemoveMember(viewed, &target, Some(person)))?;
                file.remove(permit, Some(&target), self.now())?.1
            }
            Deed::Pause => {
                file.pause(permit(Action::PauseDossier(viewed))?, &etag, reason(), self.now())?.1
            }
            Deed::Resume => {
                file.resume(permit(Action::ResumeDossier(viewed))?, &etag, self.now())?.1
            }
            Deed::Write(space) => {
                let permit = permit(Action::AddNote(viewed, *space))?;
                let activity = found!(self, Activity, Place::Activity(id, portal.id));
                let note = self.note(id, who, *space);
                file.add_note(permit, note, held.as_ref(), activity)?.1
            }
            _ => return Err(Refused::Nothing),
        };
        self.commit(changes);
        Ok(())
    }

    pub(crate) fn note(&self, dossier: DossierId, who: u8, space: Space) -> Note {
        Note {
            id: NoteId::new(self.fresh()),
            dossier,
            portal: portal().id,
            space,
            author: Named::of(&self.people[usize::from(who)]),
            text: Statement::new("x").unwrap(),
            written_at: self.now(),
            edited_at: None,
            version: 1,
        }
    }
}
