//! The first read of everything that is done with a dossier: who asks, the dossier on the portal,
//! and the position of whoever asks, in one round trip.

use guichet_domain::changes::{Changes, Place};
use guichet_domain::dossier::{Dossier, DossierError, Position, Publication, Published, Role};
use guichet_domain::ids::{AccountId, DossierId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, Permit, Viewed, check};
use guichet_platform::app::App;
use guichet_platform::desk::{Desk, Replay};
use guichet_platform::problem::{Error, NOT_FOUND, UNAUTHORISED};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Items;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::dossier_views::{DossierView, dossier_problem};

/// A dossier of a path.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct DossierPath {
    /// The portal.
    pub(crate) portal: PortalId,
    /// The dossier.
    pub(crate) dossier: DossierId,
}

/// A dossier, and who asks.
pub(crate) struct DossierDesk {
    /// Who asks.
    pub(crate) desk: Desk,
    /// The dossier on the portal.
    pub(crate) file: Published,
    /// Their position.
    pub(crate) position: Option<Position>,
    /// When it was read.
    pub(crate) now: Instant,
}

/// The account whose token the request bears: what it holds is read together with all the rest.
///
/// # Errors
/// 401 without a valid token.
pub(crate) async fn bearer(app: &App, request: &Request) -> Result<AccountId, Error> {
    let token = request.bearer_token().ok_or_else(|| Error::from(&UNAUTHORISED))?;
    Ok(app.bearer(token).await?.account)
}

/// Where a dossier of a portal stands.
pub(crate) fn file_places(dossier: DossierId, portal: PortalId) -> Vec<Place> {
    vec![Place::Dossier(dossier), Place::Referent(dossier), Place::Publication(dossier, portal)]
}

/// The dossier of a portal, whose places were read.
///
/// # Errors
/// [`Error::Again`] for what does not belong together: a batch read is not a snapshot.
pub(crate) fn file_among(
    items: &Items,
    dossier: DossierId,
    portal: PortalId,
) -> Result<Option<Published>, Error> {
    let publication: Option<Publication> = items.find(&Place::Publication(dossier, portal))?;
    let referent = items.find(&Place::Referent(dossier))?;
    let dossier = items.find::<Dossier>(&Place::Dossier(dossier))?;
    let (Some(dossier), Some(publication), Some(referent)) = (dossier, publication, referent)
    else {
        return Ok(None);
    };
    if dossier.version != publication.dossier_version {
        return Err(Error::Again);
    }
    Ok(Some(Published { dossier, publication, referent }))
}

/// Where the position of an account on a dossier of a portal may stand: on the side of those who
/// ask, or else on the portal's advisers' side.
pub(crate) fn position_places(
    dossier: DossierId,
    portal: PortalId,
    account: AccountId,
) -> [Place; 2] {
    [Place::Position(dossier, None, account), Place::Position(dossier, Some(portal), account)]
}

/// The position that stands at one of these places, which were read.
///
/// # Errors
/// An item has another shape.
pub(crate) fn position_among(
    items: &Items,
    [asks, advises]: &[Place; 2],
) -> Result<Option<Position>, Error> {
    match items.find(asks)? {
        Some(position) => Ok(Some(position)),
        None => Ok(items.find(advises)?),
    }
}

impl DossierDesk {
    /// Reads the dossier, who asks, and what else is wanted.
    ///
    /// # Errors
    /// 401 without a session, 404 for a dossier that is not on the portal.
    pub(crate) async fn open(
        app: &App,
        request: &Request,
        path: DossierPath,
        more: &[Place],
    ) -> Result<Self, Error> {
        let account = bearer(app, request).await?;
        let DossierPath { portal, dossier } = path;
        let positions = position_places(dossier, portal, account);
        let mut places = file_places(dossier, portal);
        places.extend_from_slice(&positions);
        places.extend_from_slice(more);
        let desk = app.desk(request, Some(portal), &places).await?;
        let file = file_among(desk.items(), dossier, portal)?;
        let file = file.ok_or_else(|| Error::from(&NOT_FOUND))?;
        let position = position_among(desk.items(), &positions)?;
        let speaks = position.as_ref().is_some_and(|position| position.role == Role::Referent);
        if speaks != (file.referent.account == account) {
            // Somebody else speaks for it since one of the two was read.
            return Err(Error::Again);
        }
        Ok(Self { desk, file, position, now: app.now() })
    }

    /// The dossier as whoever asks stands to it.
    pub(crate) fn viewed(&self) -> Viewed<'_> {
        Viewed {
            publication: &self.file.publication,
            account: self.desk.account.id,
            position: self.position.as_ref(),
            now: self.now,
        }
    }

    /// Whether whoever asks may do this.
    ///
    /// # Errors
    /// 404 for what they may not see, 403 for what they may not do.
    pub(crate) fn check(&self, action: Action<'_>) -> Result<Permit, Error> {
        Ok(check(&self.desk.actor, action)?)
    }

    /// Whether whoever asks is staff of the portal.
    pub(crate) fn is_staff(&self) -> bool {
        self.desk.person.as_ref().is_some_and(|person| person.level.is_staff())
    }

    /// Whether whoever asks sees everything of it: staff and, from manager on, whoever takes part
    /// (RULES A2).
    pub(crate) fn sees_everything(&self) -> bool {
        let level = self.desk.person.as_ref().map(|person| person.level);
        let takes_part = self.position.is_some();
        level.is_some_and(|level| level.is_staff() || takes_part && level >= Level::Manager)
    }

    /// Whether this very request was done before.
    pub(crate) fn is_done(&self) -> bool {
        self.desk.replay == Replay::Done
    }

    /// The problem of a dossier that could not be changed.
    pub(crate) fn problem(&self, error: DossierError) -> Error {
        dossier_problem(error, self)
    }

    /// Writes what was decided, and answers the dossier as it then is.
    ///
    /// # Errors
    /// [`Error::Again`] when what it rests on changed meanwhile.
    pub(crate) async fn commit(
        self,
        app: &App,
        file: Published,
        changes: Changes,
    ) -> Result<Reply, Error> {
        app.commit_at(&self.desk, changes).await?;
        Self { file, ..self }.reply()
    }

    /// Writes a decision that gave whoever asks this position, if one, and answers the same.
    ///
    /// # Errors
    /// [`Error::Again`] when what it rests on changed meanwhile.
    pub(crate) async fn commit_with(
        self,
        app: &App,
        file: Published,
        position: Option<Position>,
        changes: Changes,
    ) -> Result<Reply, Error> {
        Self { position: position.or(self.position), ..self }.commit(app, file, changes).await
    }

    /// The answer that shows the dossier.
    ///
    /// # Errors
    /// It can't be written as JSON.
    pub(crate) fn reply(&self) -> Result<Reply, Error> {
        Ok(Reply::ok(&DossierView::new(self))?.etag(&self.file.etag()))
    }
}
