//! RULES F in the pure model: in every world that people can make, whoever they are, lists show
//! exactly what may be seen, a dossier has one référent, nobody is on both sides, and what is
//! counted and listed follows from what is so.
#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]

mod laws;
mod world;

use std::collections::BTreeSet;

use guichet_domain::dossier::{AdvisingRole, DossierError, DossierState, InvitedRole, Role, Space};
use guichet_domain::ids::{AccountId, DossierId, Ulid};
use guichet_domain::invitation::InvitationError;
use guichet_domain::level::Level;
use proptest::prelude::*;

use world::*;

fn deeds() -> impl Strategy<Value = Vec<(u8, u8, Deed)>> {
    let role = || prop_oneof![Just(AdvisingRole::Advisor), Just(AdvisingRole::Observer)];
    let invited = || prop::sample::select(INVITED_ROLES.to_vec());
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
        4 => (0..PEOPLE, invited()).prop_map(|(who, role)| Deed::Invite(who, role)),
        4 => Just(Deed::AcceptInvitation),
        2 => (0..PEOPLE).prop_map(Deed::OfferReferent),
        2 => Just(Deed::AcceptReferent),
        1 => Just(Deed::EndOffer),
        2 => (0..PEOPLE).prop_map(Deed::NameReferent),
        3 => (0..PEOPLE).prop_map(Deed::TakeOver),
        1 => Just(Deed::Pause),
        1 => Just(Deed::Resume),
        1 => prop_oneof![Just(Space::Public), Just(Space::Advisors)].prop_map(Deed::Write),
        2 => (1_u32..60).prop_map(Deed::Tend),
        2 => level.prop_map(Deed::Level),
        3 => prop::option::of(0_u8..4).prop_map(Deed::Territory),
        1 => Just(Deed::Archive),
        2 => (0..PEOPLE).prop_map(Deed::ArchiveFor),
        1 => Just(Deed::Restore),
    ];
    // Who, with which dossier, what.
    prop::collection::vec((0..PEOPLE, 0_u8..4, deed), 10..30)
}

