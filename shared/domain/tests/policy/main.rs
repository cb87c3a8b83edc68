//! The policy as a table: who may do what. A change of policy is a change of `policy.txt`.
//!
//! `UPDATE=1 cargo test -p guichet-domain --test policy` writes it anew.

#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]

mod things;

use std::fmt::Write as _;
use std::path::Path;

use guichet_domain::changes::Place;
use guichet_domain::dossier::{Position, Publication, Side, Space};
use guichet_domain::ids::{InvitationId, SessionId, SignUpId, Ulid};
use guichet_domain::invitation::{Backing, Line};
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, Actor, Holding, Member, Sight, Viewed, check};
use guichet_domain::person::{AdvisorAccess, Person};
use guichet_domain::territory::Territory;

use things::*;

pub(crate) fn member(person: Option<Person>) -> Actor {
    Actor::Account(Box::new(Member { account: account(ME), portal: Some(portal(1)), person }))
}

fn actors() -> Vec<(&'static str, Actor)> {
    let level = |level| member(Some(person(ME, level)));
    let archived = Person { archived_at: Some(now()), ..person(ME, Level::SuperAdministrator) };
    let elsewhere = Person { portal: portal(2), ..person(ME, Level::SuperAdministrator) };
    let territory = Territory::departments(["33"]).unwrap();
    let access = Some(AdvisorAccess::new(territory, now(), None));
    let local = Person { access, ..person(ME, Level::User) };
    vec![
        ("public", Actor::Public),
        ("stranger", member(None)),
        ("elsewhere", member(Some(elsewhere))),
        ("archived", member(Some(archived))),
        ("user", level(Level::User)),
        ("adviser", member(Some(local))),
        ("reviewer", level(Level::Reviewer)),
        ("manager", level(Level::Manager)),
        ("administrator", level(Level::Administrator)),
        ("staff", level(Level::GlobalAdministrator)),
        ("admin", level(Level::SuperAdministrator)),
        ("link", Actor::Holder(Holding::SignUp(SignUpId::new(Ulid(1))))),
        ("account link", Actor::Holder(Holding::Account(account(OTHER)))),
        ("invitation", Actor::Holder(Holding::Invitation(InvitationId::new(Ulid(1))))),
        ("system", Actor::System),
        ("operator", Actor::Operator),
    ]
}

fn actions(things: &Things) -> Vec<(&'static str, Action<'_>)> {
    let mut actions = on_portals_and_requests(things);
    actions.extend(on_people_and_invitations(things));
    actions.extend(on_dossiers(things));
    actions.extend(on_those_who_take_part(things));
    actions
}

fn viewed<'a>(publication: &'a Publication, position: Option<&'a Position>) -> Viewed<'a> {
    Viewed { publication, account: account(ME), position, now: now() }
}

/// On a dossier of Bordeaux: without a position, and as one who asks or advises.
fn on_dossiers(things: &Things) -> Vec<(&'static str, Action<'_>)> {
    use Action as A;
    let submitted = viewed(&things.submitted, None);
    let open = viewed(&things.accepted, None);
    let asks = viewed(&things.accepted, Some(&things.contact));
    let advises = viewed(&things.accepted, Some(&things.adviser));
    let others = &things.others_position;
    vec![
        ("submit a dossier", A::SubmitDossier(&things.open)),
        ("submit on a closed portal", A::SubmitDossier(&things.closed)),
        ("list dossiers", A::SeeDossiers(things.open.id)),
        ("choose mails of dossiers", A::ChooseDossierMails(things.open.id)),
        ("send the news of a day", A::SendDossierNews(things.open.id)),
        ("see a submitted dossier", A::SeeDossier(submitted)),
        ("see one's submitted dossier", A::SeeDossier(viewed(&things.submitted, asks.position))),
        ("see an open dossier", A::SeeDossier(open)),
        ("see it as its contact", A::SeeDossier(asks)),
        ("see it as its adviser", A::SeeDossier(advises)),
        ("revise a dossier", A::ReviseDossier(submitted)),
        ("revise it as its contact", A::ReviseDossier(viewed(&things.submitted, asks.position))),
        ("change a dossier", A::UpdateDossier(open)),
        ("change it as its contact", A::UpdateDossier(asks)),
        ("change it as its adviser", A::UpdateDossier(advises)),
        ("decide on a dossier", A::ModerateDossier(submitted)),
        ("decide as its contact", A::ModerateDossier(asks)),
        ("join a dossier", A::JoinDossier(open)),
        ("join it as its contact", A::JoinDossier(asks)),
        ("use no position", A::UseOwnPosition(open)),
        ("use one's own position", A::UseOwnPosition(advises)),
        ("remove its adviser", A::RemoveMember(open, others, Some(&things.user))),
        ("remove an admin from it", A::RemoveMember(open, others, Some(&things.chief))),
        ("remove as its contact", A::RemoveMember(asks, others, Some(&things.user))),
        ("pause a dossier", A::PauseDossier(open)),
        ("pause it as its contact", A::PauseDossier(asks)),
        ("ask for news of it", A::TendDossier(&things.accepted)),
        ("resume as its adviser", A::ResumeDossier(advises)),
        ("resume as its contact", A::ResumeDossier(asks)),
        ("read the advisers' space", A::SeeNotes(open, Space::Advisors)),
        ("read it as an adviser", A::SeeNotes(advises, Space::Advisors)),
        ("read it as the contact", A::SeeNotes(asks, Space::Advisors)),
        ("write a public note", A::AddNote(open, Space::Public)),
        ("write it as an adviser", A::AddNote(advises, Space::Public)),
        ("edit one's own note", A::EditNote(advises, &things.own_note)),
        ("edit somebody else's note", A::EditNote(advises, &things.others_note)),
    ]
}

