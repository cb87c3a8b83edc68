//! Everything that actions are done to.

#![allow(clippy::unwrap_used, reason = "a test that can not be set up has failed")]

use guichet_domain::account::{Account, Demand, PasswordHash, SignUp};
use guichet_domain::advisor_request::Moderator;
use guichet_domain::advisor_request::{AdvisorRequest, Status};
use guichet_domain::dossier::{
    DossierState, InvitedRole, Locality, Note, Position, Publication, Role, Space,
};
use guichet_domain::ids::{
    AccountId, DossierId, ImportId, InvitationId, NoteId, OpeningId, PortalId, PublicationId,
    SignUpId, Ulid,
};
use guichet_domain::import::{Import, Upload};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{Assignment, Invitation, Invitee, Issue, Scope, Sending, Terms};
use guichet_domain::level::{Language, Level};
use guichet_domain::permissions::{Action, Actor, Member, check};
use guichet_domain::person::{HandedOver, Named, Person, Profile};
use guichet_domain::portal::{OpenTo, Portal};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Label, Name, Statement, Title, Username, WebAddress};

use crate::member;

pub(crate) const ME: u128 = 1;
pub(crate) const OTHER: u128 = 2;
pub(crate) const CHIEF: u128 = 3;

pub(crate) fn account(number: u128) -> AccountId {
    AccountId::new(Ulid(number))
}

pub(crate) fn portal(number: u128) -> PortalId {
    PortalId::new(Ulid(number))
}

