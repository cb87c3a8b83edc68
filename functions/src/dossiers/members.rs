//! List who takes part in a dossier, on both sides, and who is invited, with what the reader may do
//! to each.
//!
//! `GET /v1/portals/{portal}/dossiers/{dossier}/members`

use guichet_domain::changes::Place;
use guichet_domain::dossier::{MOST_ON_A_SIDE, Position, Role, Side};
use guichet_domain::ids::{AccountId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::Scope;
use guichet_domain::permissions::Action;
use guichet_domain::person::Person;
use guichet_domain::text::Label;
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier_desk::{DossierDesk, DossierPath, bearer};
use crate::invitation_lists::InvitedToDossier;
use crate::invitation_views::InvitationRow;

/// Who takes part.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    /// Those who ask, the contact first.
    applicants: Vec<Member>,
    /// Those who advise and observe on this portal.
    advisors: Vec<Member>,
    /// Those who are invited and have not answered, the newest first, a hundred at most.
    invitations: Vec<InvitedToDossier>,
}

/// Somebody who takes part.
#[derive(Debug, Serialize, ToSchema)]
struct Member {
    account: AccountId,
    /// As the portal knows them; absent for whoever is no person of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<Label>,
    role: Role,
    since: Instant,
    /// Since when they are inactive on the portal, and see nothing, for those who see its people.
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at: Option<Instant>,
    /// Whether the reader may remove them.
    may_remove: bool,
    /// Whether the reader, who speaks for the dossier, may offer them to take over.
    may_offer_referent: bool,
    /// Whether the reader may have them speak for the dossier at once.
    may_name_referent: bool,
    /// What If-Match wants to remove them.
    etag: String,
}

/// List who takes part in a dossier.
///
/// # Errors
/// 404 for a dossier that is not theirs to see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/dossiers/{dossier}/members",
    params(DossierPath),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    // Nobody without a token of ours makes us look.
    bearer(app, request).await?;
    let (at, applicants, advisors, invited) = tokio::join!(
        DossierDesk::open(app, request, path, &[]),
        positions(app, path, None),
        positions(app, path, Some(path.portal)),
        invited(app, path),
    );
    let at = at?;
    let _permit = at.check(Action::SeeDossier(at.viewed()))?;
    let (mut applicants, advisors) = (applicants?, advisors?);
    applicants.sort_by_key(|position| position.role != Role::Referent);
    let place = |position: &Position| Place::Person(position.account, path.portal);
    let places: Vec<Place> = applicants.iter().chain(&advisors).map(place).collect();
    let people = app.read(&places).await?;
    let referent: Option<Person> =
        people.find(&Place::Person(at.file.referent.account, path.portal))?;
    let member = |position: &Position| {
        let person: Option<Person> = people.find(&place(position))?;
        Ok::<_, StoreError>(Member::new(&at, position, [person.as_ref(), referent.as_ref()]))
    };
    let is_open = |row: &InvitationRow| row.state_at(at.now).is_open();
    let open = invited?.into_iter().filter(is_open);
    Reply::ok(&Output {
        applicants: applicants.iter().map(member).collect::<Result<_, _>>()?,
        advisors: advisors.iter().map(member).collect::<Result<_, _>>()?,
        invitations: open.map(|row| InvitedToDossier::new(&at, row)).collect(),
    })
}

/// The newest invitations to the dossier that are not written down as ended.
async fn invited(app: &App, path: DossierPath) -> Result<Vec<InvitationRow>, StoreError> {
    let DossierPath { portal, dossier } = path;
    let open = Listing::OpenInvitations(Scope::Dossier { portal, dossier });
    Ok(app.page(&open, &PageQuery::first(100, Order::Descending)).await?.rows)
}

/// The positions of one side, which has at most a hundred.
async fn positions(
    app: &App,
    path: DossierPath,
    portal: Option<PortalId>,
) -> Result<Vec<Position>, StoreError> {
    let most = u16::try_from(MOST_ON_A_SIDE).unwrap_or(u16::MAX);
    let query = PageQuery::first(most, Order::Ascending);
    Ok(app.page(&Listing::Positions(path.dossier, portal), &query).await?.rows)
}

impl Member {
    fn new(at: &DossierDesk, position: &Position, people: [Option<&Person>; 2]) -> Self {
        let [person, _] = people;
        let is_member = position.role == Role::Member;
        let takes_over = is_member || position.role == Role::Partner;
        let offered = Action::OfferReferent(at.viewed(), position, person);
        let named = Action::NameReferent(at.viewed(), position, people);
        let takes_in = at.file.must_take_in(Side::Applicants).is_ok();
        let decides = !position.asks() || at.file.decides_who_asks();
        let removed = at.check(Action::RemoveMember(at.viewed(), position, person));
        let sees_people = at.check(Action::SeePeople(at.file.publication.portal)).is_ok();
        let is_own = position.account == at.desk.account.id;
        Self {
            account: position.account,
            name: person.map(|person| person.profile.full_name()),
            organisation: person.and_then(|person| person.profile.organisation.clone()),
            role: position.role,
            since: position.since,
            archived_at: person.filter(|_| sees_people).and_then(|person| person.archived_at),
            may_remove: removed.is_ok() && !is_own && decides && position.role != Role::Referent,
            may_offer_referent: is_member && takes_in && at.check(offered).is_ok(),
            may_name_referent: takes_over && takes_in && at.check(named).is_ok(),
            etag: position.version.to_string(),
        }
    }
}
