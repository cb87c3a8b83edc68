//! RULES D5 to D9 in the pure model: every state against every deed, and random lives in which an
//! open invitation always holds the guard of its address, and no other does.
#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]

use guichet_domain::advisor_request::Moderator;
use guichet_domain::changes::{Changes, Entity, Place, Write};
use guichet_domain::ids::{AccountId, InvitationId, PortalId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{
    Invitation, InvitationError, InvitationState, Invitee, Issue, OpenInvitation, Scope, Sending,
    Terms,
};
use guichet_domain::level::Level;
use guichet_domain::mail::Outcome;
use guichet_domain::permissions::{Action, Actor, Permit, check};
use guichet_domain::text::{Email, Name};
use proptest::prelude::*;
use std::collections::BTreeMap;

const START: i64 = 1_795_000_000_000;
const DAY: i64 = 86_400;

fn portal() -> PortalId {
    PortalId::new(Ulid(1))
}

fn moderator() -> Moderator {
    Moderator { account: AccountId::new(Ulid(3)), name: "Claire Martin".to_owned() }
}

/// A permit for anything; who may is tested by the policy.
fn permit() -> Permit {
    check(&Actor::System, Action::RemindModerators(portal())).unwrap()
}

fn invitee(email: &str) -> Invitee {
    Invitee {
        first_name: Some(Name::new("Zoé").unwrap()),
        last_name: Some(Name::new("Blanc").unwrap()),
        email: Email::new(email).unwrap(),
        job_title: None,
        user_type: None,
        level: Level::User,
        territory: None,
        assignment: None,
        message: None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Invite,
    Preload,
    Send,
    Resend,
    Correct,
    Cancel,
    Decline,
    Renew,
    Expire,
    Remind,
    Bounce,
    Erase,
}

const DEEDS: [Deed; 12] = [
    Deed::Invite,
    Deed::Preload,
    Deed::Send,
    Deed::Resend,
    Deed::Correct,
    Deed::Cancel,
    Deed::Decline,
    Deed::Renew,
    Deed::Expire,
    Deed::Remind,
    Deed::Bounce,
    Deed::Erase,
];

/// The table, as far as it holds invitations and guards.
#[derive(Default)]
struct Table {
    invitations: BTreeMap<InvitationId, Invitation>,
    guards: BTreeMap<Place, OpenInvitation>,
    made: u128,
}

impl Table {
    fn write(&mut self, changes: Changes) {
        for write in changes.writes {
            match write {
                Write::Create(Entity::Invitation(one))
                | Write::Update(Entity::Invitation(one), _) => {
                    self.invitations.insert(one.id, *one);
                }
                Write::Create(Entity::OpenInvitation(guard)) => {
                    let taken = self.guards.insert(Entity::from(*guard.clone()).place(), *guard);
                    assert!(taken.is_none(), "a guard is created where there is none");
                }
                Write::Put(Entity::OpenInvitation(guard)) => {
                    self.guards.insert(Entity::from(*guard.clone()).place(), *guard);
                }
                Write::Delete(Entity::Invitation(one), _) => {
                    self.invitations.remove(&one.id);
                }
                Write::Remove(place) => {
                    self.guards.remove(&place);
                }
                write => panic!("{write:?}"),
            }
        }
    }

    fn guard(&self, email: &Email) -> Option<&OpenInvitation> {
        self.guards.get(&Place::OpenInvitation(Scope::Portal { portal: portal() }, email.clone()))
    }

    fn invite(
        &mut self,
        email: &str,
        sending: Sending,
        now: Instant,
    ) -> Result<(), InvitationError> {
        self.made += 1;
        let invitee = invitee(email);
        let standing = self.guard(&invitee.email).map(|guard| guard.invitation);
        let issue = Issue {
            id: InvitationId::new(Ulid(self.made)),
            scope: Scope::Portal { portal: portal() },
            inviter: moderator(),
            terms: Terms { lifetime_in_days: 7, reminded_before_in_days: 2, kept_in_days: 365 },
            sending,
            standing: standing.map(|id| self.invitations[&id].clone()),
            now,
            import: None,
        };
        let (_, changes) = issue.invite(permit(), invitee)?;
        self.write(changes);
        Ok(())
    }

    /// Does something to the newest invitation.
    fn apply(&mut self, deed: Deed, now: Instant) -> Result<(), InvitationError> {
        match deed {
            Deed::Invite => return self.invite("zoe@exemple.fr", Sending::Now, now),
            Deed::Preload => return self.invite("zoe@exemple.fr", Sending::Later, now),
            _ => {}
        }
        let Some(one) = self.invitations.values().next_back().cloned() else { return Ok(()) };
        let etag = one.etag();
        let holder = |email: &Email| {
            let guard = self.guard(email).filter(|guard| guard.invitation != one.id);
            guard.map(|guard| self.invitations[&guard.invitation].clone())
        };
        let guard = holder(&one.email);
        let changes = match deed {
            Deed::Send => one.send(permit(), &etag, moderator(), now)?.1,
            Deed::Resend => one.resend(permit(), &etag, guard, moderator(), now)?.1,
            Deed::Correct => {
                let email = Email::new(&format!("zoe{}@exemple.fr", one.generation)).unwrap();
                let standing = holder(&email);
                one.correct_address(permit(), &etag, email, standing, moderator(), now)?.1
            }
            Deed::Cancel => one.cancel(permit(), &etag, moderator(), now)?.1,
            Deed::Decline => one.decline(permit(), now)?.1,
            Deed::Renew => one.renew(permit(), guard, now)?.1,
            Deed::Expire => one.expire(permit(), now)?,
            Deed::Remind => one.remind(permit(), now)?,
            Deed::Bounce => {
                let generation = one.generation;
                let told = one.told(permit(), generation, Outcome::AddressUnknown, now);
                told.ok_or(InvitationError::Unchanged)?
            }
            Deed::Erase => one.erase(permit(), now)?,
            Deed::Invite | Deed::Preload => return Ok(()),
        };
        self.write(changes);
        Ok(())
    }

    fn newest(&self) -> &Invitation {
        self.invitations.values().next_back().unwrap()
    }
}

/// An invitation in a state, and the instant at which it stands so.
fn in_state(state: &str) -> (Table, Instant) {
    let start = Instant::from_milliseconds(START);
    let mut table = Table::default();
    let later = start.plus_seconds(7 * DAY);
    let (path, now): (&[Deed], Instant) = match state {
        "preloaded" => (&[Deed::Preload], start),
        "pending" => (&[Deed::Invite], start),
        "overdue" => (&[Deed::Invite], later),
        "expired" => (&[Deed::Invite, Deed::Expire], later),
        "declined" => (&[Deed::Invite, Deed::Decline], start),
        "cancelled" => (&[Deed::Invite, Deed::Cancel], start),
        "undeliverable" => (&[Deed::Invite, Deed::Bounce], start),
        state => panic!("{state}"),
    };
    for deed in path {
        let at = if *deed == Deed::Expire { now } else { start };
        table.apply(*deed, at).unwrap();
    }
    (table, now)
}

/// State × deed: `+` works, `e` has expired, `x` has ended, `i` is invited already, `-` otherwise.
const TABLE: [(&str, &str); 7] = [
    // Invite, Preload, Send, Resend, Correct, Cancel, Decline, Renew, Expire, Remind, Bounce, Erase
    ("preloaded", "ii+-++----+-"),
    ("pending", "ii-++++---+-"),
    ("overdue", "++-+++e++++-"),
    ("expired", "++-+++e+--+-"),
    ("declined", "++-xxxxx--+-"),
    ("cancelled", "++-xxxxx--+-"),
    ("undeliverable", "++-+++e+----"),
];

#[test]
fn every_state_takes_exactly_the_deeds_of_the_rules() {
    for (state, row) in TABLE {
        for (deed, expected) in DEEDS.into_iter().zip(row.chars()) {
            let (mut table, now) = in_state(state);
            let got = match table.apply(deed, now) {
                Ok(()) => '+',
                Err(InvitationError::Expired) => 'e',
                Err(InvitationError::Ended) => 'x',
                Err(InvitationError::AlreadyInvited(_)) => 'i',
                Err(_) => '-',
            };
            assert_eq!(got, expected, "{state} {deed:?}");
        }
    }
}

#[test]
fn it_lives_for_exactly_seven_days() {
    let start = Instant::from_milliseconds(START);
    let end = START + 7 * DAY * 1000;
    for (at, state) in [
        (end - 1, InvitationState::Pending),
        (end, InvitationState::Expired),
        (end + 1, InvitationState::Expired),
    ] {
        let mut table = Table::default();
        table.apply(Deed::Invite, start).unwrap();
        let at = Instant::from_milliseconds(at);
        assert_eq!(table.newest().state_at(at), state);
        let declined = table.apply(Deed::Decline, at);
        assert_eq!(declined.is_ok(), state == InvitationState::Pending);
    }
}

#[test]
fn it_is_renewed_once_a_day_and_mailed_three_times_a_day() {
    let (mut table, now) = in_state("expired");
    table.apply(Deed::Renew, now).unwrap();
    table.apply(Deed::Bounce, now).unwrap();
    let again_at = now.plus_seconds(DAY);
    assert_eq!(table.apply(Deed::Renew, now), Err(InvitationError::TooOften(again_at)));
    assert_eq!(table.apply(Deed::Renew, again_at), Ok(()));
    let (mut table, now) = in_state("pending");
    table.apply(Deed::Resend, now).unwrap();
    table.apply(Deed::Resend, now).unwrap();
    assert_eq!(table.apply(Deed::Resend, now), Err(InvitationError::TooOften(now.next_day())));
    let tomorrow = Err(InvitationError::TooOften(now.next_day()));
    assert_eq!(table.apply(Deed::Correct, now), tomorrow, "another address is no way round");
    table.apply(Deed::Bounce, now).unwrap();
    assert_eq!(table.apply(Deed::Correct, now), Ok(()), "at once, where the wrong one came back");
}

proptest! {
    #[test]
    fn random_lives_keep_one_guard_for_each_open_invitation(
        deeds in proptest::collection::vec((0..DEEDS.len(), 0_i64..4 * DAY), 1..60),
    ) {
        let mut table = Table::default();
        let mut now = Instant::from_milliseconds(START);
        for (deed, wait) in deeds {
            now = now.plus_seconds(wait);
            let before: BTreeMap<_, _> = table.invitations.clone();
            let done = table.apply(DEEDS[deed], now);
            if done.is_err() {
                prop_assert_eq!(&table.invitations, &before);
            }
            let open: Vec<&Invitation> =
                table.invitations.values().filter(|one| one.state.is_open()).collect();
            prop_assert_eq!(open.len(), table.guards.len(), "{:?}", DEEDS[deed]);
            for one in open {
                let guard = table.guard(&one.email).unwrap();
                prop_assert_eq!((guard.invitation, guard.expires_at), (one.id, one.expires_at));
            }
            for one in table.invitations.values() {
                let older = before.get(&one.id);
                let is_older = older.is_none_or(|older| older.generation <= one.generation);
                prop_assert!(is_older, "a link is never valid again");
                prop_assert!(one.times_sent_that_day <= 3);
            }
        }
    }
}
