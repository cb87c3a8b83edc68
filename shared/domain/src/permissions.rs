//! Who may do what: the only place where that is decided (DESIGN §4).
//!
//! [`check`] answers with a [`Permit`], which only this file can make and which every transition
//! consumes, or with a [`Refusal`]. What people are told about their rights is made from the same
//! answer.

mod dossiers;
mod grounds;
mod invitations;
mod rules;

use crate::account::{Account, SignUp};
use crate::advisor_request::AdvisorRequest;
use crate::changes::Place;
use crate::dossier::{Note, Position, Publication, Side, Space};
use crate::ids::{AccountId, InvitationId, PortalId, SessionId, SignUpId};
use crate::import::Import;
use crate::invitation::{Backing, Invitation, Managed};
use crate::journal::Author;
use crate::level::Level;
use crate::person::Person;
use crate::portal::Portal;
pub use dossiers::{Reach, Viewed, reach, reach_with};
use dossiers::{
    add_note, edit_note, end_offer, invite_to_dossier, join_dossier, moderate_dossier,
    name_referent, offer_referent, pause_dossier, publish_dossier, remove_member, resume_dossier,
    revise_dossier, see_dossier, see_notes, submit_dossier, take_over, update_dossier,
    use_own_position,
};
use grounds::{
    at_least, change_level, give_access, give_level, govern_person, hand_over, held, is_successor,
    moderate, only_operator, only_system, operator_or_system, own_account, person_of,
    revise_request, see_oneself, see_person, see_portal, see_positions, see_request,
    submit_request, update_person,
};
use invitations::{accept_invitation, invited, manage_invitation, see_invitation};
pub use rules::Rule;

/// Who wants to act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody signed in, and what they are on the portal in question.
    Account(Box<Member>),
    /// The holder of a mailed link, for what the link names.
    Holder(Holding),
    /// Anybody.
    Public,
    /// A schedule or a consumer of events.
    System,
    /// Whoever may invoke functions directly.
    Operator,
}

/// Somebody signed in, as seen from one portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// The portal that the request is about, if it is about one.
    pub portal: Option<PortalId>,
    /// What the account is there, archived or not.
    pub person: Option<Person>,
}

/// What a mailed link names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// A sign-up to be verified.
    SignUp(SignUpId),
    /// An account whose password is to be set.
    Account(AccountId),
    /// An invitation to be answered.
    Invitation(InvitationId),
}