/// On who takes part in it.
fn on_those_who_take_part(things: &Things) -> Vec<(&'static str, Action<'_>)> {
    use Action as A;
    let open = viewed(&things.accepted, None);
    let asks = viewed(&things.accepted, Some(&things.contact));
    let advises = viewed(&things.accepted, Some(&things.adviser));
    let partner = viewed(&things.accepted, Some(&things.partner));
    let unseen = viewed(&things.submitted, None);
    let (member, user, chief) = (&things.member, Some(&things.user), Some(&things.chief));
    let (advisers, speaks) = (&things.others_position, &things.others_role);
    let by_myself = Some(&things.left_to_me_by_myself);
    let others_invitation = things.to_dossier.managed();
    let own_invitation = things.own_to_dossier.managed();
    // Whoever invited is staff, or nobody in particular any more.
    let by_chief = Viewed { account: account(CHIEF), ..open };
    let backed = |is_staff| Backing {
        line: Line(if is_staff { &things.inviters } else { &things.demoted }),
        dossier: Some(by_chief),
    };
    vec![
        ("invite one who asks", A::InviteToDossier(open, Side::Applicants)),
        ("invite as its contact", A::InviteToDossier(asks, Side::Applicants)),
        ("invite as its partner", A::InviteToDossier(partner, Side::Applicants)),
        ("invite as its adviser", A::InviteToDossier(advises, Side::Applicants)),
        ("invite one who advises", A::InviteToDossier(open, Side::Advisors)),
        ("invite one as its contact", A::InviteToDossier(asks, Side::Advisors)),
        ("tend its invitation", A::ManageInvitation(others_invitation, Some(open))),
        ("tend it as the contact", A::ManageInvitation(others_invitation, Some(asks))),
        ("tend one's own as a partner", A::ManageInvitation(own_invitation, Some(partner))),
        ("tend one's own as adviser", A::ManageInvitation(own_invitation, Some(advises))),
        ("accept one to a dossier", A::AcceptInvitation(&things.to_dossier, backed(true), None)),
        ("accept an outsider's", A::AcceptInvitation(&things.to_dossier, backed(false), None)),
        ("offer one's role in it", A::OfferReferent(asks, member, Some(&things.user))),
        ("offer it as a partner", A::OfferReferent(partner, member, Some(&things.user))),
        ("offer it to one inactive", A::OfferReferent(asks, member, Some(&things.gone))),
        ("take over, as a partner", A::AcceptReferent(partner)),
        ("end an offer as the contact", A::EndOffer(asks, Some(account(OTHER)))),
        ("decline what is offered", A::EndOffer(partner, Some(account(ME)))),
        ("decline somebody else's", A::EndOffer(partner, Some(account(OTHER)))),
        ("succeed an adviser", A::TakeOver(open, advisers, Some(&things.left_to_me))),
        ("succeed the contact", A::TakeOver(open, speaks, Some(&things.left_to_me))),
        ("succeed by one's own doing", A::TakeOver(open, speaks, by_myself)),
        ("advise by one's own doing", A::TakeOver(open, advisers, by_myself)),
        ("succeed nobody's", A::TakeOver(open, advisers, Some(&things.gone))),
        ("succeed before moderation", A::TakeOver(unseen, speaks, Some(&things.left_to_me))),
        ("name its contact", A::NameReferent(open, member, [Some(&things.user); 2])),
        ("name oneself", A::NameReferent(asks, &things.contact, [Some(&things.me); 2])),
        ("publish it elsewhere", A::PublishDossier(asks)),
        ("publish it as a partner", A::PublishDossier(partner)),
        ("replace an admin in it", A::NameReferent(open, member, [user, chief])),
    ]
}

