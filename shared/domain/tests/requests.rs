//! RULES C10 and C3 in the pure model: every state against every deed, and random lives.
#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]

use guichet_domain::account::Demand;
use guichet_domain::advisor_request::{
    AdvisorRequest, Moderator, RequestError, Status, Submission,
};
use guichet_domain::changes::{Changes, Entity, Write};
use guichet_domain::ids::{AccountId, OpeningId, PortalId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, Actor, Member, Permit, check};
use guichet_domain::person::{Person, Profile};
use guichet_domain::portal::Portal;
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Label, Name, Reason, Statement, WebAddress};
use proptest::prelude::*;

const START: i64 = 1_795_000_000_000;

fn portal() -> Portal {
    let address = WebAddress::new("https://portail.exemple.fr").unwrap();
    let (name, email) = (Label::new("Alpha").unwrap(), Email::new("a@b.fr").unwrap());
    Portal::new(PortalId::new(Ulid(1)), name, address, email, Instant::from_milliseconds(START))
}

fn profile() -> Profile {
    Profile {
        first_name: Name::new("Anne").unwrap(),
        last_name: Name::new("Durand").unwrap(),
        organisation: None,
        job_title: None,
        phone: None,
        user_type: None,
        email: None,
    }
}

fn requester() -> Person {
    let start = Instant::from_milliseconds(START);
    Person::newcomer(AccountId::new(Ulid(2)), portal().id, profile(), start)
}

fn moderator() -> Person {
    let account = AccountId::new(Ulid(3));
    let start = Instant::from_milliseconds(START);
    let person = Person::newcomer(account, portal().id, profile(), start);
    Person { level: Level::SuperAdministrator, ..person }
}

/// A permit for anything that is asked of a request here; who may is tested by the policy.
fn permit() -> Permit {
    let person = moderator();
    let (account, portal) = (person.account, Some(person.portal));
    let actor = Actor::Account(Box::new(Member { account, portal, person: Some(person.clone()) }));
    check(&actor, Action::SeeQueue(person.portal)).unwrap()
}

