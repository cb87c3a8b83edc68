//! What Guichet has to say, and to whom, before any wording.

mod dossier;
mod invitation;

use std::fmt;

use guichet_domain::dossier::Role;
use guichet_domain::instant::Instant;
use guichet_domain::level::{Language, Level};
use guichet_domain::territory::Territory;

pub use dossier::{ContactNews, DossierNews, DossierOccasion, ListedDossier};
pub use invitation::{FirstDossier, InvitationOccasion, Offer, Offered, OfferedPosition};

/// What every mail has in common.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The recipient's language.
    pub language: Language,
    /// The portal's name; `None` for a Guichet account alone.
    pub portal: Option<String>,
    /// The address of the portal's team, if any.
    pub contact_address: Option<String>,
    /// The recipient's first and last name; `None` where no text written by a person may stand
    /// (SECURITY S11). Mails to unproven addresses and to moderators leave it out anyway.
    pub recipient: Option<String>,
}

/// Prints no name and no address (SECURITY S19).
impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("language", &self.language)
            .field("portal", &self.portal)
            .finish_non_exhaustive()
    }
}

/// What happened, or what is asked of the recipient.
#[derive(Clone, PartialEq, Eq)]
pub enum Message {
    /// Somebody signed up with this address: prove it.
    VerifyAddress {
        /// When the link expires.
        expires_at: Instant,
        /// Whether the sign-up carries an adviser request.
        request: CarriedRequest,
    },
    /// Choose a password by the link.
    SetPassword {
        /// When the link expires.
        expires_at: Instant,
        /// Why a password is to be chosen.
        occasion: PasswordOccasion,
    },
    /// To a first super administrator who already has an account with a password (RULES A7).
    PortalCreated,
    /// Somebody signed up with this address, which already has an account. The mail has a link,
    /// to the portal, when the envelope names one.
    AddressHasAccount {
        /// Whether the sign-up carried an adviser request, which is not passed on.
        request: CarriedRequest,
    },
    /// To the requester: the request reached the moderators.
    RequestReceived {
        /// What they asked for.
        territory: Territory,
        /// When it lapses if nobody decides.
        lapses_at: Instant,
    },
    /// To moderators: a request waits; no text written by a person (SECURITY S11).
    RequestToModerate {
        /// What is asked for.
        territory: Territory,
        /// When it was submitted.
        submitted_at: Instant,
    },
    /// A moderator changed the requested territory before deciding (RULES C7).
    RequestAmended {
        /// What was asked for.
        before: Territory,
        /// What is considered now.
        after: Territory,
    },
    /// The request is accepted (RULES C8).
    RequestAccepted {
        /// What is granted.
        territory: Territory,
    },
    /// The request is refused (RULES C9).
    RequestRefused {
        /// Why, in a moderator's words.
        reason: String,
        /// From when they can ask again.
        may_ask_again_at: Instant,
    },
    /// Nobody decided in time (RULES C13).
    RequestLapsed {
        /// What was asked for.
        territory: Territory,
    },
    /// An admin reopened a refused request (RULES C12).
    RequestReopened {
        /// Why, in an admin's words.
        reason: String,
        /// When it lapses if nobody decides.
        lapses_at: Instant,
    },
    /// Staff gave an adviser access by hand (RULES C14).
    Promoted {
        /// What is granted.
        territory: Territory,
        /// When it ends, if ever.
        ends_at: Option<Instant>,
    },
    /// Staff changed an adviser's territory (RULES C15).
    TerritoryChanged {
        /// What it was.
        before: Territory,
        /// What it is now.
        after: Territory,
    },
    /// Staff took the adviser access back (RULES C16).
    Revoked {
        /// Why, in their words, if they said.
        reason: Option<String>,
    },
    /// The level changed (RULES E2).
    LevelChanged {
        /// What it was.
        before: Level,
        /// What it is now.
        after: Level,
    },
    /// To the invited address: accept or decline by the links (RULES D4, D14).
    Invited(Offer),
    /// To who invited: the invitee accepted.
    InvitationAccepted {
        /// The invitee's name, as the inviter gave it, or else the address.
        invitee: String,
        /// What they have now.
        offered: Offered,
    },
    /// To who invited: the invitee declined (RULES D12).
    InvitationDeclined {
        /// The invitee's name, as the inviter gave it, or else the address.
        invitee: String,
        /// What they declined.
        offered: Offered,
    },
    /// To who started an import: every row has been dealt with (RULES D15).
    ImportFinished(ImportCounts),
    /// To somebody archived (RULES E3).
    Archived {
        /// Why, in staff's words, if they said.
        reason: Option<String>,
    },
    /// To whoever is to take over from somebody archived (RULES E3, E5).
    Succession {
        /// The name of the one who left.
        of: String,
        /// In how many dossiers they took part.
        dossiers: Counted,
    },
    /// To somebody restored (RULES E4).
    Restored {
        /// Their level.
        level: Level,
        /// Their adviser access, if they have one.
        territory: Option<Territory>,
    },
    /// The end of an adviser access was set or lifted (RULES C17).
    EndOfAccessSet {
        /// When it ends, if ever.
        ends_at: Option<Instant>,
    },
    /// An adviser access ends soon (RULES C17).
    EndOfAccessNear {
        /// Of which territory.
        territory: Territory,
        /// When it ends.
        ends_at: Instant,
    },
    /// An adviser access has ended by itself (RULES C17).
    AccessEnded {
        /// Of which territory.
        territory: Territory,
    },
    /// About a dossier, to those who ask or advise (RULES F).
    Dossier(DossierNews),
    /// To advisers and staff: the dossiers that were accepted the day before (RULES F3).
    NewDossiers {
        /// Those that are named.
        dossiers: Vec<ListedDossier>,
        /// How many more there are.
        unnamed: u32,
    },
    /// To moderators: a dossier waits; no text written by a person (SECURITY S11).
    DossierToModerate {
        /// The department of its place.
        department: Territory,
        /// When it was submitted.
        submitted_at: Instant,
    },
    /// To moderators: what waits, at most once a day (RULES C13).
    Digest {
        /// All open requests.
        open: Counted,
        /// Those that came since the last digest.
        new: Counted,
        /// Those that wait for more than a week.
        waiting_over_a_week: Counted,
        /// All dossiers that wait.
        dossiers: Counted,
    },
}

