//! RULES E3 and E4 in the pure model: whatever somebody's history, a return restores what they had
//! when they left, and the rows of the advisers' lists follow from the person.
#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]

use std::collections::BTreeSet;

use guichet_domain::advisor_request::Moderator;
use guichet_domain::changes::{Entity, Place, Write};
use guichet_domain::ids::{AccountId, PortalId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, Actor, Member, Permit, check};
use guichet_domain::person::{Leaving, Person, PersonError, Profile};
use guichet_domain::portal::SuperAdministrators;
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Name};
use proptest::prelude::*;

const START: i64 = 1_795_000_000_000;

fn person(number: u128, level: Level) -> Person {
    let profile = Profile {
        first_name: Name::new("Anne").unwrap(),
        last_name: Name::new("Durand").unwrap(),
        organisation: None,
        job_title: None,
        phone: None,
        user_type: None,
        email: Some(Email::new("anne@exemple.fr").unwrap()),
    };
    let start = Instant::from_milliseconds(START);
    let newcomer =
        Person::newcomer(AccountId::new(Ulid(number)), PortalId::new(Ulid(1)), profile, start);
    Person { level, ..newcomer }
}

/// A permit for anything that is done to somebody here; who may is tested by the policy.
fn permit() -> Permit {
    let chief = person(9, Level::SuperAdministrator);
    let (account, portal) = (chief.account, Some(chief.portal));
    let actor = Actor::Account(Box::new(Member { account, portal, person: Some(chief.clone()) }));
    check(&actor, Action::SeeQueue(chief.portal)).unwrap()
}

#[derive(Debug, Clone)]
enum Deed {
    Promote(u8, Option<i64>),
    SetTerritory(u8),
    Revoke,
    ChangeLevel(u8),
    Rename(u8),
    SetEnd(Option<i64>),
    Archive,
    HandOver,
    Restore,
    Wait(i64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let end = || proptest::option::of(1_i64..40);
    let deed = prop_oneof![
        (0_u8..8, end()).prop_map(|(number, end)| Deed::Promote(number, end)),
        (0_u8..8).prop_map(Deed::SetTerritory),
        Just(Deed::Revoke),
        (0_u8..6).prop_map(Deed::ChangeLevel),
        (0_u8..4).prop_map(Deed::Rename),
        end().prop_map(Deed::SetEnd),
        Just(Deed::Archive),
        Just(Deed::HandOver),
        Just(Deed::Restore),
        (1_i64..20).prop_map(Deed::Wait),
    ];
    proptest::collection::vec(deed, 1..40)
}

fn territory(number: u8) -> Territory {
    match number {
        0 => Territory::National,
        1 => Territory::departments(["2A", "33"]).unwrap(),
        number => Territory::departments(["33", &format!("{}", 40 + number)]).unwrap(),
    }
}

/// The person, the portal's counter, and the rows that are written down beside them.
struct World {
    person: Person,
    count: SuperAdministrators,
    rows: BTreeSet<Place>,
    now: Instant,
}

impl World {
    fn new() -> Self {
        let person = person(2, Level::User);
        let count = SuperAdministrators { portal: person.portal, version: 1, count: 1 };
        let now = Instant::from_milliseconds(START);
        let mut world = Self { person: person.clone(), count, rows: BTreeSet::new(), now };
        world.write(&person.join());
        world
    }

    fn write(&mut self, writes: &[Write]) {
        for write in writes {
            match write {
                Write::Create(Entity::Person(person))
                | Write::Update(Entity::Person(person), _) => {
                    self.person = person.as_ref().clone();
                }
                Write::Update(Entity::SuperAdministrators(count), _) => {
                    self.count = count.as_ref().clone();
                }
                Write::Put(row) => {
                    self.rows.insert(row.place());
                }
                Write::Remove(place) => {
                    self.rows.remove(place);
                }
                Write::Check(..) => {}
                write => panic!("{write:?}"),
            }
        }
    }

