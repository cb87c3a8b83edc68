//! What Guichet has to say about dossiers.

use guichet_domain::instant::Instant;
use guichet_domain::territory::Territory;

use super::{Message, example_instant, example_territory};

/// What became of a dossier.
#[derive(Clone, PartialEq, Eq)]
pub struct DossierNews {
    /// Its title.
    pub title: String,
    /// Its commune.
    pub commune: String,
    /// The department of its place.
    pub department: Territory,
    /// What happened.
    pub occasion: DossierOccasion,
}

/// A dossier among others.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedDossier {
    /// Its title.
    pub title: String,
    /// Its commune.
    pub commune: String,
}

/// Why somebody is told of a dossier.
#[derive(Clone, PartialEq, Eq)]
pub enum DossierOccasion {
    /// To whoever submitted it: it reached the moderators.
    Received,
    /// To its contact: it is accepted.
    Accepted,
    /// To its contact: it is refused.
    Refused {
        /// Why, in a moderator's words.
        reason: String,
    },
    /// To its contact: staff let it rest.
    Paused {
        /// Why, in their words.
        reason: String,
    },
    /// To advisers whose territory covers it, and to staff: it is new.
    New,
    /// To its contact: nothing has been written on it for long.
    Reminder,
    /// To its contact: it is about to rest by itself.
    PauseNear {
        /// When.
        pauses_at: Instant,
    },
    /// To its contact: it rests by itself.
    PausedByTime,
    /// To whoever was removed from it.
    Removed,
    /// About who speaks for it.
    Contact(ContactNews),
}

impl DossierOccasion {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Received => "dossier_received",
            Self::Accepted => "dossier_accepted",
            Self::Refused { .. } => "dossier_refused",
            Self::Paused { .. } => "dossier_paused",
            Self::New => "dossier_new",
            Self::Reminder => "dossier_reminder",
            Self::PauseNear { .. } => "dossier_pause_near",
            Self::PausedByTime => "dossier_paused_by_time",
            Self::Removed => "dossier_removed",
            Self::Contact(news) => news.code(),
        }
    }
}

/// What became of who speaks for a dossier (RULES F9).
#[derive(Clone, PartialEq, Eq)]
pub enum ContactNews {
    /// To a member: its contact offers them to take over.
    Offered {
        /// The name of the contact.
        by: String,
        /// Until when.
        expires_at: Instant,
    },
    /// To that member: its contact takes the offer back.
    TakenBack {
        /// The name of the contact.
        by: String,
    },
    /// To its contact: the member declines.
    Declined {
        /// The name of the member.
        by: String,
    },
    /// To whoever staff made its contact.
    Named,
    /// To whoever was its contact.
    Replaced {
        /// The name of who is now.
        by: String,
    },
}

impl ContactNews {
    fn code(&self) -> &'static str {
        match self {
            Self::Offered { .. } => "dossier_referent_offered",
            Self::TakenBack { .. } => "dossier_referent_offer_taken_back",
            Self::Declined { .. } => "dossier_referent_offer_declined",
            Self::Named => "dossier_referent_named",
            Self::Replaced { .. } => "dossier_referent_replaced",
        }
    }
}

pub(super) fn examples() -> Vec<Message> {
    let reason =
        || "Il manque l’accord de la commune.\nVous pourrez le joindre ensuite.".to_owned();
    let by = || "Zoé Blanc".to_owned();
    let occasions = [
        DossierOccasion::Received,
        DossierOccasion::Accepted,
        DossierOccasion::Refused { reason: reason() },
        DossierOccasion::Paused { reason: reason() },
        DossierOccasion::New,
        DossierOccasion::Reminder,
        DossierOccasion::PauseNear { pauses_at: example_instant() },
        DossierOccasion::PausedByTime,
        DossierOccasion::Removed,
        DossierOccasion::Contact(ContactNews::Offered { by: by(), expires_at: example_instant() }),
        DossierOccasion::Contact(ContactNews::TakenBack { by: by() }),
        DossierOccasion::Contact(ContactNews::Declined { by: by() }),
        DossierOccasion::Contact(ContactNews::Named),
        DossierOccasion::Contact(ContactNews::Replaced { by: by() }),
    ];
    let news = |occasion| {
        Message::Dossier(DossierNews {
            title: "Une école pour deux villages".to_owned(),
            commune: "Saint-Étienne-de-Lisse".to_owned(),
            department: example_territory(&["33"]),
            occasion,
        })
    };
    let department = example_territory(&["33"]);
    let waits = Message::DossierToModerate { department, submitted_at: example_instant() };
    let listed = |title: &str| ListedDossier {
        title: title.to_owned(),
        commune: "Saint-Étienne-de-Lisse".to_owned(),
    };
    let dossiers = vec![listed("Une école pour deux villages"), listed("Le café du village")];
    let digest = Message::NewDossiers { dossiers, unnamed: 3 };
    occasions.map(news).into_iter().chain([waits, digest]).collect()
}