/// Prints the code only: reasons are personal (SECURITY S19).
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Whether a sign-up carries an adviser request (RULES C2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarriedRequest {
    /// It is a sign-up alone.
    None,
    /// It carries one, which verifying the address submits.
    Carried,
}

/// Why a password is to be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordOccasion {
    /// A portal was made, and the recipient is its first super administrator.
    FirstAdministrator,
    /// The recipient forgot theirs.
    Forgotten,
}

/// What the rows of an import came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportCounts {
    /// All rows.
    pub rows: u32,
    /// Those that were invited, and mailed.
    pub invited: u32,
    /// Those that were invited, to be mailed later.
    pub preloaded: u32,
    /// Those whose address is a person's of the portal, or invited already.
    pub known: u32,
    /// All others: duplicates, wrong and unknown values, missing rights.
    pub refused: u32,
}

/// A number, or the most that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The number.
    pub count: u32,
    /// Whether there may be more.
    pub precision: Precision,
}

/// Whether a number is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// It is the number.
    Exact,
    /// There are so many, or more.
    AtLeast,
}

/// Who signs a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signer {
    /// The team of the portal, which can be written to, or Guichet's where there is no portal.
    Team,
    /// Guichet's team: the recipient is the first of the portal's.
    Guichet,
    /// Nobody: the recipient is of the portal's team.
    Automaton,
}