    fn apply(&mut self, deed: &Deed) -> Result<(), PersonError> {
        let (person, etag, now) = (self.person.clone(), self.person.etag(), self.now);
        let until = |days: &Option<i64>| days.map(|days| now.plus_seconds(days * 86_400));
        let leaving = |count| Leaving { etag: &etag, request: None, successor: None, count, now };
        let by = Moderator { account: AccountId::new(Ulid(9)), name: "Claire".to_owned() };
        let writes = match deed {
            Deed::Promote(number, end) => {
                person.promote(&etag, territory(*number), until(end), now)?.1
            }
            Deed::SetTerritory(number) => {
                person.set_territory(permit(), &etag, territory(*number), now)?.1.writes
            }
            Deed::Revoke => person.revoke(permit(), &etag, None, now)?.1.writes,
            Deed::ChangeLevel(number) => {
                let level = Level::ALL[usize::from(*number)];
                person.change_level(permit(), &etag, level, self.count.clone(), now)?.1.writes
            }
            Deed::Rename(number) => {
                let last_name =
                    Name::new(["Durand", "Petit", "Le Goff", "Anne"][usize::from(*number)]);
                let profile = Profile { last_name: last_name.unwrap(), ..person.profile.clone() };
                person.update(permit(), &self.person.profile_etag(), profile)?.1.writes
            }
            Deed::SetEnd(end) => {
                person.set_end_of_access(permit(), &etag, until(end), now)?.1.writes
            }
            Deed::Archive => {
                person.archive(permit(), leaving(self.count.clone()), by, None)?.1.writes
            }
            Deed::HandOver => {
                let heir = crate::person(7, Level::SuperAdministrator);
                person.hand_over(permit(), &etag, &heir, now)?.1.writes
            }
            Deed::Restore => person.restore(permit(), &etag, self.count.clone())?.1.writes,
            Deed::Wait(days) => {
                self.now = now.plus_seconds(days * 86_400);
                Vec::new()
            }
        };
        self.write(&writes);
        Ok(())
    }

    /// The rows that follow from the person, told from its fields alone.
    fn wanted(&self) -> BTreeSet<Place> {
        let (account, portal) = (self.person.account, self.person.portal);
        let words = self.person.profile.words().into_iter();
        let mut wanted: BTreeSet<Place> =
            words.map(|word| Place::SearchWord(portal, word, account)).collect();
        let Some(access) = self.person.access.as_ref().filter(|_| self.is_active()) else {
            return wanted;
        };
        wanted.insert(Place::AdvisorRow(account, portal));
        match &access.territory {
            Territory::National => {
                wanted.insert(Place::Coverage(portal, None, account));
            }
            territory => wanted
                .extend(territory.codes().map(|code| Place::Coverage(portal, Some(code), account))),
        }
        wanted
    }

    fn is_active(&self) -> bool {
        self.person.archived_at.is_none()
    }
}

proptest! {
    #[test]
    fn a_return_restores_everything_and_the_rows_follow_from_the_person(deeds in deeds()) {
        let mut world = World::new();
        let mut left: Option<Person> = None;
        for deed in &deeds {
            let before = world.person.clone();
            let done = world.apply(deed);
            prop_assert_eq!(&world.rows, &world.wanted(), "{:?}", deed);
            let is_chief = world.is_active() && world.person.level == Level::SuperAdministrator;
            prop_assert_eq!(world.count.count, 1 + u32::from(is_chief), "{:?}", deed);
            if done.is_err() || matches!(deed, Deed::Wait(_)) {
                prop_assert_eq!(&world.person, &before, "a refusal changes nothing");
                continue;
            }
            prop_assert_eq!(world.person.version, before.version + 1);
            match deed {
                Deed::Archive => left = Some(before),
                Deed::Restore => {
                    let left = left.take().unwrap();
                    let now = Person {
                        version: left.version,
                        rights_version: left.rights_version,
                        ..world.person.clone()
                    };
                    prop_assert_eq!(now, left);
                }
                Deed::HandOver => prop_assert!(!world.is_active()),
                _ => prop_assert!(world.is_active(), "{:?} of somebody archived", deed),
            }
        }
    }
}

#[test]
fn the_last_super_administrator_can_not_leave() {
    let chief = person(2, Level::SuperAdministrator);
    let count = SuperAdministrators { portal: chief.portal, version: 1, count: 1 };
    let now = Instant::from_milliseconds(START);
    let leaving = Leaving { etag: "1", request: None, successor: None, count, now };
    let refused = chief.leave(permit(), leaving).map(|_| ());
    assert_eq!(refused, Err(PersonError::LastSuperAdministrator));
}
