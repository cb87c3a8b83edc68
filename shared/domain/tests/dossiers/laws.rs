//! What must be true of every world, whatever was done in it.

use std::collections::BTreeSet;

use guichet_domain::changes::Entity;
use guichet_domain::dossier::{
    DossierState, LocalPublication, Position, Publication, Published, Role, Side, Space,
};
use guichet_domain::ids::DossierId;
use guichet_domain::permissions::{Action, Reach, Sight, Viewed, check, reach};
use guichet_domain::territory::Territory;

use crate::world::{World, portal};

impl World {
    /// The dossiers that the lists of somebody's reach hold, beside their own ones.
    pub(crate) fn listed(&self, who: u8) -> BTreeSet<DossierId> {
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

    pub(crate) fn may_see(&self, who: u8, id: DossierId) -> bool {
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
            Action::InviteToDossier(viewed, Side::Applicants),
            Action::InviteToDossier(viewed, Side::Advisors),
            Action::AddNote(viewed, Space::Public),
            Action::SeeNotes(viewed, Space::Advisors),
        ];
        for action in others.iter().filter(|_| seen.is_err()) {
            let refusal = check(&self.actor(who), *action).unwrap_err();
            assert_eq!(refusal.sight, Sight::Hidden, "{action:?}");
        }
        seen.is_ok()
    }

    pub(crate) fn positions(&self, id: DossierId) -> Vec<Position> {
        let positions = self.table.values().filter_map(|entity| match entity {
            Entity::Position(position) if position.dossier == id => Some(position.as_ref().clone()),
            _ => None,
        });
        positions.collect()
    }

    /// What must be true of every dossier.
    pub(crate) fn must_hold(&self) {
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
            let is_member = |account| {
                let is = |one: &&Position| one.account == account && one.role == Role::Member;
                positions.iter().any(|one| is(&one))
            };
            assert!(referent.offered_to.is_none_or(is_member), "members are offered to take over");
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
    pub(crate) fn local_copy_follows(&self, publication: &Publication) {
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
