//! RULES F in the pure model: in every world that people can make, whoever they are, lists show
//! exactly what may be seen, a dossier has one référent, nobody is on both sides, and what is
//! counted and listed follows from what is so.
#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::advisor_request::Moderator;
use guichet_domain::changes::{Changes, Entity, Place, Write};
use guichet_domain::dossier::{
    AdvisingRole, DossierError, DossierState, Joining, LocalPublication, Locality, Note, Position,
    Publication, Published, Role, Sheet, Side, Space, Submission,
};
use guichet_domain::ids::{AccountId, DossierId, NoteId, PortalId, PublicationId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::level::Level;
use guichet_domain::permissions::{
    Action, Actor, Member, Permit, Reach, Refusal, Sight, Viewed, check, reach,
};
use guichet_domain::person::{AdvisorAccess, Named, Person, Profile};
use guichet_domain::portal::Portal;
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Label, Name, Reason, Statement, Title, WebAddress};
use proptest::prelude::*;

const PEOPLE: u8 = 6;
const COMMUNES: [&str; 3] = ["33063", "40192", "75056"];

fn now() -> Instant {
    Instant::from_milliseconds(1_795_000_000_000)
}

fn portal() -> Portal {
    let address = WebAddress::new("https://portail.exemple.fr").unwrap();
    let email = Email::new("a@b.fr").unwrap();
    Portal::new(PortalId::new(Ulid(1)), Label::new("Alpha").unwrap(), address, email, now())
}