impl Message {
    /// The stable code, which is also the name of the automation that sends it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::VerifyAddress { .. } => "verify_address",
            Self::SetPassword { .. } => "set_password",
            Self::PortalCreated => "portal_created",
            Self::AddressHasAccount { .. } => "address_has_account",
            Self::RequestReceived { .. } => "request_received",
            Self::RequestToModerate { .. } => "request_to_moderate",
            Self::RequestAmended { .. } => "request_amended",
            Self::RequestAccepted { .. } => "request_accepted",
            Self::RequestRefused { .. } => "request_refused",
            Self::RequestLapsed { .. } => "request_lapsed",
            Self::RequestReopened { .. } => "request_reopened",
            Self::Promoted { .. } => "promoted",
            Self::TerritoryChanged { .. } => "territory_changed",
            Self::Revoked { .. } => "revoked",
            Self::LevelChanged { .. } => "level_changed",
            Self::Invited(offer) => offer.code(),
            Self::InvitationAccepted { offered: Offered::Portal { .. }, .. } => {
                "invitation_accepted"
            }
            Self::InvitationDeclined { offered: Offered::Portal { .. }, .. } => {
                "invitation_declined"
            }
            Self::InvitationAccepted { offered: Offered::Dossier(_), .. } => {
                "dossier_invitation_accepted"
            }
            Self::InvitationDeclined { offered: Offered::Dossier(_), .. } => {
                "dossier_invitation_declined"
            }
            Self::ImportFinished(_) => "import_finished",
            Self::Archived { .. } => "archived",
            Self::Succession { .. } => "succession",
            Self::Restored { .. } => "restored",
            Self::EndOfAccessSet { .. } => "end_of_access_set",
            Self::EndOfAccessNear { .. } => "end_of_access_near",
            Self::AccessEnded { .. } => "access_ended",
            Self::Dossier(news) => news.occasion.code(),
            Self::NewDossiers { .. } => "new_dossiers",
            Self::DossierToModerate { .. } => "dossier_to_moderate",
            Self::Digest { .. } => "digest",
        }
    }

    /// Whether the greeting may hold the recipient's name: mails to unproven addresses and to
    /// moderators carry no text written by a person (SECURITY S11).
    pub(crate) fn greets_by_name(&self) -> bool {
        match self {
            Self::VerifyAddress { .. }
            | Self::AddressHasAccount { .. }
            | Self::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. }
            | Self::RequestToModerate { .. }
            | Self::DossierToModerate { .. }
            | Self::Digest { .. } => false,
            Self::SetPassword { occasion: PasswordOccasion::Forgotten, .. }
            | Self::PortalCreated
            | Self::RequestReceived { .. }
            | Self::RequestAmended { .. }
            | Self::RequestAccepted { .. }
            | Self::RequestRefused { .. }
            | Self::RequestLapsed { .. }
            | Self::RequestReopened { .. }
            | Self::Promoted { .. }
            | Self::TerritoryChanged { .. }
            | Self::Revoked { .. }
            | Self::Invited(_)
            | Self::InvitationAccepted { .. }
            | Self::InvitationDeclined { .. }
            | Self::ImportFinished(_)
            | Self::Dossier(_)
            | Self::NewDossiers { .. }
            | Self::Archived { .. }
            | Self::Succession { .. }
            | Self::Restored { .. }
            | Self::EndOfAccessSet { .. }
            | Self::EndOfAccessNear { .. }
            | Self::AccessEnded { .. }
            | Self::LevelChanged { .. } => true,
        }
    }

    /// Who signs.
    pub(crate) fn signer(&self) -> Signer {
        match self {
            Self::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. }
            | Self::PortalCreated => Signer::Guichet,
            Self::RequestToModerate { .. }
            | Self::DossierToModerate { .. }
            | Self::Digest { .. } => Signer::Automaton,
            Self::VerifyAddress { .. }
            | Self::SetPassword { occasion: PasswordOccasion::Forgotten, .. }
            | Self::AddressHasAccount { .. }
            | Self::RequestReceived { .. }
            | Self::RequestAmended { .. }
            | Self::RequestAccepted { .. }
            | Self::RequestRefused { .. }
            | Self::RequestLapsed { .. }
            | Self::RequestReopened { .. }
            | Self::Promoted { .. }
            | Self::TerritoryChanged { .. }
            | Self::Revoked { .. }
            | Self::Invited(_)
            | Self::InvitationAccepted { .. }
            | Self::InvitationDeclined { .. }
            | Self::ImportFinished(_)
            | Self::Dossier(_)
            | Self::NewDossiers { .. }
            | Self::Archived { .. }
            | Self::Succession { .. }
            | Self::Restored { .. }
            | Self::EndOfAccessSet { .. }
            | Self::EndOfAccessNear { .. }
            | Self::AccessEnded { .. }
            | Self::LevelChanged { .. } => Signer::Team,
        }
    }

    /// One example of each variant, for tests and documentation.
    pub fn examples() -> Vec<Self> {
        let mut examples = account_examples();
        examples.extend(request_examples());
        examples.extend(access_examples());
        examples.extend(invitation_examples());
        examples.extend(dossier::examples());
        examples
    }
}

/// Saturday 21 November 2026 at 20:09 in Paris, in milliseconds.
const EXAMPLE_INSTANT: i64 = 1_795_288_140_000;

fn example_instant() -> Instant {
    Instant::from_milliseconds(EXAMPLE_INSTANT)
}

fn example_territory(codes: &[&str]) -> Territory {
    Territory::departments(codes.iter().copied()).unwrap_or(Territory::National)
}

fn account_examples() -> Vec<Message> {
    vec![
        Message::VerifyAddress { expires_at: example_instant(), request: CarriedRequest::Carried },
        Message::SetPassword {
            expires_at: example_instant(),
            occasion: PasswordOccasion::FirstAdministrator,
        },
        Message::PortalCreated,
        Message::AddressHasAccount { request: CarriedRequest::Carried },
    ]
}

