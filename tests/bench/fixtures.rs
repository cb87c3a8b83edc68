//! Portals with many people, put straight into the table.

use std::ops::Range;

use guichet_domain::account::Demand;
use guichet_domain::advisor_request::Moderator;
use guichet_domain::advisor_request::{AdvisorRequest, Status};
use guichet_domain::changes::Write;
use guichet_domain::dossier::{DossierState, LocalPublication, Locality, Publication};
use guichet_domain::ids::{
    AccountId, DossierId, InvitationId, OpeningId, PortalId, PublicationId, Ulid,
};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{Invitation, InvitationState, Scope, Terms};
use guichet_domain::level::Level;
use guichet_domain::moderation::MailChoice;
use guichet_domain::person::{AdvisorRow, Coverage, Named, Person, Profile, SearchWord};
use guichet_domain::territory::{DepartmentCode, Territory};
use guichet_domain::text::{Email, Label, Name, Statement, Title};
use guichet_local::stack::{Flow, Stack};

/// Puts people, advisers and open requests into the portal, straight into the table.
pub async fn populate(stack: &Stack, portal: &str, people: Range<usize>) {
    let portal: PortalId = portal.parse().unwrap();
    let now = stack.app.now().plus_seconds(-86_400);
    let profile = profile();
    let mut writes = Vec::new();
    for number in people {
        let account = AccountId::new(Ulid::from_parts(1_700_000_000_000, number as u128));
        let person = Person::newcomer(account, portal, profile.clone(), now);
        let code = DepartmentCode::try_from("33".to_owned()).unwrap();
        let row = AdvisorRow {
            account,
            portal,
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            organisation: None,
            territory: Territory::departments(["33"]).unwrap(),
            ends_at: None,
            rights_version: 1,
            dossier_mails: MailChoice::default(),
        };
        let request = request(account, portal, &profile, now);
        for word in person.profile.words() {
            writes.push(Write::Put(SearchWord { portal, word, account }.into()));
        }
        writes.push(Write::Put(person.into()));
        writes.push(Write::Put(invitation(account, portal, now).into()));
        writes.push(Write::Put(Coverage { department: Some(code), advisor: row.clone() }.into()));
        writes.push(Write::Put(row.into()));
        writes.push(Write::Put(request.into()));
    }
    stack.stream(Flow::Stopped).unwrap();
    for chunk in writes.chunks(100) {
        stack.app.apply(chunk).await.unwrap();
    }
    stack.stream(Flow::Running).unwrap();
}

/// Puts dossiers into the portal, straight into the table: one in two is open, in turn in the
/// Gironde, in the Landes and in Paris, the others wait.
pub async fn populate_dossiers(stack: &Stack, portal: &str, dossiers: Range<usize>) {
    let portal: PortalId = portal.parse().unwrap();
    let now = stack.app.now().plus_seconds(-86_400);
    let mut writes = Vec::new();
    for number in dossiers {
        let publication = publication(portal, number, now);
        if publication.state.is_accepted() {
            let local = LocalPublication::of(&publication);
            writes.push(Write::Put(local.into()));
        }
        writes.push(Write::Put(publication.into()));
    }
    stack.stream(Flow::Stopped).unwrap();
    for chunk in writes.chunks(100) {
        stack.app.apply(chunk).await.unwrap();
    }
    stack.stream(Flow::Running).unwrap();
}

fn publication(portal: PortalId, number: usize, now: Instant) -> Publication {
    let ulid = Ulid::from_parts(1_700_000_000_000 + number as u64, number as u128);
    let account = AccountId::new(ulid);
    Publication {
        dossier: DossierId::new(ulid),
        portal,
        id: PublicationId::new(ulid),
        version: 1,
        rights_version: 1,
        state: if number.is_multiple_of(2) { DossierState::Open } else { DossierState::Submitted },
        dossier_version: 1,
        title: Title::new("Une école pour deux villages").unwrap(),
        organisation: Label::new("Communauté de communes").unwrap(),
        locality: Locality::of(["33063", "40192", "75056"][number / 2 % 3]).unwrap(),
        submitted_by: Named { account, name: "Camille Martin".to_owned() },
        originally_by: None,
        previous: None,
        taking: None,
        submitted_at: now,
        advisors: 0,
        observers: 0,
        ruling: None,
        pause: None,
        changed_at: now,
        tending: None,
    }
}

/// What somebody is called who is one of many.
pub fn profile() -> Profile {
    Profile {
        first_name: Name::new("Camille").unwrap(),
        last_name: Name::new("Martin").unwrap(),
        organisation: Some(Label::new("Agence").unwrap()),
        job_title: None,
        phone: None,
        user_type: None,
        email: None,
    }
}

/// An open invitation by somebody.
fn invitation(account: AccountId, portal: PortalId, now: Instant) -> Invitation {
    Invitation {
        id: InvitationId::new(account.ulid()),
        version: 1,
        scope: Scope::Portal { portal },
        email: Email::new(&format!("{}@exemple.fr", account.ulid())).unwrap(),
        first_name: Some(Name::new("Camille").unwrap()),
        last_name: Some(Name::new("Martin").unwrap()),
        job_title: None,
        user_type: None,
        level: Level::User,
        message: None,
        inviter: Moderator { account, name: "Camille Martin".to_owned() },
        state: InvitationState::Pending,
        generation: 1,
        terms: Terms { lifetime_in_days: 7, reminded_before_in_days: 2, kept_in_days: 365 },
        times_sent: 1,
        times_sent_that_day: 1,
        created_at: now,
        sent_at: Some(now),
        expires_at: Some(now.plus_days(7)),
        reminded_next_at: None,
        renewed_at: None,
        ended_at: None,
        ended_by: None,
        accepted_by: None,
        delivery: None,
        territory: None,
        assignment: None,
        offered_at: None,
        message_by: None,
        import: None,
    }
}

/// An open request of somebody.
pub fn request(
    account: AccountId,
    portal: PortalId,
    profile: &Profile,
    now: Instant,
) -> AdvisorRequest {
    AdvisorRequest {
        account,
        portal,
        opening: OpeningId::new(account.ulid()),
        version: 1,
        status: Status::Open,
        first_name: profile.first_name.clone(),
        last_name: profile.last_name.clone(),
        demand: Demand {
            territory: Territory::departments(["33"]).unwrap(),
            context: Statement::new("Contexte.").unwrap(),
            intention: Statement::new("Intention.").unwrap(),
            organisation: Label::new("Agence").unwrap(),
            job_title: Label::new("Conseil").unwrap(),
        },
        submitted_at: now,
        lapses_at: now.plus_days(60),
        amendment: None,
        decision: None,
        cool_down_ends_at: None,
        previous: None,
        taking: None,
    }
}
