//! The dossier with which somebody invited to a portal begins (RULES D1).

use guichet_domain::changes::Place;
use guichet_domain::dossier::{InvitedRole, Publication};
use guichet_domain::ids::{AccountId, DossierId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::Assignment;
use guichet_domain::permissions::{Action, Permit, Viewed, check};
use guichet_domain::text::Invalid;
use guichet_platform::desk::Desk;
use guichet_platform::problem::{self, Error};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::{position_among, position_places};

/// A first position on a dossier.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstAssignment {
    dossier: DossierId,
    role: InvitedRole,
}

impl FirstAssignment {
    /// The dossier, and where the position of whoever invites may stand.
    pub(crate) fn places(self, portal: PortalId, inviter: AccountId) -> [Place; 3] {
        let [asks, advises] = position_places(self.dossier, portal, inviter);
        [Place::Publication(self.dossier, portal), asks, advises]
    }

    /// The position, for those who may also invite to the dossier.
    ///
    /// # Errors
    /// 422 for a dossier that is not the portal's.
    pub(crate) fn allowed(
        self,
        desk: &Desk,
        permit: Permit,
        now: Instant,
    ) -> Result<(Permit, Option<Assignment>), Error> {
        let (portal, account) = (desk.portal()?.id, desk.account.id);
        let publication = self.publication(desk)?;
        let positions = position_places(self.dossier, portal, account);
        let position = position_among(desk.items(), &positions)?;
        let position = position.as_ref();
        let viewed = Viewed { publication: &publication, account, position, now };
        let side = self.role.side();
        let also = check(&desk.actor, Action::InviteToDossier(viewed, side))?;
        Ok((permit.and(also), Some(Assignment::to(&publication, self.role))))
    }

    fn publication(self, desk: &Desk) -> Result<Publication, Error> {
        let place = Place::Publication(self.dossier, desk.portal()?.id);
        desk.find(&place)?.ok_or_else(unknown_dossier)
    }

    /// Whether the dossier takes them in.
    ///
    /// # Errors
    /// 422 where it does not.
    pub(crate) fn must_take_in(self, desk: &Desk) -> Result<(), Error> {
        let side = self.role.side();
        self.publication(desk)?.must_take_in(side).map_err(|_| unknown_dossier())
    }
}

fn unknown_dossier() -> Error {
    problem::invalid("assignment", Invalid::UnknownDossier)
}
