//! Show a person of the portal, their rights there, where they take part, and whether our mails
//! reach them.
//!
//! `GET /v1/portals/{portal}/people/{account}`

use guichet_domain::mail::Recipient;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier_desk::bearer;
use crate::origins::{Origins, gifts, invitation};
use crate::outcomes::{MailOfPerson, ReaderOfMails, last_mails, newest_of};
use crate::person_positions::{HeldPosition, MOST_SHOWN, held_positions, own_dossiers};
use crate::views::{PersonPath, PersonView};

/// A person of the portal, and the last mails of this portal to them.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    #[serde(flatten)]
    person: PersonView,
    /// Where their level and adviser access come from.
    origins: Origins,
    /// The last ten mails of this portal to them, or to the invitation by which they came, with
    /// what became of them, for staff and the person (RULES E6, H3).
    #[serde(skip_serializing_if = "Option::is_none")]
    mails: Option<Vec<MailOfPerson>>,
    /// The dossiers in which they take part, of those that the reader may see: the newest twenty.
    positions: Vec<HeldPosition>,
}

/// Show a person of the portal, their rights there, and whether our mails reach them.
///
/// # Errors
/// 404 for somebody whom one may not see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/people/{account}",
    params(PersonPath),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    // Nobody without a token of ours makes us look.
    bearer(app, request).await?;
    let newest = PageQuery::first(MOST_SHOWN, Order::Descending);
    let places = [path.person()];
    let (desk, own, gifts) = tokio::join!(
        app.desk(request, Some(path.portal), &places),
        own_dossiers(app, path, &newest),
        gifts(app, path),
    );
    let desk = desk?;
    let person: Person = desk.require(&path.person())?;
    let _permit = check(&desk.actor, Action::SeePerson(&person))?;
    let reads_all = check(&desk.actor, Action::ReadMails(path.portal)).is_ok();
    let reader = if desk.account.id == path.account {
        Some(ReaderOfMails::Recipient)
    } else {
        reads_all.then_some(ReaderOfMails::Staff)
    };
    let gifts = gifts?;
    let mails = async {
        let Some(reader) = reader else { return Ok(None) };
        let to = |to| last_mails(app, to, path.portal, reader, request.language());
        let invited = async {
            match invitation(&gifts) {
                Some(id) => to(Recipient::Invitation(id)).await,
                None => Ok(Vec::new()),
            }
        };
        let both = tokio::try_join!(to(Recipient::Account(path.account)), invited)?;
        Ok::<_, Error>(Some(newest_of(both)))
    };
    let positions = held_positions(app, &desk, &person, own?);
    let (mails, positions) = tokio::try_join!(mails, positions)?;
    let reads_journal = check(&desk.actor, Action::ReadJournal(path.portal)).is_ok();
    let positions = positions.rows.into_iter();
    let positions =
        positions.map(|position| position.with_origin(&person, &gifts, reads_journal)).collect();
    let origins = Origins::of(&person, &gifts, reads_journal, app.now());
    let person = PersonView::new(&person, app.now());
    let etag = person.etag().to_owned();
    Ok(Reply::ok(&Output { person, origins, mails, positions })?.etag(&etag))
}