fn on_people_and_invitations(things: &Things) -> Vec<(&'static str, Action<'_>)> {
    use Action as A;
    let portal = things.open.id;
    let by = |people| Backing { line: Line(people), dossier: None };
    let backing = by(&things.inviters);
    vec![
        ("change a user's file", A::UpdatePerson(&things.user)),
        ("see where a user takes part", A::SeePositions(&things.user)),
        ("see what is left to one", A::SeePositions(&things.left_to_me)),
        ("archive oneself", A::ArchivePerson(&things.me, None)),
        ("archive a user", A::ArchivePerson(&things.user, None)),
        ("archive staff", A::ArchivePerson(&things.staff, None)),
        ("archive an admin", A::ArchivePerson(&things.chief, None)),
        ("bring a user back", A::RestorePerson(&things.gone)),
        ("name a user successor", A::HandOver(&things.gone, &things.user)),
        ("name an admin successor", A::HandOver(&things.gone, &things.chief)),
        ("leave the portal", A::LeavePortal(&things.me)),
        ("end an access by time", A::EndAccess(&things.user)),
        ("invite a user", A::Invite(portal, Level::User)),
        ("invite staff", A::Invite(portal, Level::GlobalAdministrator)),
        ("invite an admin", A::Invite(portal, Level::SuperAdministrator)),
        ("see the invitations", A::SeeInvitations(portal)),
        ("see an invitation", A::SeeInvitation(things.invitation.managed(), None)),
        ("tend a user's invitation", A::ManageInvitation(things.invitation.managed(), None)),
        (
            "tend staff's invitation",
            A::ManageInvitation(things.invitation_of_staff.managed(), None),
        ),
        ("accept an invitation", A::AcceptInvitation(&things.invitation, backing, None)),
        (
            "accept, with that address",
            A::AcceptInvitation(&things.invitation, backing, Some(&things.own_account)),
        ),
        (
            "accept a demoted one's",
            A::AcceptInvitation(&things.invitation, by(&things.demoted), None),
        ),
        ("decline an invitation", A::DeclineInvitation(&things.invitation, None)),
        ("let an invitation expire", A::TendInvitation(&things.invitation)),
        ("invite many from a file", A::ManageImports(portal)),
        ("go on with an import", A::RunImport(&things.import)),
    ]
}

fn on_portals_and_requests(things: &Things) -> Vec<(&'static str, Action<'_>)> {
    use Action as A;
    let (portal, session) = (things.open.id, SessionId::new(Ulid(1)));
    let (user, chief) = (Some(&things.user), Some(&things.chief));
    vec![
        ("make a portal", A::CreatePortal),
        ("see an open portal", A::SeePortal(&things.open)),
        ("see a closed portal", A::SeePortal(&things.closed)),
        ("change a portal", A::UpdatePortal(&things.open)),
        ("sign up", A::SignUp),
        ("verify a sign-up", A::VerifySignUp(&things.sign_up)),
        ("set a password by link", A::SetPassword(&things.other_account)),
        ("sign in, with the password", A::SignIn(&things.other_account)),
        ("refresh, with the token", A::RenewSession(things.other_account.id, session)),
        ("use one's own account", A::UseOwnAccount(account(ME))),
        ("use another account", A::UseOwnAccount(account(OTHER))),
        ("ask on an open portal", A::SubmitRequest(&things.open)),
        ("ask on a closed portal", A::SubmitRequest(&things.closed)),
        ("see one's own request", A::SeeRequest(&things.own)),
        ("see another request", A::SeeRequest(&things.others)),
        ("revise one's own request", A::ReviseRequest(&things.own)),
        ("revise another request", A::ReviseRequest(&things.others)),
        ("see the queue", A::SeeQueue(portal)),
        ("choose moderators' mails", A::ChooseModerationMails(portal)),
        ("decide on one's own request", A::ModerateRequest(&things.own, Some(&things.me))),
        ("decide on a user's request", A::ModerateRequest(&things.others, user)),
        ("decide on an admin's request", A::ModerateRequest(&things.others, chief)),
        ("reopen a user's request", A::ReopenRequest(&things.others, user)),
        ("let a request lapse", A::LapseRequest(&things.others)),
        ("remind moderators", A::RemindModerators(portal)),
        ("see the people", A::SeePeople(portal)),
        ("see oneself", A::SeePerson(&things.me)),
        ("see another person", A::SeePerson(&things.user)),
        ("give oneself access", A::GiveAccess(&things.me)),
        ("give a user access", A::GiveAccess(&things.user)),
        ("give an admin access", A::GiveAccess(&things.chief)),
        ("change one's own level", A::ChangeLevel(&things.me, Level::Reviewer)),
        ("make a user administrator", A::ChangeLevel(&things.user, Level::Administrator)),
        ("make a user staff", A::ChangeLevel(&things.user, Level::GlobalAdministrator)),
        ("make staff a user", A::ChangeLevel(&things.staff, Level::User)),
        ("make an admin a user", A::ChangeLevel(&things.chief, Level::User)),
        ("read the journal", A::ReadJournal(portal)),
        ("download the sealed journal", A::ExportJournal(portal)),
        ("export acts on accounts", A::ExportAccountJournals),
        ("read one's own journal", A::ReadOwnJournal(portal)),
        ("read the mail log", A::ReadMails(portal)),
        ("send a lost mail again", A::SendMailAgain(portal)),
        ("rotate the keys", A::RotateKeys),
    ]
}