fn person(number: u8) -> Person {
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

fn sheet(commune: u8) -> Sheet {
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
enum Deed {
    Submit(u8),
    Revise(u8),
    Update(u8),
    Accept(Option<AdvisingRole>),
    Refuse,
    Join(AdvisingRole),
    Switch(AdvisingRole),
    Leave,
    Remove(u8),
    Pause,
    Resume,
    Write(Space),
    /// Days pass, then a schedule looks.
    Tend(u32),
    /// Their rights change: level, territory, end, archive.
    Level(Level),
    Territory(Option<u8>),
    Archive,
    Restore,
}

fn deeds() -> impl Strategy<Value = Vec<(u8, u8, Deed)>> {
    let role = || prop_oneof![Just(AdvisingRole::Advisor), Just(AdvisingRole::Observer)];
    let commune = 0_u8..3;
    let level = prop::sample::select(Level::ALL.to_vec());
    let deed = prop_oneof![
        3 => commune.clone().prop_map(Deed::Submit),
        1 => commune.clone().prop_map(Deed::Revise),
        2 => commune.prop_map(Deed::Update),
        3 => prop::option::of(role()).prop_map(Deed::Accept),
        1 => Just(Deed::Refuse),
        4 => role().prop_map(Deed::Join),
        1 => role().prop_map(Deed::Switch),
        1 => Just(Deed::Leave),
        1 => (0..PEOPLE).prop_map(Deed::Remove),
        1 => Just(Deed::Pause),
        1 => Just(Deed::Resume),
        1 => prop_oneof![Just(Space::Public), Just(Space::Advisors)].prop_map(Deed::Write),
        2 => (1_u32..60).prop_map(Deed::Tend),
        2 => level.prop_map(Deed::Level),
        3 => prop::option::of(0_u8..4).prop_map(Deed::Territory),
        1 => Just(Deed::Archive),
        1 => Just(Deed::Restore),
    ];
    // Who, with which dossier, what.
    prop::collection::vec((0..PEOPLE, 0_u8..4, deed), 10..30)
}

/// Why something was not done.
#[derive(Debug)]
enum Refused {
    Forbidden,
    Impossible(DossierError),
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
struct World {
    people: Vec<Person>,
    table: BTreeMap<Place, Entity>,
    dossiers: Vec<DossierId>,
    /// How many have passed.
    days: u32,
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
    fn new() -> Self {
        Self { people: (0..PEOPLE).map(person).collect(), ..Self::default() }
    }

    fn now(&self) -> Instant {
        now().plus_days(self.days)
    }

    fn actor(&self, who: u8) -> Actor {
        let person = self.people[usize::from(who)].clone();
        let (account, portal) = (person.account, Some(person.portal));
        Actor::Account(Box::new(Member { account, portal, person: Some(person) }))
    }

    fn published(&self, id: DossierId) -> Published {
        Published {
            dossier: found!(self, Dossier, Place::Dossier(id)).unwrap(),
            publication: found!(self, Publication, Place::Publication(id, portal().id)).unwrap(),
            referent: found!(self, Referent, Place::Referent(id)).unwrap(),
        }
    }

    /// The position that decides: of one who asks, or else of one who advises.
    fn position(&self, id: DossierId, who: u8) -> Option<Position> {
        let account = self.people[usize::from(who)].account;
        let at = |portal| found!(self, Position, Place::Position(id, portal, account));
        at(None).or_else(|| at(Some(portal().id)))
    }

    /// What DynamoDB would hold after a transaction whose conditions hold, or nothing.
    fn commit(&mut self, changes: Changes) {
        let mut places = BTreeSet::new();
        for write in &changes.writes {
            assert!(places.insert(write.place()), "two writes of one item: {write:?}");
            let version = self.table.get(&write.place()).map(Entity::version);
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

    fn act(&mut self, who: u8, which: u8, deed: &Deed) -> Result<(), Refused> {
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
            Deed::Restore => person.archived_at = None,
            Deed::Tend(days) => {
                self.days += days;
                return self.tend();
            }
            Deed::Submit(commune) => return self.submit(who, *commune),
            deed => return self.on_dossier(who, which, deed),
        }
        Ok(())
    }

    fn tend(&mut self) -> Result<(), Refused> {
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

    fn submit(&mut self, who: u8, commune: u8) -> Result<(), Refused> {
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
            dossier: DossierId::new(number),
            publication: PublicationId::new(number),
            now: self.now(),
        };
        let (made, changes) = submission.submit(permit, sheet(commune))?;
        self.dossiers.push(made.dossier.id);
        self.commit(changes);
        Ok(())
    }

    fn on_dossier(&mut self, who: u8, which: u8, deed: &Deed) -> Result<(), Refused> {
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
                file.update(permit, &etag, sheet(*commune), &portal, held.as_ref(), self.now())?.1
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

    fn note(&self, dossier: DossierId, who: u8, space: Space) -> Note {
        Note {
            id: NoteId::new(Ulid(self.table.len() as u128)),
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

    /// The dossiers that the lists of somebody's reach hold, beside their own ones.
    fn listed(&self, who: u8) -> BTreeSet<DossierId> {
        let person = &self.people[usize::from(who)];
        if check(&self.actor(who), Action::SeeDossiers(portal().id)).is_err() {
            return BTreeSet::new();
        }
        let reach = reach(person, self.now());
        let mut listed = BTreeSet::new();
        for entity in self.table.values() {
            match (entity, &reach) {
                (Entity::Publication(publication), Reach::Everything) => {
                    listed.insert(publication.dossier);
                }
                (Entity::Publication(publication), Reach::Accepted(Territory::National))
                    if publication.state.is_accepted() =>
                {
                    listed.insert(publication.dossier);
                }
                (
                    Entity::LocalPublication(local),
                    Reach::Accepted(Territory::Departments(codes)),
                ) if codes.codes().any(|code| code == local.publication.locality.department) => {
                    listed.insert(local.publication.dossier);
                }
                (Entity::OwnDossier(own), _) if own.account == person.account => {
                    listed.insert(own.dossier);
                }
                _ => {}
            }
        }
        listed
    }

    fn may_see(&self, who: u8, id: DossierId) -> bool {
        let (publication, held) = (self.published(id).publication, self.position(id, who));
        let account = self.people[usize::from(who)].account;
        let (publication, position) = (&publication, held.as_ref());
        let viewed = Viewed { publication, account, position, now: self.now() };
        let seen = check(&self.actor(who), Action::SeeDossier(viewed));
        // Nothing else can be done to what can't be seen, and nothing says that it is there.
        let others = [
            Action::UpdateDossier(viewed),
            Action::JoinDossier(viewed),
            Action::UseOwnPosition(viewed),
            Action::PauseDossier(viewed),
            Action::AddNote(viewed, Space::Public),
            Action::SeeNotes(viewed, Space::Advisors),
        ];
        for action in others.iter().filter(|_| seen.is_err()) {
            let refusal = check(&self.actor(who), *action).unwrap_err();
            assert_eq!(refusal.sight, Sight::Hidden, "{action:?}");
        }
        seen.is_ok()
    }

    fn positions(&self, id: DossierId) -> Vec<Position> {
        let positions = self.table.values().filter_map(|entity| match entity {
            Entity::Position(position) if position.dossier == id => Some(position.as_ref().clone()),
            _ => None,
        });
        positions.collect()
    }

    /// What must be true of every dossier.
    fn must_hold(&self) {
        for id in &self.dossiers {
            let Published { publication, referent, dossier } = self.published(*id);
            assert_eq!(publication.dossier_version, dossier.version);
            let positions = self.positions(*id);
            let of =
                |role| positions.iter().filter(|position| position.role == role).count() as u32;
            let referents: Vec<_> =
                positions.iter().filter(|position| position.role == Role::Referent).collect();
            assert_eq!(referents.len(), 1, "exactly one référent");
            assert_eq!(referents[0].account, referent.account);
            let people: BTreeSet<_> = positions.iter().map(|position| position.account).collect();
            assert_eq!(people.len(), positions.len(), "nobody is on both sides");
            for position in &positions {
                assert_eq!(position.role.side() == Side::Applicants, position.portal.is_none());
                assert_eq!(position.version, position.rights_version);
            }
            assert_eq!(publication.advisors, of(Role::Advisor));
            assert_eq!(publication.observers, of(Role::Observer));
            let applicants = of(Role::Referent) + of(Role::Member) + of(Role::Partner);
            assert_eq!(referent.applicants, applicants);
            let own = self.table.values().filter_map(|entity| match entity {
                Entity::OwnDossier(own) if own.dossier == *id => Some(own.account),
                _ => None,
            });
            assert_eq!(own.collect::<BTreeSet<_>>(), people, "one's own list follows");
            let is_open = publication.state == DossierState::Open;
            assert_eq!(publication.tending.is_some(), is_open, "what is open is looked at");
            self.local_copy_follows(&publication);
        }
    }

    /// The copy in the department's list is there while advisers see it, and says the same.
    fn local_copy_follows(&self, publication: &Publication) {
        let copies: Vec<LocalPublication> = self
            .table
            .values()
            .filter_map(|entity| match entity {
                Entity::LocalPublication(local)
                    if local.publication.dossier == publication.dossier =>
                {
                    Some(local.as_ref().clone())
                }
                _ => None,
            })
            .collect();
        let expected = publication.state.is_accepted().then_some(LocalPublication::of(publication));
        assert_eq!(copies, expected.into_iter().collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// 5,000 histories of 20 deeds on average: 100,000 worlds.
    #[test]
    fn lists_show_exactly_what_may_be_seen_and_what_must_hold_holds(deeds in deeds()) {
        let mut world = World::new();
        world.people[0].level = Level::SuperAdministrator;
        for (who, which, deed) in deeds {
            let (before, people) = (world.table.clone(), world.people.clone());
            if world.act(who, which, &deed).is_err() {
                prop_assert_eq!(&world.table, &before, "a refusal changes nothing");
                prop_assert_eq!(&world.people, &people);
            }
            world.must_hold();
            for who in 0..PEOPLE {
                let visible: BTreeSet<DossierId> =
                    world.dossiers.iter().copied().filter(|id| world.may_see(who, *id)).collect();
                prop_assert_eq!(world.listed(who), visible, "{} after {:?}", who, &deed);
            }
        }
    }
}

#[test]
fn a_side_takes_a_hundred_people_and_no_more() {
    let mut world = World::new();
    world.people[0].level = Level::SuperAdministrator;
    world.submit(1, 0).unwrap();
    world.act(0, 0, &Deed::Accept(None)).unwrap();
    for number in 0..101 {
        // Staff join one after the other.
        let mut chief = person(200);
        chief.account = AccountId::new(Ulid(1_000 + number));
        chief.level = Level::GlobalAdministrator;
        world.people[2] = chief;
        let joined = world.act(2, 0, &Deed::Join(AdvisingRole::Advisor));
        let is_full = matches!(joined, Err(Refused::Impossible(DossierError::Full)));
        assert_eq!(is_full, number == 100, "{number}: {joined:?}");
    }
    assert_eq!(world.published(world.dossiers[0]).publication.state, DossierState::Open);
}