/// An act and what it is done to.
#[derive(Debug, Clone, Copy)]
pub enum Action<'a> {
    /// Make a portal.
    CreatePortal,
    /// See the portal's public face.
    SeePortal(&'a Portal),
    /// Change the portal's settings.
    UpdatePortal(&'a Portal),
    /// Begin to sign up.
    SignUp,
    /// Prove the address of a sign-up, or say that it was not theirs.
    VerifySignUp(&'a SignUp),
    /// Begin a session on an account whose password was proved.
    SignIn(&'a Account),
    /// Go on with the session whose refresh token was proved, or end it.
    RenewSession(AccountId, SessionId),
    /// Set an account's password by a mailed link.
    SetPassword(&'a Account),
    /// Use one's own account: sessions, profile.
    UseOwnAccount(AccountId),
    /// Ask for an adviser access.
    SubmitRequest(&'a Portal),
    /// See a request.
    SeeRequest(&'a AdvisorRequest),
    /// Revise or withdraw a request.
    ReviseRequest(&'a AdvisorRequest),
    /// See the moderators' queue and its counter.
    SeeQueue(PortalId),
    /// Take, amend, accept or refuse a request; the requester's record stands beside it.
    ModerateRequest(&'a AdvisorRequest, Option<&'a Person>),
    /// Reopen a refused request.
    ReopenRequest(&'a AdvisorRequest, Option<&'a Person>),
    /// Let a request lapse.
    LapseRequest(&'a AdvisorRequest),
    /// Send the moderators' digest.
    RemindModerators(PortalId),
    /// Choose how to be mailed as a moderator.
    ChooseModerationMails(PortalId),
    /// See the people of the portal and their accesses.
    SeePeople(PortalId),
    /// See one person and their accesses.
    SeePerson(&'a Person),
    /// Give, change or revoke an adviser access.
    GiveAccess(&'a Person),
    /// Give somebody another level.
    ChangeLevel(&'a Person, Level),
    /// Change the portal's copy of what is known of somebody.
    UpdatePerson(&'a Person),
    /// See in which dossiers somebody takes part.
    SeePositions(&'a Person),
    /// Archive somebody; with who is to inherit their invitations, if anybody.
    ArchivePerson(&'a Person, Option<&'a Person>),
    /// Leave the portal oneself.
    LeavePortal(&'a Person),
    /// Bring somebody back.
    RestorePerson(&'a Person),
    /// Name who inherits the invitations of somebody archived: the second one.
    HandOver(&'a Person, &'a Person),
    /// Warn of the end of an access, and put it away when it has come.
    EndAccess(&'a Person),
    /// Invite somebody to the portal, at this level.
    Invite(PortalId, Level),
    /// Invite somebody to take part in a dossier, on this side.
    InviteToDossier(Viewed<'a>, Side),
    /// See the invitations of the portal.
    SeeInvitations(PortalId),
    /// See an invitation; with the dossier that it is to.
    SeeInvitation(Managed, Option<Viewed<'a>>),
    /// Send, resend, correct or cancel an invitation; with the dossier that it is to.
    ManageInvitation(Managed, Option<Viewed<'a>>),
    /// Accept an invitation, or ask for a new link; with who stands for it, and the account of
    /// somebody signed in.
    AcceptInvitation(&'a Invitation, Backing<'a>, Option<&'a Account>),
    /// Decline an invitation; with the account of somebody signed in.
    DeclineInvitation(&'a Invitation, Option<&'a Account>),
    /// Expire, remind and erase an invitation, or note that its mail came back.
    TendInvitation(&'a Invitation),
    /// Upload and download spreadsheets of people, and have them looked at, started and stopped.
    ManageImports(PortalId),
    /// Go on with the rows of an import.
    RunImport(&'a Import),
    /// Submit a dossier.
    SubmitDossier(&'a Portal),
    /// See the list of the dossiers that one may see.
    SeeDossiers(PortalId),
    /// See a dossier: what it says, who takes part, the public notes.
    SeeDossier(Viewed<'a>),
    /// Change what a dossier says before moderation.
    ReviseDossier(Viewed<'a>),
    /// Change what a dossier says once it was accepted.
    UpdateDossier(Viewed<'a>),
    /// Accept or refuse a dossier.
    ModerateDossier(Viewed<'a>),
    /// Take part in a dossier as adviser or observer.
    JoinDossier(Viewed<'a>),
    /// Switch between adviser and observer, or leave.
    UseOwnPosition(Viewed<'a>),
    /// Remove somebody from a dossier, by their position; with their record on the portal.
    RemoveMember(Viewed<'a>, &'a Position, Option<&'a Person>),
    /// Offer somebody, by their position, to speak for a dossier; with their record on the portal.
    OfferReferent(Viewed<'a>, &'a Position, Option<&'a Person>),
    /// Take over what was offered.
    AcceptReferent(Viewed<'a>),
    /// Take back what was offered to this account, or decline it.
    EndOffer(Viewed<'a>, Option<AccountId>),
    /// Take over the position of somebody archived; with their record on the portal.
    TakeOver(Viewed<'a>, &'a Position, Option<&'a Person>),
    /// Have somebody speak for a dossier; likewise, with the record of who does so far.
    NameReferent(Viewed<'a>, &'a Position, [Option<&'a Person>; 2]),
    /// Publish a dossier on another portal.
    PublishDossier(Viewed<'a>),
    /// Let a dossier rest.
    PauseDossier(Viewed<'a>),
    /// Choose how to be told of new dossiers.
    ChooseDossierMails(PortalId),
    /// Let the news of a day go out.
    SendDossierNews(PortalId),
    /// Ask for news of a dossier, and let it rest in the end.
    TendDossier(&'a Publication),
    /// Go on with a dossier that rests.
    ResumeDossier(Viewed<'a>),
    /// Read the notes of a space.
    SeeNotes(Viewed<'a>, Space),
    /// Write a note there.
    AddNote(Viewed<'a>, Space),
    /// Edit a note.
    EditNote(Viewed<'a>, &'a Note),
    /// Read the portal's journal.
    ReadJournal(PortalId),
    /// Download the portal's whole journal with its seals.
    ExportJournal(PortalId),
    /// Take the journals of acts on accounts alone out of the system.
    ExportAccountJournals,
    /// Read what touched one's own rights on the portal.
    ReadOwnJournal(PortalId),
    /// Read the portal's mail log.
    ReadMails(PortalId),
    /// Send a mail again that did not arrive.
    SendMailAgain(PortalId),
    /// Rotate the signing keys.
    RotateKeys,
}

/// What a decision rests on: an item, as it was read, absence included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The item.
    pub place: Place,
    /// Its rights version; `None` if it did not exist.
    pub rights_version: Option<u64>,
}

/// That somebody may do one thing now. Only [`check`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a permit is consumed by the transition that it allows"]
pub struct Permit {
    author: Author,
    rule: Rule,
    evidence: Vec<Evidence>,
}

impl Permit {
    /// Who may.
    pub fn author(&self) -> Author {
        self.author
    }

    /// By which rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The same, resting also on what another permit of the same actor rests on: one act that two
    /// rules must allow.
    pub fn and(mut self, other: Self) -> Self {
        self.evidence.extend(other.evidence);
        self
    }

    /// What it rests on.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}

/// Whether somebody who may not do a thing may know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// They may see it: 403, with the reason.
    Seen,
    /// For them it does not exist: 404 (DESIGN §2, 10).
    Hidden,
}

/// That somebody may not do a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("refused by {rule}")]
pub struct Refusal {
    /// By which rule.
    pub rule: Rule,
    /// Whether they may see what they may not touch.
    pub sight: Sight,
}

type Answer = Result<Rule, Refusal>;

fn refused(rule: Rule) -> Answer {
    Err(Refusal { rule, sight: Sight::Seen })
}

fn hidden(rule: Rule) -> Answer {
    Err(Refusal { rule, sight: Sight::Hidden })
}

/// Decides whether `actor` may do `action`.
///
/// # Errors
/// The rule that refuses, and whether the actor may know of the thing at all.
pub fn check(actor: &Actor, action: Action<'_>) -> Result<Permit, Refusal> {
    let rule = decide(actor, action)?;
    let (author, mut evidence) = match actor {
        Actor::Account(member) => (Author::Account(member.account), member.evidence()),
        Actor::Holder(_) => (Author::Holder, Vec::new()),
        Actor::Public => (Author::Public, Vec::new()),
        Actor::System => (Author::System, Vec::new()),
        Actor::Operator => (Author::Operator, Vec::new()),
    };
    evidence.extend(about_others(action));
    Ok(Permit { author, rule, evidence })
}

/// A decision on a request also rests on the requester's level, or on their being nobody yet; an
/// acceptance on the rights of whoever stands for the invitation.
fn about_others(action: Action<'_>) -> Vec<Evidence> {
    match action {
        Action::ModerateRequest(request, requester) | Action::ReopenRequest(request, requester) => {
            let rights_version = requester.map(|requester| requester.rights_version);
            let place = Place::Person(request.account, request.portal);
            vec![Evidence { place, rights_version }]
        }
        Action::AcceptInvitation(_, Backing { line, dossier }, _) => {
            let people = line.0.iter().map(Evidence::of);
            people.chain(dossier.into_iter().flat_map(Viewed::evidence)).collect()
        }
        Action::ArchivePerson(_, Some(successor)) | Action::HandOver(_, successor) => {
            vec![Evidence::of(successor)]
        }
        Action::RemoveMember(viewed, position, target)
        | Action::OfferReferent(viewed, position, target)
        | Action::TakeOver(viewed, position, target) => {
            viewed.evidence().into_iter().chain(about_another(viewed, position, target)).collect()
        }
        Action::NameReferent(viewed, position, [target, before]) => {
            let before = before.filter(|before| before.account != viewed.account);
            let others = about_another(viewed, position, target).into_iter();
            viewed.evidence().into_iter().chain(others).chain(before.map(Evidence::of)).collect()
        }
        Action::ManageInvitation(_, Some(viewed))
        | Action::InviteToDossier(viewed, _)
        | Action::ReviseDossier(viewed)
        | Action::UpdateDossier(viewed)
        | Action::ModerateDossier(viewed)
        | Action::JoinDossier(viewed)
        | Action::UseOwnPosition(viewed)
        | Action::AcceptReferent(viewed)
        | Action::EndOffer(viewed, _)
        | Action::PublishDossier(viewed)
        | Action::PauseDossier(viewed)
        | Action::ResumeDossier(viewed)
        | Action::AddNote(viewed, _)
        | Action::EditNote(viewed, _) => viewed.evidence(),
        _ => Vec::new(),
    }
}

/// The rights of whoever holds this position, or that they are nobody on the portal; one's own are
/// evidence already.
fn about_another(
    viewed: Viewed<'_>,
    position: &Position,
    target: Option<&Person>,
) -> Option<Evidence> {
    let rights_version = target.map(|target| target.rights_version);
    let place = Place::Person(position.account, viewed.publication.portal);
    (position.account != viewed.account).then_some(Evidence { place, rights_version })
}

impl Evidence {
    /// The rights of somebody, as they were read.
    fn of(person: &Person) -> Self {
        let place = Place::Person(person.account, person.portal);
        Self { place, rights_version: Some(person.rights_version) }
    }
}

impl Member {
    /// Somebody for whom bulk work is done. Their rights are read anew for each chunk of it, and
    /// its single writes rest on no item that all of them would meet at (DESIGN §3).
    pub fn of_bulk_work(person: Person) -> Self {
        Self { account: person.account, portal: None, person: Some(person) }
    }

    fn evidence(&self) -> Vec<Evidence> {
        let Some(portal) = self.portal else { return Vec::new() };
        let rights_version = self.person.as_ref().map(|person| person.rights_version);
        vec![Evidence { place: Place::Person(self.account, portal), rights_version }]
    }

    /// The person, unless archived, or of another portal than the one acted on.
    fn active_on(&self, portal: PortalId) -> Option<&Person> {
        let person = self.person.as_ref()?;
        (person.portal == portal && person.archived_at.is_none()).then_some(person)
    }
}

fn decide(actor: &Actor, action: Action<'_>) -> Answer {
    use Action as A;
    let staff = |portal| at_least(actor, portal, Level::GlobalAdministrator);
    match action {
        // The operator makes portals; no public route does (A7).
        A::CreatePortal => only_operator(actor),
        // The operator and the schedule rotate the signing keys.
        A::RotateKeys => operator_or_system(actor),
        // A portal open to requests shows its name to everybody, another one to its people (A1).
        A::SeePortal(portal) => see_portal(actor, portal),
        // Super administrators change the portal's settings (A2).
        A::UpdatePortal(portal) => at_least(actor, portal.id, Level::SuperAdministrator),
        // Anybody signs up; what they claim is proved later (B2).
        A::SignUp => Ok(Rule::AnybodySignsUp),
        // Whoever reads the address's mail verifies it, or says it was not theirs (S1).
        A::VerifySignUp(sign_up) => held(actor, Holding::SignUp(sign_up.id)),
        // Whoever reads the address's mail sets the password by the mailed link (B3, B7).
        A::SetPassword(account) => held(actor, Holding::Account(account.id)),
        // Whoever proves the password signs in; whoever proves the refresh token goes on (B5, B6).
        A::SignIn(_) | A::RenewSession(..) => Ok(Rule::ProofOfTheAccount),
        // People use their own account, and no other (B6).
        A::UseOwnAccount(account) => own_account(actor, account),
        // Anybody with an account asks, where the portal is open to everybody (C1).
        A::SubmitRequest(portal) => submit_request(actor, portal),
        // Requesters see their own request, moderators every one of their portal (C3, C6).
        A::SeeRequest(request) => see_request(actor, request),
        // Requesters revise and withdraw their own request (C3).
        A::ReviseRequest(request) => revise_request(actor, request),
        // Staff and admins moderate (C6).
        A::SeeQueue(portal) | A::ChooseModerationMails(portal) => staff(portal),
        // Staff decide on the requests of others, not above their own level (C10, C11, A3).
        A::ModerateRequest(request, requester) => {
            moderate(actor, request, requester, Level::GlobalAdministrator)
        }
        // Admins reopen what was refused (C12).
        A::ReopenRequest(request, requester) => {
            moderate(actor, request, requester, Level::SuperAdministrator)
        }
        // Time alone lets a request lapse and reminds the moderators (C13).
        A::LapseRequest(_) | A::RemindModerators(_) => only_system(actor),
        // Reviewers and above see the people of the portal and their accesses (A2).
        A::SeePeople(portal) => at_least(actor, portal, Level::Reviewer),
        // Everybody sees their own file, reviewers every one of their portal (A2).
        A::SeePerson(person) => see_person(actor, person),
        // Whoever sees them sees where they take part, and so does their successor (E3, E6).
        A::SeePositions(person) => see_positions(actor, person),
        // Staff give, change and revoke accesses, not their own nor above them (C14 to C16).
        A::GiveAccess(person) => give_access(actor, person),
        // Staff give and take levels 1 to 4, admins 1 to 6, never their own (A3).
        A::ChangeLevel(person, level) => change_level(actor, person, level),
        // Staff change what the portal knows of people, not of those above them (E2).
        A::UpdatePerson(person) => update_person(actor, person),
        // Staff archive those whose level they may take, never themselves, and hand over to nobody
        // above themselves (E3, A3, S5).
        A::ArchivePerson(person, successor) => hand_over(actor, person, successor),
        A::HandOver(person, successor) => hand_over(actor, person, Some(successor)),
        // Staff bring back those whose level they may give, never themselves (E4, S5).
        A::RestorePerson(person) => govern_person(actor, person),
        // Everybody may leave (A3 keeps the last super administrator).
        A::LeavePortal(person) => see_oneself(actor, person),
        // Time alone warns of the end of an access, and ends it (C17).
        A::EndAccess(_) | A::TendInvitation(_) => only_system(actor),
        // Staff invite to levels that they may give (D2, A3, S5).
        A::Invite(portal, level) => give_level(actor, portal, level),
        // Reviewers and above see who is invited (A2, E1).
        A::SeeInvitations(portal) => at_least(actor, portal, Level::Reviewer),
        // To a dossier, those who take part, partners apart, invite whoever asks with them;
        // advisers by their territory invite whoever advises; staff both (D2).
        A::InviteToDossier(viewed, side) => invite_to_dossier(actor, viewed, side),
        // One to a dossier is seen by those who may tend it; another one by reviewers (A2, F8).
        A::SeeInvitation(invitation, viewed) => see_invitation(actor, invitation, viewed),
        // Staff tend the invitations to levels that they may give; those to a dossier also its
        // référent, on their side, and who invited (D2, D7, D8, S5).
        A::ManageInvitation(invitation, viewed) => manage_invitation(actor, invitation, viewed),
        // Staff invite many at once; which levels they give is looked at row by row (D15).
        A::ManageImports(portal) => staff(portal),
        // An import goes on by itself once it was started (D15).
        A::RunImport(_) => only_system(actor),
        // The invitee accepts, while whoever stands for the invitation may still invite (D2, D11).
        A::AcceptInvitation(one, backing, with) => accept_invitation(actor, one, backing, with),
        // The invitee declines (D12).
        A::DeclineInvitation(invitation, account) => invited(actor, invitation, account),
        // Anybody with an account submits a dossier, where the portal is open to everybody (F2).
        A::SubmitDossier(portal) => submit_dossier(actor, portal),
        // People see the list of what they may see, and choose how they are told (F3, F5, F14).
        A::SeeDossiers(portal) | A::ChooseDossierMails(portal) => {
            at_least(actor, portal, Level::User)
        }
        // Those who take part, staff and, once it was accepted, advisers by territory (F5).
        A::SeeDossier(viewed) => see_dossier(actor, viewed),
        // The référent and members say what it is about, before moderation (F2).
        A::ReviseDossier(viewed) => revise_dossier(actor, viewed),
        // And after it, as staff and those whose level changes what they take part in (A2, F4).
        A::UpdateDossier(viewed) => update_dossier(actor, viewed),
        // Staff decide on dossiers that they neither submitted nor ask for (F2, S5).
        A::ModerateDossier(viewed) => moderate_dossier(actor, viewed),
        // Advisers join what their territory covers, staff everything (F5, F6).
        A::JoinDossier(viewed) => join_dossier(actor, viewed),
        // Whoever holds a position switches it, gives it back, or takes an offered one (F6, F9).
        A::UseOwnPosition(viewed) | A::AcceptReferent(viewed) => use_own_position(actor, viewed),
        // Staff remove anybody not above them, the référent those on their side (F10, A3).
        A::RemoveMember(viewed, position, person) => remove_member(actor, viewed, position, person),
        // The référent offers an active person of their side to take over, who accepts (F9).
        A::OfferReferent(viewed, to, person) => offer_referent(actor, viewed, to, person),
        // The référent takes an offer back, the member to whom it was made declines it (F9).
        A::EndOffer(viewed, offered_to) => end_offer(actor, viewed, offered_to),
        // The successor of somebody archived takes their position over; nobody becomes the référent
        // by having named themselves (E3, E5, S5).
        A::TakeOver(viewed, position, before) => take_over(actor, viewed, position, before),
        // Staff name another active person of that side, not themselves, nor over the head of
        // somebody above them (F9, A3, S5).
        A::NameReferent(viewed, position, people) => name_referent(actor, viewed, position, people),
        // The référent has another portal look at it, where they may submit one (F2, F13).
        A::PublishDossier(viewed) => publish_dossier(actor, viewed),
        // The référent and staff let it rest (F4, F11).
        A::PauseDossier(viewed) => pause_dossier(actor, viewed),
        // Time alone tells of news, asks for them, and lets it rest in the end (F3, F11, F12).
        A::TendDossier(_) | A::SendDossierNews(_) => only_system(actor),
        // They, and whoever asks with them, go on (F11).
        A::ResumeDossier(viewed) => resume_dossier(actor, viewed),
        // Public notes are for all who see it, the advisers' space never for those who ask (F7).
        A::SeeNotes(viewed, space) => see_notes(actor, viewed, space),
        // All positions write public notes; who reads the advisers' space writes there (F6, F7).
        A::AddNote(viewed, space) => add_note(actor, viewed, space),
        // People edit their own notes, where they may still write (F7).
        A::EditNote(viewed, note) => edit_note(actor, viewed, note),
        // Staff read the journal and the mail log, and send again what was lost (I2, G6, H3).
        A::ReadJournal(portal) | A::ReadMails(portal) | A::SendMailAgain(portal) => staff(portal),
        // Super administrators download the whole journal, with what people wrote in it (I3).
        A::ExportJournal(portal) => at_least(actor, portal, Level::SuperAdministrator),
        // What happened to accounts alone is of no portal: the operator takes it out (I3).
        A::ExportAccountJournals => only_operator(actor),
        // A person reads what touched their own rights (I2).
        A::ReadOwnJournal(portal) => at_least(actor, portal, Level::User),
    }
}
