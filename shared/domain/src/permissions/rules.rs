//! The rules by which things are allowed and refused, each with its sentence in both languages.

use serde::{Deserialize, Serialize};

use crate::level::{Language, Level};

/// A rule of `permissions.rs`. Its code is stable; journals and answers carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A7.
    TheOperator,
    /// C13.
    Time,
    /// S1, B7.
    MailedLink,
    /// B5, B6.
    ProofOfTheAccount,
    /// B2.
    AnybodySignsUp,
    /// B6.
    OwnAccount,
    /// C3.
    OwnRequest,
    /// C1.
    OpenToEverybody,
    /// A1.
    OutsideThePortal,
    /// C11, S5.
    NobodyDecidesForThemselves,
    /// A3.
    NobodyActsOnAHigherLevel,
    /// A3.
    LevelsThatOneGoverns,
    /// D11.
    InvitedAddress,
    /// D2.
    InviterMayStillInvite,
    /// F4.
    TakesPart,
    /// F5.
    InTheTerritory,
    /// F5.
    BeforeModeration,
    /// F4.
    ThoseWhoAsk,
    /// F4, F9, F11.
    ReferentOrStaff,
    /// F9, F13.
    Referent,
    /// E3, E5.
    Successor,
    /// F9.
    OneSideOfADossier,
    /// D2.
    InvitersOfApplicants,
    /// D2.
    InvitersOfAdvisors,
    /// D7, D8.
    OwnInvitation,
    /// F7.
    AdvisorsSpace,
    /// F7.
    OwnNote,
    /// A2, level 1.
    People,
    /// A2, level 2.
    Reviewers,
    /// A2, level 3.
    Managers,
    /// A2, level 4.
    Administrators,
    /// A2, level 5.
    Staff,
    /// A2, level 6.
    Admins,
}

impl Rule {
    /// The rule that something needs this level or a higher one.
    pub fn at_least(level: Level) -> Self {
        match level {
            Level::User => Self::People,
            Level::Reviewer => Self::Reviewers,
            Level::Manager => Self::Managers,
            Level::Administrator => Self::Administrators,
            Level::GlobalAdministrator => Self::Staff,
            Level::SuperAdministrator => Self::Admins,
        }
    }