#[test]
fn the_policy_is_the_table_that_people_read() {
    let (actors, things) = (actors(), things());
    let mut table = String::from("✔ may   ✘ may not (403)   · does not exist for them (404)\n\n");
    for line in 0..3 {
        write!(table, "{:<30}", "").unwrap();
        for (name, _) in &actors {
            let letters: Vec<char> = name.chars().collect();
            let part: String = letters.chunks(5).nth(line).unwrap_or_default().iter().collect();
            write!(table, "{part:<6}").unwrap();
        }
        table = format!("{}\n", table.trim_end());
    }
    for (name, action) in actions(&things) {
        write!(table, "{name:<30}").unwrap();
        for (_, actor) in &actors {
            let mark = match check(actor, action) {
                Ok(_) => "✔",
                Err(refusal) if refusal.sight == Sight::Seen => "✘",
                Err(_) => "·",
            };
            write!(table, "{mark:<6}").unwrap();
        }
        table = format!("{}\n", table.trim_end());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), table);
}

/// Whoever is removed may have risen since they were read: their rights are a condition, too.
#[test]
fn removing_somebody_from_a_dossier_rests_on_their_rights() {
    let things = things();
    let viewed =
        Viewed { publication: &things.accepted, account: account(ME), position: None, now: now() };
    let staff = member(Some(person(ME, Level::GlobalAdministrator)));
    let place = Place::Person(account(OTHER), portal(1));
    for (target, rights_version) in [(Some(&things.user), Some(1)), (None, None)] {
        let action = Action::RemoveMember(viewed, &things.others_position, target);
        let permit = check(&staff, action).unwrap();
        let rests = permit.evidence().iter().find(|evidence| evidence.place == place);
        assert_eq!(rests.map(|evidence| evidence.rights_version), Some(rights_version));
    }
}

/// RULES A3, level by level: from which level on one may give or take this one.
fn governed_from(level: Level) -> Level {
    match level {
        Level::GlobalAdministrator | Level::SuperAdministrator => Level::SuperAdministrator,
        _ => Level::GlobalAdministrator,
    }
}

#[test]
fn levels_are_given_and_taken_as_a3_says_for_every_actor_target_and_act() {
    let levels = [
        Level::User,
        Level::Reviewer,
        Level::Manager,
        Level::Administrator,
        Level::GlobalAdministrator,
        Level::SuperAdministrator,
    ];
    let mut allowed = [0; 2];
    for mine in levels {
        let actor = member(Some(person(ME, mine)));
        for theirs in levels {
            let target = person(OTHER, theirs);
            let gone = Person { archived_at: Some(now()), ..target.clone() };
            let governs = mine >= governed_from(theirs);
            let may = |action| check(&actor, action).is_ok();
            assert_eq!(may(Action::ArchivePerson(&target, None)), governs, "{mine:?} {theirs:?}");
            assert_eq!(may(Action::RestorePerson(&gone)), governs, "{mine:?} {theirs:?}");
            assert_eq!(may(Action::Invite(portal(1), theirs)), governs, "{mine:?} {theirs:?}");
            for given in levels {
                let wanted = governs && mine >= governed_from(given);
                let answer = may(Action::ChangeLevel(&target, given));
                assert_eq!(answer, wanted, "{mine:?} makes {theirs:?} {given:?}");
                allowed[0] += usize::from(answer);
            }
            allowed[1] += usize::from(governs);
        }
        let (me, me_gone) =
            (person(ME, mine), Person { archived_at: Some(now()), ..person(ME, mine) });
        for given in levels {
            assert!(check(&actor, Action::ChangeLevel(&me, given)).is_err(), "{mine:?} themselves");
        }
        assert!(check(&actor, Action::ArchivePerson(&me, None)).is_err());
        assert!(check(&actor, Action::RestorePerson(&me_gone)).is_err());
    }
    // Staff govern four levels, admins all six.
    assert_eq!(allowed, [4 * 4 + 6 * 6, 4 + 6]);
}