fn demand((code, number): (&str, usize)) -> Demand {
    let text = Statement::new(&format!("Contexte {number}.")).unwrap();
    let label = Label::new("x").unwrap();
    Demand {
        territory: Territory::departments([code]).unwrap(),
        context: text.clone(),
        intention: text,
        organisation: label.clone(),
        job_title: label,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Submit,
    Revise,
    Withdraw,
    Take,
    Amend,
    Accept,
    Refuse,
    Reopen,
    Lapse,
}

const DEEDS: [Deed; 9] = [
    Deed::Submit,
    Deed::Revise,
    Deed::Withdraw,
    Deed::Take,
    Deed::Amend,
    Deed::Accept,
    Deed::Refuse,
    Deed::Reopen,
    Deed::Lapse,
];

/// A request and its author, as the table would hold them.
struct Life {
    request: Option<AdvisorRequest>,
    person: Person,
    now: Instant,
    openings: u128,
    departments: usize,
}

impl Life {
    fn new() -> Self {
        let now = Instant::from_milliseconds(START);
        Self { request: None, person: requester(), now, openings: 0, departments: 0 }
    }

    fn opening(&mut self) -> OpeningId {
        self.openings += 1;
        OpeningId::new(Ulid(self.openings))
    }

    /// Another demand each time, so that nothing is ever unchanged.
    fn code(&mut self) -> (&'static str, usize) {
        self.departments += 1;
        let code = ["33", "64", "40", "47", "24", "2A", "971"][self.departments % 7];
        (code, self.departments)
    }

    fn submit(&mut self) -> Result<(AdvisorRequest, Changes), RequestError> {
        let (portal, code, opening) = (portal(), self.code(), self.opening());
        let submission = Submission {
            portal: &portal,
            account: self.person.account,
            person: Some(self.person.clone()),
            profile: profile(),
            current: self.request.clone(),
            opening,
            now: self.now,
        };
        submission.submit(Changes::new(permit()), demand(code))
    }

    fn attempt(&mut self, deed: Deed) -> Result<(AdvisorRequest, Changes), RequestError> {
        if deed == Deed::Submit {
            return self.submit();
        }
        let request = self.request.clone().ok_or(RequestError::NotRefused)?;
        let (etag, now, portal) = (request.etag(), self.now, portal());
        let (code, opening) = (self.code(), self.opening());
        let (by, reason) = (Moderator::of(&moderator()), Reason::new("Non.").unwrap());
        match deed {
            Deed::Submit => self.submit(),
            Deed::Revise => request.revise(permit(), &etag, demand(code), &portal, now),
            Deed::Withdraw => request.withdraw(permit(), &etag, now),
            Deed::Take => request.take(permit(), by, now),
            Deed::Amend => {
                let territory = Territory::departments([code.0, "01"]).unwrap();
                request.amend(permit(), &etag, territory, by, &portal, now)
            }
            Deed::Accept => request.accept(permit(), &etag, &self.person, by, now),
            Deed::Refuse => request.refuse(permit(), &etag, reason, by, &portal, now),
            Deed::Reopen => request.reopen(permit(), &etag, &reason, &portal, opening, now),
            Deed::Lapse => request.lapse(permit(), now),
        }
    }

    /// Does it, as the table would: all of it, or nothing.
    fn act(&mut self, deed: Deed) -> Option<Changes> {
        let (next, changes) = self.attempt(deed).ok()?;
        for write in &changes.writes {
            if let Write::Update(Entity::Person(person), _) = write {
                self.person = person.as_ref().clone();
            }
        }
        self.request = Some(next);
        Some(changes)
    }
}

/// What each deed does to a request in each state.
#[test]
fn every_state_takes_exactly_the_deeds_of_the_rules() {
    let ways: [(&str, &[Deed], u32); 7] = [
        ("none", &[], 0),
        ("open", &[Deed::Submit], 0),
        ("overdue", &[Deed::Submit], 60),
        ("accepted", &[Deed::Submit, Deed::Accept], 0),
        ("refused", &[Deed::Submit, Deed::Refuse], 0),
        ("cooled", &[Deed::Submit, Deed::Refuse], 30),
        ("withdrawn", &[Deed::Submit, Deed::Withdraw], 0),
    ];
    let mut table = Vec::new();
    for (state, way, days) in ways {
        let takes = DEEDS.map(|deed| {
            let mut life = Life::new();
            for step in way {
                assert!(life.act(*step).is_some(), "{state}");
            }
            life.now = life.now.plus_days(days);
            if life.act(deed).is_some() { '✔' } else { '·' }
        });
        table.push((state, takes.iter().collect::<String>()));
    }
    // submit, revise, withdraw, take, amend, accept, refuse, reopen, lapse
    let expected = [
        ("none", "✔········"),
        ("open", "·✔✔✔✔✔✔··"),
        ("overdue", "✔·······✔"),
        ("accepted", "✔········"),
        ("refused", "·······✔·"),
        ("cooled", "✔······✔·"),
        ("withdrawn", "✔········"),
    ];
    assert_eq!(table, expected.map(|(state, row)| (state, row.to_owned())));
}

#[test]
fn who_read_an_older_version_changes_nothing() {
    let mut life = Life::new();
    life.act(Deed::Submit);
    let old = life.request.clone().unwrap().etag();
    life.act(Deed::Amend);
    let request = life.request.clone().unwrap();
    let by = Moderator::of(&moderator());
    let refused = request.clone().accept(permit(), &old, &life.person, by, life.now);
    assert_eq!(refused.map(|_| ()), Err(RequestError::Stale));
}

proptest! {
    /// Whatever happens in whatever order: versions rise one by one, an opening is decided once,
    /// every change leaves entries and every entry comes from a change, and the access is exactly
    /// the territory last accepted.
    #[test]
    fn random_lives_keep_the_rules(
        steps in prop::collection::vec((0..DEEDS.len(), 0_u32..40), 1..60)
    ) {
        let mut life = Life::new();
        let mut version = 0;
        let mut decided = std::collections::BTreeSet::new();
        let mut accepted = None;
        for (index, days) in steps {
            let deed = DEEDS[index];
            life.now = life.now.plus_days(days);
            let Some(changes) = life.act(deed) else { continue };
            let request = life.request.clone().unwrap();
            let rises = if deed == Deed::Take { 0 } else { 1 };
            prop_assert_eq!(request.version, version + rises);
            version = request.version;
            prop_assert!(!changes.writes.is_empty() && !changes.events.is_empty());
            prop_assert!(changes.writes.len() <= 80);
            for event in &changes.events {
                let ends = ["accepted", "refused", "withdrawn", "lapsed"];
                let status = event.after.status.clone().unwrap_or_default();
                if ends.contains(&status.as_str()) && deed != Deed::Submit {
                    prop_assert!(decided.insert(request.opening), "decided twice");
                }
            }
            if deed == Deed::Accept {
                accepted = Some(request.demand.territory.clone());
                prop_assert_eq!(request.status, Status::Accepted);
            }
            let access = life.person.access.as_ref().map(|access| access.territory.clone());
            prop_assert_eq!(access, accepted.clone());
        }
    }
}