pub(crate) fn now() -> Instant {
    Instant::from_milliseconds(1_795_000_000_000)
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn person(number: u128, level: Level) -> Person {
    let profile = Profile {
        first_name: name("Anne"),
        last_name: name("Durand"),
        organisation: None,
        job_title: None,
        phone: None,
        user_type: None,
        email: None,
    };
    Person { level, ..Person::newcomer(account(number), portal(1), profile, now()) }
}

/// Everything that actions are done to.
pub(crate) struct Things {
    pub(crate) open: Portal,
    pub(crate) closed: Portal,
    pub(crate) sign_up: SignUp,
    pub(crate) other_account: Account,
    pub(crate) own_account: Account,
    pub(crate) own: AdvisorRequest,
    pub(crate) others: AdvisorRequest,
    pub(crate) me: Person,
    pub(crate) user: Person,
    pub(crate) staff: Person,
    pub(crate) chief: Person,
    pub(crate) gone: Person,
    /// By staff, to become a user.
    pub(crate) invitation: Invitation,
    /// Likewise, to become staff.
    pub(crate) invitation_of_staff: Invitation,
    pub(crate) inviters: Vec<Person>,
    pub(crate) import: Import,
    pub(crate) submitted: Publication,
    pub(crate) accepted: Publication,
    /// On the side of those who ask, and of those who advise.
    pub(crate) contact: Position,
    pub(crate) adviser: Position,
    pub(crate) partner: Position,
    pub(crate) member: Position,
    pub(crate) to_dossier: Invitation,
    pub(crate) own_to_dossier: Invitation,
    /// Somebody else's.
    pub(crate) others_position: Position,
    pub(crate) own_note: Note,
    pub(crate) others_note: Note,
    /// Those who invited, meanwhile users.
    pub(crate) demoted: Vec<Person>,
    /// Archived, with the actor as successor, whom somebody else or the actor named.
    pub(crate) left_to_me: Person,
    pub(crate) left_to_me_by_myself: Person,
    /// The position of somebody else as référent.
    pub(crate) others_role: Position,
}

pub(crate) fn import() -> Import {
    let permit = check(
        &member(Some(person(ME, Level::GlobalAdministrator))),
        Action::ManageImports(portal(1)),
    )
    .unwrap();
    let upload = Upload {
        id: ImportId::new(Ulid(1)),
        portal: portal(1),
        by: Moderator { account: account(CHIEF), name: "Anne Durand".to_owned() },
        rows: Vec::new(),
        ignored_columns: Vec::new(),
        now: now(),
    };
    upload.import(permit).0
}

pub(crate) fn invitation(level: Level) -> Invitation {
    invite(Scope::Portal { portal: portal(1) }, level, None, CHIEF)
}

/// An invitation of a member, by somebody.
pub(crate) fn invitation_to_dossier(inviter: u128) -> Invitation {
    let scope = Scope::Dossier { portal: portal(1), dossier: dossier() };
    let assignment = Assignment { dossier: dossier(), role: InvitedRole::Member, title: None };
    invite(scope, Level::User, Some(assignment), inviter)
}

pub(crate) fn invite(
    scope: Scope,
    level: Level,
    assignment: Option<Assignment>,
    inviter: u128,
) -> Invitation {
    let chief = person(CHIEF, Level::SuperAdministrator);
    let member = Member { account: account(CHIEF), portal: Some(portal(1)), person: Some(chief) };
    let permit = check(&Actor::Account(Box::new(member)), Action::Invite(portal(1), level));
    let issue = Issue {
        id: InvitationId::new(Ulid(1)),
        scope,
        inviter: Moderator { account: account(inviter), name: "Anne Durand".to_owned() },
        terms: Terms { lifetime_in_days: 7, reminded_before_in_days: 2, kept_in_days: 365 },
        sending: Sending::Now,
        standing: None,
        import: None,
        now: now(),
    };
    let invitee = Invitee {
        first_name: Some(name("Anne")),
        last_name: Some(name("Durand")),
        email: Email::new("a@b.fr").unwrap(),
        job_title: None,
        user_type: None,
        level,
        territory: None,
        assignment,
        message: None,
    };
    issue.invite(permit.unwrap(), invitee).unwrap().0
}

pub(crate) fn things() -> Things {
    let text = |text: &str| Label::new(text).unwrap();
    let email = |text: &str| Email::new(text).unwrap();
    let address = WebAddress::new("https://portail.exemple.fr").unwrap();
    let open = Portal::new(portal(1), text("Alpha"), address, email("a@b.fr"), now());
    let mut closed = open.clone();
    closed.settings.requests_open_to = OpenTo::People;
    let request = |number| AdvisorRequest {
        account: account(number),
        portal: portal(1),
        opening: OpeningId::new(Ulid(1)),
        version: 1,
        status: Status::Open,
        first_name: name("Anne"),
        last_name: name("Durand"),
        demand: Demand {
            territory: Territory::National,
            context: Statement::new("x").unwrap(),
            intention: Statement::new("x").unwrap(),
            organisation: text("x"),
            job_title: text("x"),
        },
        submitted_at: now(),
        lapses_at: now().plus_days(60),
        amendment: None,
        decision: None,
        cool_down_ends_at: None,
        previous: None,
        taking: None,
    };
    Things {
        open,
        closed,
        sign_up: sign_up(),
        other_account: other_account(),
        own_account: Account { id: account(ME), ..other_account() },
        own: request(ME),
        others: request(OTHER),
        me: person(ME, Level::User),
        user: person(OTHER, Level::User),
        staff: person(OTHER, Level::GlobalAdministrator),
        chief: person(CHIEF, Level::SuperAdministrator),
        gone: Person { archived_at: Some(now()), ..person(OTHER, Level::User) },
        invitation: invitation(Level::User),
        invitation_of_staff: invitation(Level::GlobalAdministrator),
        import: import(),
        submitted: publication(DossierState::Submitted),
        accepted: publication(DossierState::Open),
        contact: Position::of_referent(dossier(), account(ME), now()),
        adviser: advises(ME),
        partner: Position {
            role: Role::Partner,
            ..Position::of_referent(dossier(), account(ME), now())
        },
        member: Position {
            role: Role::Member,
            ..Position::of_referent(dossier(), account(OTHER), now())
        },
        to_dossier: invitation_to_dossier(CHIEF),
        own_to_dossier: invitation_to_dossier(ME),
        others_position: advises(OTHER),
        own_note: note(ME),
        others_note: note(OTHER),
        inviters: vec![person(CHIEF, Level::SuperAdministrator)],
        demoted: vec![person(CHIEF, Level::User)],
        left_to_me: left_by(CHIEF),
        left_to_me_by_myself: left_by(ME),
        others_role: Position::of_referent(dossier(), account(OTHER), now()),
    }
}

/// Somebody archived, to whom this account named the actor as successor.
pub(crate) fn left_by(number: u128) -> Person {
    Person {
        archived_at: Some(now()),
        successor: Some(account(ME)),
        handed_over: Some(HandedOver { by: account(number), at: now() }),
        ..person(OTHER, Level::User)
    }
}

pub(crate) fn dossier() -> DossierId {
    DossierId::new(Ulid(1))
}

pub(crate) fn publication(state: DossierState) -> Publication {
    Publication {
        dossier: dossier(),
        portal: portal(1),
        id: PublicationId::new(Ulid(1)),
        version: 1,
        rights_version: 1,
        state,
        dossier_version: 1,
        title: Title::new("Une école").unwrap(),
        organisation: Label::new("Commune").unwrap(),
        locality: Locality::of("33063").unwrap(),
        submitted_by: Named { account: account(OTHER), name: "Anne Durand".to_owned() },
        originally_by: None,
        previous: None,
        taking: None,
        submitted_at: now(),
        advisors: 0,
        observers: 0,
        ruling: None,
        pause: None,
        changed_at: now(),
        tending: None,
    }
}

pub(crate) fn advises(number: u128) -> Position {
    let position = Position::of_referent(dossier(), account(number), now());
    Position { role: Role::Advisor, portal: Some(portal(1)), ..position }
}

pub(crate) fn note(number: u128) -> Note {
    Note {
        id: NoteId::new(Ulid(1)),
        dossier: dossier(),
        portal: portal(1),
        space: Space::Public,
        author: Named { account: account(number), name: "Anne Durand".to_owned() },
        text: Statement::new("x").unwrap(),
        written_at: now(),
        edited_at: None,
        version: 1,
    }
}

pub(crate) fn sign_up() -> SignUp {
    SignUp {
        id: SignUpId::new(Ulid(1)),
        version: 1,
        email: Email::new("a@b.fr").unwrap(),
        first_name: name("Anne"),
        last_name: name("Durand"),
        phone: None,
        language: Language::Fr,
        password: PasswordHash(String::new()),
        request: None,
        invitation: None,
        generation: 1,
        created_at: now(),
        expires_at: now().plus_days(2),
    }
}

pub(crate) fn other_account() -> Account {
    Account {
        id: account(OTHER),
        version: 1,
        username: Username::new("anne").unwrap(),
        email: Email::new("a@b.fr").unwrap(),
        first_name: name("Anne"),
        last_name: name("Durand"),
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
