//! What is to be said of invitations.

use guichet_domain::dossier::Role;
use guichet_domain::instant::Instant;
use guichet_domain::level::Level;
use guichet_domain::territory::Territory;

/// Why an invitation is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationOccasion {
    /// Somebody of the portal sends it.
    Sent,
    /// The invitee asked for a new link.
    Renewed,
    /// It expires soon.
    Reminder,
    /// It has expired: a new link can be asked for (RULES D5, D14).
    Lapsed,
}

/// What an invitation gives.
#[derive(Clone, PartialEq, Eq)]
pub enum Offered {
    /// To become a person of the portal.
    Portal {
        /// At this level.
        level: Level,
        /// With this adviser access.
        territory: Option<Territory>,
        /// Taking part in a dossier from the first day.
        first: FirstDossier,
    },
    /// To take part in a dossier.
    Dossier(OfferedPosition),
}

/// Whether somebody invited to a portal begins with a dossier.
#[derive(Clone, PartialEq, Eq)]
pub enum FirstDossier {
    /// They do not.
    None,
    /// With this one.
    Given(OfferedPosition),
    /// They should have, but it takes them in no more.
    Gone,
}

/// A position on a dossier.
#[derive(Clone, PartialEq, Eq)]
pub struct OfferedPosition {
    /// The title that the portal's moderators accepted, once they had (SECURITY S11).
    pub title: Option<String>,
    /// As what.
    pub role: Role,
}

/// What an invitation offers, and in whose name.
#[derive(Clone, PartialEq, Eq)]
pub struct Offer {
    /// The name of who invites.
    pub inviter: String,
    /// Their organisation.
    pub organisation: Option<String>,
    /// What it gives.
    pub offered: Offered,
    /// Some words, and the name of who wrote them.
    pub words: Option<(String, String)>,
    /// When the links stop working.
    pub expires_at: Instant,
    /// The portal's terms of service.
    pub terms_address: Option<String>,
    /// Why it is mailed.
    pub occasion: InvitationOccasion,
}

impl Offer {
    /// The stable code of the message.
    pub(super) fn code(&self) -> &'static str {
        match (&self.offered, self.occasion) {
            (Offered::Portal { .. }, InvitationOccasion::Sent) => "invited",
            (Offered::Portal { .. }, InvitationOccasion::Renewed) => "invitation_renewed",
            (Offered::Portal { .. }, InvitationOccasion::Reminder) => "invitation_reminder",
            (Offered::Dossier(_), InvitationOccasion::Sent) => "dossier_invited",
            (Offered::Dossier(_), InvitationOccasion::Renewed) => "dossier_invitation_renewed",
            (Offered::Dossier(_), InvitationOccasion::Reminder) => "dossier_invitation_reminder",
            (_, InvitationOccasion::Lapsed) => "dossier_invitation_lapsed",
        }
    }
}