fn request_examples() -> Vec<Message> {
    let (wide, narrow) = (example_territory(&["33", "64"]), example_territory(&["33"]));
    let reason = "Le contexte ne dit pas quelles communes vous accompagnez.\n\
                  Précisez-le dans une nouvelle demande.";
    vec![
        Message::RequestReceived { territory: wide.clone(), lapses_at: example_instant() },
        Message::RequestToModerate { territory: wide.clone(), submitted_at: example_instant() },
        Message::RequestAmended { before: wide.clone(), after: narrow },
        Message::RequestAccepted { territory: wide.clone() },
        Message::RequestRefused { reason: reason.to_owned(), may_ask_again_at: example_instant() },
        Message::RequestLapsed { territory: wide },
        Message::RequestReopened {
            reason: "Le contexte a été précisé par téléphone.".to_owned(),
            lapses_at: example_instant(),
        },
    ]
}

fn access_examples() -> Vec<Message> {
    let exactly = |count| Counted { count, precision: Precision::Exact };
    vec![
        Message::Promoted { territory: Territory::National, ends_at: Some(example_instant()) },
        Message::TerritoryChanged {
            before: example_territory(&["21", "2A", "974"]),
            after: Territory::National,
        },
        Message::Revoked { reason: Some("La mission a pris fin en octobre.".to_owned()) },
        Message::LevelChanged { before: Level::User, after: Level::Manager },
        Message::Digest {
            open: Counted { count: 1000, precision: Precision::AtLeast },
            new: exactly(3),
            waiting_over_a_week: exactly(12),
            dossiers: exactly(2),
        },
    ]
}

fn invitation_examples() -> Vec<Message> {
    let position =
        |role| OfferedPosition { title: Some("Une école pour deux villages".to_owned()), role };
    let to_portal = || Offered::Portal {
        level: Level::Reviewer,
        territory: Some(example_territory(&["33", "64"])),
        first: FirstDossier::Given(position(Role::Advisor)),
    };
    let to_dossier = || Offered::Dossier(position(Role::Member));
    let invited = |offered, occasion| {
        Message::Invited(Offer {
            inviter: "Bruno Lefèvre".to_owned(),
            organisation: Some("Agence d’urbanisme".to_owned()),
            offered,
            words: Some((
                "Bonjour Anne,\nrejoignez-nous pour suivre les dossiers.".to_owned(),
                "Bruno Lefèvre".to_owned(),
            )),
            expires_at: example_instant(),
            terms_address: Some("https://conseil.exemple.fr/conditions".to_owned()),
            occasion,
        })
    };
    let invitee = || "Zoé Blanc".to_owned();
    let level = Level::User;
    let a_user = || Offered::Portal { level, territory: None, first: FirstDossier::Gone };
    vec![
        invited(to_portal(), InvitationOccasion::Sent),
        invited(to_portal(), InvitationOccasion::Renewed),
        invited(to_portal(), InvitationOccasion::Reminder),
        invited(to_dossier(), InvitationOccasion::Sent),
        invited(to_dossier(), InvitationOccasion::Renewed),
        invited(to_dossier(), InvitationOccasion::Reminder),
        invited(to_dossier(), InvitationOccasion::Lapsed),
        Message::InvitationAccepted { invitee: invitee(), offered: a_user() },
        Message::InvitationDeclined { invitee: invitee(), offered: a_user() },
        Message::InvitationAccepted { invitee: invitee(), offered: to_dossier() },
        Message::InvitationDeclined { invitee: invitee(), offered: to_dossier() },
        Message::ImportFinished(ImportCounts {
            rows: 5_000,
            invited: 4_891,
            preloaded: 0,
            known: 97,
            refused: 12,
        }),
        Message::Archived { reason: Some("La mission a pris fin en octobre.".to_owned()) },
        Message::Succession {
            of: "Zoé Blanc".to_owned(),
            dossiers: Counted { count: 12, precision: Precision::Exact },
        },
        Message::Restored {
            level: Level::Manager,
            territory: Some(example_territory(&["33", "64"])),
        },
        Message::EndOfAccessSet { ends_at: Some(example_instant()) },
        Message::EndOfAccessNear {
            territory: example_territory(&["33"]),
            ends_at: example_instant(),
        },
        Message::AccessEnded { territory: example_territory(&["33"]) },
    ]
}
