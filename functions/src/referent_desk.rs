//! What changing the person who speaks for a dossier begins with, or taking over from somebody:
//! whom it is about, and who speaks for it so far.

use guichet_domain::changes::Place;
use guichet_domain::dossier::{Position, Role};
use guichet_domain::ids::AccountId;
use guichet_domain::person::Person;
use guichet_domain::text::Invalid;
use guichet_platform::app::App;
use guichet_platform::problem::{self, Error};
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::{DossierDesk, DossierPath, position_among, position_places};

/// Whom it is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SomebodyInput {
    /// Somebody who takes part.
    pub(crate) account: AccountId,
}

/// Somebody who takes part, and what they are on the portal.
pub(crate) struct Target {
    pub(crate) position: Position,
    pub(crate) person: Option<Person>,
}

impl Target {
    /// Reads the dossier, who asks, and whom the request is about: one round trip. What is wrong
    /// with the latter is for those to know who see the dossier, which the caller looks at.
    ///
    /// # Errors
    /// 404 for a dossier that is not on the portal.
    pub(crate) async fn open(
        app: &App,
        request: &Request,
        more: &[Place],
    ) -> Result<(DossierDesk, Result<Self, Error>), Error> {
        let path: DossierPath = request.path()?;
        let DossierPath { portal, dossier } = path;
        let input: Result<SomebodyInput, Error> = request.json();
        let wanted = input.as_ref().ok().map(|input| input.account);
        let places = wanted.map(|account| {
            let [asks, advises] = position_places(dossier, portal, account);
            [asks, advises, Place::Person(account, portal)]
        });
        let all: Vec<Place> = places.iter().flatten().chain(more).cloned().collect();
        let at = DossierDesk::open(app, request, path, &all).await?;
        let target = match (input, places) {
            (Ok(_), Some([asks, advises, person])) => {
                let position = position_among(at.desk.items(), &[asks, advises])?;
                let unknown = || problem::invalid("account", Invalid::TakesNoPart);
                let person = at.desk.find(&person)?;
                let speaks = position.as_ref().is_some_and(|one| one.role == Role::Referent);
                if speaks != (wanted == Some(at.file.referent.account)) {
                    return Err(Error::Again);
                }
                position.ok_or_else(unknown).map(|position| Self { position, person })
            }
            (Err(error), _) => Err(error),
            (Ok(_), None) => Err(Error::Again),
        };
        Ok((at, target))
    }
}

/// Who speaks for the dossier so far.
///
/// # Errors
/// [`Error::Again`] when somebody else does since it was read.
pub(crate) async fn contact(app: &App, at: &DossierDesk) -> Result<Target, Error> {
    let (account, portal) = (at.file.referent.account, at.file.publication.portal);
    let position = Place::Position(at.file.dossier.id, None, account);
    let person = Place::Person(account, portal);
    let items = app.read(&[position.clone(), person.clone()]).await?;
    let position: Option<Position> = items.find(&position)?;
    let speaks = |position: &Position| position.role == Role::Referent;
    let position = position.filter(speaks).ok_or(Error::Again)?;
    Ok(Target { position, person: items.find(&person)? })
}