    /// The rule in one sentence, as it is shown to people (RULES A5).
    pub fn sentence(self, language: Language) -> &'static str {
        let (french, english) = self.sentences();
        match language {
            Language::Fr => french,
            Language::En => english,
        }
    }

    fn sentences(self) -> (&'static str, &'static str) {
        match self {
            Self::TheOperator => (
                "Seul l’exploitant de la plateforme peut le faire.",
                "Only the operator of the platform can do this.",
            ),
            Self::Time => (
                "Cela se fait automatiquement, à l’échéance prévue.",
                "This happens by itself, when its time has come.",
            ),
            Self::MailedLink => (
                "Il faut ouvrir le lien reçu par courriel.",
                "This needs the link received by e-mail.",
            ),
            Self::ProofOfTheAccount => (
                "Il faut prouver que le compte est le vôtre.",
                "This needs the proof that the account is yours.",
            ),
            Self::AnybodySignsUp => {
                ("Toute personne peut créer un compte.", "Anybody can create an account.")
            }
            Self::OwnAccount => (
                "Chaque personne dispose de son propre compte et d’aucun autre.",
                "Everybody uses their own account and no other.",
            ),
            Self::OwnRequest => (
                "Seule la personne qui a fait la demande peut la modifier ou la retirer.",
                "Only the person who made the request can revise or withdraw it.",
            ),
            Self::OpenToEverybody => (
                "Ce portail accueille les demandes de toute personne qui a un compte.",
                "This portal welcomes requests from anybody with an account.",
            ),
            Self::OutsideThePortal => (
                "Cela est réservé aux personnes actives de ce portail.",
                "This is reserved for active people of this portal.",
            ),
            Self::NobodyDecidesForThemselves => (
                "Personne ne décide de sa propre demande ni de ses propres droits.",
                "Nobody decides on their own request or their own rights.",
            ),
            Self::NobodyActsOnAHigherLevel => (
                "Personne n’agit sur une personne de niveau supérieur au sien.",
                "Nobody acts on a person of a higher level than their own.",
            ),
            Self::LevelsThatOneGoverns => (
                "L’administration globale donne et retire les niveaux 1 à 4, la super \
                 administration les niveaux 1 à 6.",
                "Global administrators give and take levels 1 to 4, super administrators levels \
                 1 to 6.",
            ),
            Self::InvitedAddress => (
                "Seule la personne qui a reçu l’invitation peut y répondre.",
                "Only the person who received the invitation can answer it.",
            ),
            Self::InviterMayStillInvite => (
                "La personne à l’origine de l’invitation n’a plus le droit d’inviter. Demandez une \
                 nouvelle invitation à l’équipe du portail.",
                "The person who invited you can no longer do so. Ask the portal’s team for a new \
                 invitation.",
            ),
            rule => rule.dossier_sentences(),
        }
    }

    fn dossier_sentences(self) -> (&'static str, &'static str) {
        match self {
            Self::TakesPart => (
                "Cela est réservé aux personnes qui participent au dossier.",
                "This is reserved for those who take part in the dossier.",
            ),
            Self::InTheTerritory => (
                "Les conseillères et conseillers voient les dossiers de leur territoire.",
                "Advisers see the dossiers of their territory.",
            ),
            Self::BeforeModeration => (
                "Avant son acceptation, un dossier n’est visible que des personnes qui le portent \
                 et de l’équipe du portail.",
                "Before it is accepted, a dossier is seen only by those who ask and the portal’s \
                 team.",
            ),
            Self::ThoseWhoAsk => (
                "Cela est réservé aux personnes qui portent le dossier et à l’équipe du portail.",
                "This is reserved for those who ask and the portal’s team.",
            ),
            Self::ReferentOrStaff => (
                "Cela est réservé à la personne référente du dossier et à l’équipe du portail.",
                "This is reserved for the dossier’s contact and the portal’s team.",
            ),
            Self::Referent => (
                "Cela est réservé à la personne référente du dossier.",
                "This is reserved for the dossier’s contact.",
            ),
            Self::Successor => (
                "Cela est réservé à la personne désignée pour prendre la suite de quelqu’un qui \
                 n’a plus accès au portail.",
                "This is reserved for whoever was named to take over from somebody who no longer \
                 has access to the portal.",
            ),
            Self::OneSideOfADossier => (
                "Personne n’est à la fois du côté des personnes qui portent un dossier et du côté \
                 de celles qui le conseillent.",
                "Nobody is on both sides of a dossier: those who ask, and those who advise.",
            ),
            Self::InvitersOfApplicants => (
                "Pour inviter du côté des personnes qui portent le dossier, il faut y participer, \
                 autrement que comme partenaire, ou faire partie de l’équipe du portail.",
                "To invite somebody who asks, one must take part in the dossier, otherwise than as \
                 a partner, or belong to the portal’s team.",
            ),
            Self::InvitersOfAdvisors => (
                "Les conseillères et conseillers du territoire et l’équipe du portail invitent à \
                 conseiller un dossier.",
                "Advisers of the territory and the portal’s team invite people to advise on a \
                 dossier.",
            ),
            Self::OwnInvitation => (
                "Une invitation à un dossier est suivie par la personne qui l’a faite, par la \
                 personne référente du dossier, de son côté, et par l’équipe du portail.",
                "An invitation to a dossier is managed by whoever made it, by the dossier’s \
                 contact, on their side, and by the portal’s team.",
            ),
            Self::AdvisorsSpace => (
                "L’espace des conseillères et conseillers n’est pas ouvert aux personnes qui \
                 portent le dossier.",
                "The advisers’ space is not open to those who ask.",
            ),
            Self::OwnNote => (
                "Une note n’est modifiable que par la personne qui l’a écrite.",
                "A note can be edited by its author only.",
            ),
            level => level.level_sentences(),
        }
    }

    fn level_sentences(self) -> (&'static str, &'static str) {
        match self {
            Self::Reviewers => (
                "Il faut au moins le niveau « Vérificateur » sur ce portail.",
                "This needs at least the level “Reviewer” on this portal.",
            ),
            Self::Managers => (
                "Il faut au moins le niveau « Gestionnaire » sur ce portail.",
                "This needs at least the level “Manager” on this portal.",
            ),
            Self::Administrators => (
                "Il faut au moins le niveau « Administrateur » sur ce portail.",
                "This needs at least the level “Administrator” on this portal.",
            ),
            Self::Staff => (
                "Il faut au moins le niveau « Administrateur global » sur ce portail.",
                "This needs at least the level “Global administrator” on this portal.",
            ),
            Self::Admins => (
                "Il faut le niveau « Super administrateur » sur ce portail.",
                "This needs the level “Super administrator” on this portal.",
            ),
            _ => (
                "Toute personne active de ce portail peut le faire.",
                "Any active person of this portal can do this.",
            ),
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}