/// Whatever is done, and whatever is refused, lists show exactly what may be seen.
fn live(mut world: World, deeds: Vec<(u8, u8, Deed)>) {
    for (who, which, deed) in deeds {
        let (before, people) = (world.table.clone(), world.people.clone());
        if world.act(who, which, &deed).is_err() {
            assert_eq!(world.table, before, "a refusal changes nothing");
            assert_eq!(world.people, people);
        }
        world.must_hold();
        for who in 0..PEOPLE {
            let visible: BTreeSet<DossierId> =
                world.dossiers.iter().copied().filter(|id| world.may_see(who, *id)).collect();
            assert_eq!(world.listed(who), visible, "{who} after {deed:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// 5,000 histories of 20 deeds on average: 100,000 worlds.
    #[test]
    fn lists_show_exactly_what_may_be_seen_and_what_must_hold_holds(deeds in deeds()) {
        let mut world = World::new();
        world.people[0].level = Level::SuperAdministrator;
        live(world, deeds);
    }

    /// The same, of one dossier to which people are invited.
    #[test]
    fn so_they_do_while_people_are_invited(deeds in deeds()) {
        let mut world = accepted_dossier();
        world.act(2, 0, &Deed::Territory(Some(1))).unwrap();
        invited_as(&mut world, 3, InvitedRole::Member).unwrap();
        invited_as(&mut world, 4, InvitedRole::Member).unwrap();
        live(world, deeds.into_iter().map(|(who, _, deed)| (who, 0, deed)).collect());
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

/// What somebody has, what they are invited as, and what they then are; `None` where the other side
/// is theirs.
const INVITED: [(Option<Role>, InvitedRole, Option<Role>); 10] = [
    (None, InvitedRole::Member, Some(Role::Member)),
    (None, InvitedRole::Observer, Some(Role::Observer)),
    (Some(Role::Partner), InvitedRole::Member, Some(Role::Member)),
    (Some(Role::Member), InvitedRole::Partner, Some(Role::Member)),
    (Some(Role::Referent), InvitedRole::Partner, Some(Role::Referent)),
    (Some(Role::Referent), InvitedRole::Advisor, None),
    (Some(Role::Member), InvitedRole::Observer, None),
    (Some(Role::Observer), InvitedRole::Advisor, Some(Role::Advisor)),
    (Some(Role::Advisor), InvitedRole::Observer, Some(Role::Advisor)),
    (Some(Role::Advisor), InvitedRole::Member, None),
];

/// A dossier that the first of its people submitted and staff accepted.
fn accepted_dossier() -> World {
    let mut world = World::new();
    world.people[0].level = Level::SuperAdministrator;
    world.submit(1, 0).unwrap();
    world.act(0, 0, &Deed::Accept(None)).unwrap();
    world
}

fn invited_as(world: &mut World, who: u8, role: InvitedRole) -> Result<(), Refused> {
    world.act(0, 0, &Deed::Invite(who, role)).unwrap();
    world.act(who, 0, &Deed::AcceptInvitation)
}

#[test]
fn an_invitation_raises_and_never_lowers_and_nobody_takes_both_sides() {
    for (had, offered, expected) in INVITED {
        let mut world = accepted_dossier();
        let who = if had == Some(Role::Referent) { 1 } else { 2 };
        let first = INVITED_ROLES.into_iter().find(|role| Some(Role::from(*role)) == had);
        if let Some(first) = first {
            invited_as(&mut world, who, first).unwrap();
        }
        let accepted = invited_as(&mut world, who, offered);
        let is_other_side = matches!(
            accepted,
            Err(Refused::NotAccepted(InvitationError::Dossier(DossierError::OtherSide)))
        );
        assert_eq!(is_other_side, expected.is_none(), "{had:?} {offered:?} {accepted:?}");
        let id = world.dossiers[0];
        let has = world.position(id, who).map(|position| position.role);
        assert_eq!(has, expected.or(had), "{had:?} {offered:?}");
        world.must_hold();
    }
}

#[test]
fn an_invitation_dies_with_the_right_to_invite_and_brings_nobody_back() {
    let accepts = |world: &mut World| world.act(3, 0, &Deed::AcceptInvitation);
    // A territory adviser who lost the territory, and staff who lost the level.
    for loses in [Deed::Territory(None), Deed::Level(Level::User)] {
        let mut world = accepted_dossier();
        world.act(2, 0, &Deed::Territory(Some(1))).unwrap();
        let inviter = if matches!(loses, Deed::Level(_)) { 0 } else { 2 };
        world.act(inviter, 0, &Deed::Invite(3, InvitedRole::Advisor)).unwrap();
        world.act(inviter, 0, &loses).unwrap();
        assert!(matches!(accepts(&mut world), Err(Refused::Forbidden)), "{loses:?}");
    }
    // A member who was removed.
    let mut world = accepted_dossier();
    invited_as(&mut world, 2, InvitedRole::Member).unwrap();
    world.act(2, 0, &Deed::Invite(3, InvitedRole::Partner)).unwrap();
    world.act(1, 0, &Deed::Remove(2)).unwrap();
    assert!(matches!(accepts(&mut world), Err(Refused::Forbidden)));
    // Somebody inactive.
    let mut world = accepted_dossier();
    world.act(0, 0, &Deed::Invite(3, InvitedRole::Partner)).unwrap();
    world.act(3, 0, &Deed::Archive).unwrap();
    let refused = accepts(&mut world);
    assert!(
        matches!(
            refused,
            Err(Refused::NotAccepted(InvitationError::Ended | InvitationError::Inactive))
        ),
        "{refused:?}"
    );
}

/// RULES E3, E4, E5: what somebody archived was is left to their successor, and stays theirs.
#[test]
fn a_successor_takes_over_each_role_once_and_whoever_comes_back_finds_their_own() {
    for role in [Role::Referent, Role::Member, Role::Partner, Role::Advisor, Role::Observer] {
        let mut world = accepted_dossier();
        let left = if role == Role::Referent { 1 } else { 2 };
        if let Some(invited) = INVITED_ROLES.into_iter().find(|one| Role::from(*one) == role) {
            invited_as(&mut world, left, invited).unwrap();
        }
        let id = world.dossiers[0];
        assert_eq!(world.position(id, left).unwrap().role, role);
        assert!(matches!(world.act(3, 0, &Deed::TakeOver(left)), Err(Refused::Forbidden)));
        world.act(left, 0, &Deed::ArchiveFor(3)).unwrap();
        assert!(matches!(world.act(4, 0, &Deed::TakeOver(left)), Err(Refused::Forbidden)));
        world.act(3, 0, &Deed::TakeOver(left)).unwrap();
        assert_eq!(world.position(id, 3).unwrap().role, role);
        // There is one référent: whoever was it stays as a member.
        let theirs = if role == Role::Referent { Role::Member } else { role };
        let again = world.act(3, 0, &Deed::TakeOver(left));
        let none_left = matches!(again, Err(Refused::Impossible(DossierError::AlreadyHasIt)));
        assert!(none_left, "{role:?}: {again:?}");
        world.act(left, 0, &Deed::Restore).unwrap();
        assert_eq!(world.position(id, left).unwrap().role, theirs);
        assert!(matches!(world.act(3, 0, &Deed::TakeOver(left)), Err(Refused::Forbidden)));
        world.must_hold();
    }
}

/// RULES F10: whoever was removed since they were named does not come back by it.
#[test]
fn a_successor_who_was_removed_is_named_anew_to_come_back() {
    let mut world = accepted_dossier();
    invited_as(&mut world, 2, InvitedRole::Advisor).unwrap();
    world.act(2, 0, &Deed::ArchiveFor(3)).unwrap();
    world.days += 1;
    world.act(3, 0, &Deed::TakeOver(2)).unwrap();
    // Whoever leaves by themselves may come back.
    world.act(3, 0, &Deed::Leave).unwrap();
    world.act(3, 0, &Deed::TakeOver(2)).unwrap();
    world.act(0, 0, &Deed::Remove(3)).unwrap();
    let again = world.act(3, 0, &Deed::TakeOver(2));
    let is_removed = matches!(again, Err(Refused::Impossible(DossierError::RemovedSince)));
    assert!(is_removed, "{again:?}");
    world.days += 1;
    world.act(2, 0, &Deed::ArchiveFor(3)).unwrap();
    world.act(3, 0, &Deed::TakeOver(2)).unwrap();
}

/// Nobody is on both sides, and what a successor has already is no less for it.
#[test]
fn a_successor_keeps_their_side_and_their_rank() {
    let left_as = |left: InvitedRole, has: InvitedRole| {
        let mut world = accepted_dossier();
        invited_as(&mut world, 2, left).unwrap();
        invited_as(&mut world, 3, has).unwrap();
        world.act(2, 0, &Deed::ArchiveFor(3)).unwrap();
        let taken = world.act(3, 0, &Deed::TakeOver(2));
        (taken, world.position(world.dossiers[0], 3).unwrap().role)
    };
    let (member, partner) = (InvitedRole::Member, InvitedRole::Partner);
    let (taken, role) = left_as(member, partner);
    assert!(taken.is_ok() && role == Role::Member, "{taken:?}");
    let (taken, role) = left_as(partner, member);
    assert!(matches!(taken, Err(Refused::Impossible(DossierError::AlreadyHasIt))), "{taken:?}");
    assert_eq!(role, Role::Member);
    let (taken, role) = left_as(member, InvitedRole::Observer);
    assert!(matches!(taken, Err(Refused::Impossible(DossierError::OtherSide))), "{taken:?}");
    assert_eq!(role, Role::Observer);
}

#[test]
fn what_is_offered_is_taken_back_or_declined_and_then_accepted_by_nobody() {
    for ends in [1, 2] {
        let mut world = accepted_dossier();
        invited_as(&mut world, 2, InvitedRole::Member).unwrap();
        invited_as(&mut world, 3, InvitedRole::Member).unwrap();
        let end = |world: &mut World, who| world.act(who, 0, &Deed::EndOffer);
        let nothing =
            |refused| matches!(refused, Err(Refused::Impossible(DossierError::NotOffered)));
        assert!(nothing(end(&mut world, 1)));
        world.act(1, 0, &Deed::OfferReferent(2)).unwrap();
        assert!(matches!(end(&mut world, 3), Err(Refused::Forbidden)));
        end(&mut world, ends).unwrap();
        assert!(nothing(world.act(2, 0, &Deed::AcceptReferent)));
        // It can be offered again at once.
        world.act(1, 0, &Deed::OfferReferent(2)).unwrap();
        world.act(2, 0, &Deed::AcceptReferent).unwrap();
        world.must_hold();
    }
}

#[test]
fn whoever_is_offered_to_speak_for_it_does_so_within_seven_days_and_staff_at_once() {
    let mut world = accepted_dossier();
    for (who, role) in
        [(2, InvitedRole::Member), (3, InvitedRole::Partner), (4, InvitedRole::Advisor)]
    {
        invited_as(&mut world, who, role).unwrap();
    }
    let contact = |world: &World| world.contact(world.dossiers[0]).account;
    let impossible = |error: DossierError, refused: Result<(), Refused>| {
        assert!(matches!(&refused, Err(Refused::Impossible(got)) if *got == error), "{refused:?}");
    };
    impossible(DossierError::NotAMember, world.act(1, 0, &Deed::OfferReferent(3)));
    impossible(DossierError::NotAMember, world.act(1, 0, &Deed::OfferReferent(4)));
    impossible(DossierError::NotOffered, world.act(2, 0, &Deed::AcceptReferent));
    world.act(1, 0, &Deed::OfferReferent(2)).unwrap();
    impossible(DossierError::AlreadyHasIt, world.act(1, 0, &Deed::OfferReferent(2)));
    impossible(DossierError::NotOffered, world.act(3, 0, &Deed::AcceptReferent));
    world.days += 7;
    impossible(DossierError::NotOffered, world.act(2, 0, &Deed::AcceptReferent));
    world.act(1, 0, &Deed::OfferReferent(2)).unwrap();
    world.act(2, 0, &Deed::AcceptReferent).unwrap();
    assert_eq!(contact(&world), world.people[2].account);
    impossible(DossierError::NotOffered, world.act(2, 0, &Deed::AcceptReferent));
    world.act(1, 0, &Deed::Leave).unwrap();
    // Staff name a partner; nobody else may, nor is one of the advisers named.
    impossible(DossierError::NotAMember, world.act(0, 0, &Deed::NameReferent(4)));
    assert!(matches!(world.act(2, 0, &Deed::NameReferent(3)), Err(Refused::Forbidden)));
    world.act(0, 0, &Deed::NameReferent(3)).unwrap();
    assert_eq!(contact(&world), world.people[3].account);
    // What was offered is gone with whoever left.
    world.act(3, 0, &Deed::OfferReferent(2)).unwrap();
    world.act(2, 0, &Deed::Leave).unwrap();
    invited_as(&mut world, 2, InvitedRole::Member).unwrap();
    impossible(DossierError::NotOffered, world.act(2, 0, &Deed::AcceptReferent));
    world.must_hold();
}
