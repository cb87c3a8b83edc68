//! Refusals: RFC 9457 problem details, with a stable code and words in the caller's language.

mod kinds;

use guichet_domain::level::Language;
use guichet_domain::permissions::{Refusal, Sight};
use guichet_domain::text::Invalid;
use serde_json::{Map, Value, json};

use crate::secrets::SecretError;
use crate::store::{CommitError, StoreError};
use crate::tokens::TokenError;
pub use kinds::*;

/// One kind of refusal: its status, its stable code, and its words in French and English.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// The title, French then English.
    pub title: [&'static str; 2],
    /// What it means and what to do, French then English.
    pub detail: [&'static str; 2],
}

/// Why a request ends otherwise than asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller is told what is wrong.
    #[error("{}", .0.kind.code)]
    Problem(Box<Problem>),
    /// Somebody was faster: what was read is to be read and decided again.
    #[error("to be decided again")]
    Again,
    /// Our fault, or AWS's: the log says what, the caller learns nothing.
    #[error("{0}")]
    Internal(String),
}

/// A refusal on its way to the caller.
#[derive(Debug)]
pub struct Problem {
    kind: &'static Kind,
    detail: Option<[String; 2]>,
    fields: Vec<(String, Invalid)>,
    codes: Vec<(String, &'static Kind)>,
    more: Map<String, Value>,
    retry_after_seconds: Option<i64>,
}

impl Problem {
    /// Whether it says how something stands: decided, gone, or changed since it was read.
    pub(crate) fn is_about_the_state(&self) -> bool {
        matches!(self.kind.status, 409 | 410 | 412)
    }

    /// That the operator's event does not have the shape that a function wants.
    pub fn of_event(error: &serde_json::Error) -> Self {
        Self::new(&INVALID).detail(error.to_string(), error.to_string())
    }

    /// A refusal of this kind.
    pub fn new(kind: &'static Kind) -> Self {
        Self {
            kind,
            detail: None,
            fields: Vec::new(),
            codes: Vec::new(),
            more: Map::new(),
            retry_after_seconds: None,
        }
    }

    /// The kind.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// A more exact detail, French then English.
    #[must_use]
    pub fn detail(mut self, french: impl Into<String>, english: impl Into<String>) -> Self {
        self.detail = Some([french.into(), english.into()]);
        self
    }

    /// A member of its own, for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        self.more.insert(name.to_owned(), json!(value));
        self
    }

    /// A field whose text is wrong.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, invalid: Invalid) -> Self {
        self.fields.push((name.into(), invalid));
        self
    }

    /// A field that is wrong in its own way.
    #[must_use]
    pub fn field_kind(mut self, name: impl Into<String>, kind: &'static Kind) -> Self {
        self.codes.push((name.into(), kind));
        self
    }

    /// After how many seconds to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: i64) -> Self {
        self.retry_after_seconds = Some(seconds.max(1));
        self
    }

    /// After how many seconds to try again, if that is known.
    pub fn retry_after_seconds(&self) -> Option<i64> {
        self.retry_after_seconds
    }

    /// The body, in one language.
    pub fn body(&self, language: Language) -> Value {
        let chosen = language as usize;
        let detail = self.detail.as_ref().map_or(self.kind.detail[chosen], |own| &own[chosen]);
        let mut body = self.more.clone();
        body.insert("type".to_owned(), json!(format!("urn:guichet:problem:{}", self.kind.code)));
        body.insert("status".to_owned(), json!(self.kind.status));
        body.insert("code".to_owned(), json!(self.kind.code));
        body.insert("title".to_owned(), json!(self.kind.title[chosen]));
        body.insert("detail".to_owned(), json!(detail));
        if !self.fields.is_empty() || !self.codes.is_empty() {
            let invalid = self.fields.iter().map(|(name, invalid)| {
                let words = invalid_words(*invalid)[chosen];
                json!({ "field": name, "code": invalid.to_string(), "detail": words })
            });
            let kinds = self.codes.iter().map(|(name, kind)| {
                json!({ "field": name, "code": kind.code, "detail": kind.detail[chosen] })
            });
            body.insert("errors".to_owned(), invalid.chain(kinds).collect());
        }
        Value::Object(body)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<&'static Kind> for Error {
    fn from(kind: &'static Kind) -> Self {
        Problem::new(kind).into()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal.sight {
            Sight::Hidden => (&NOT_FOUND).into(),
            Sight::Seen => Problem::new(&FORBIDDEN)
                .detail(refusal.rule.sentence(Language::Fr), refusal.rule.sentence(Language::En))
                .with("rule", refusal.rule)
                .into(),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Problem::new(&UNAVAILABLE).retry_after(2).into(),
            StoreError::Cursor => {
                Problem::new(&INVALID).field_kind("cursor", &UNKNOWN_CURSOR).into()
            }
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Lost => Self::Again,
            CommitError::Store(error) => error.into(),
        }
    }
}

impl From<crate::items::ShapeError> for Error {
    fn from(error: crate::items::ShapeError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Forged => (&UNAUTHORISED).into(),
            TokenError::Expired => (&TOKEN_EXPIRED).into(),
            TokenError::NoKey => Self::Internal("there is no signing key".to_owned()),
            TokenError::Secret(error) => error.into(),
            TokenError::Store(error) => error.into(),
        }
    }
}

/// The words for a text that is wrong, French then English.
pub fn invalid_words(invalid: Invalid) -> [&'static str; 2] {
    match invalid {
        Invalid::Empty => ["Ce champ est obligatoire.", "This field is required."],
        Invalid::TooLong => ["Ce texte est trop long.", "This text is too long."],
        Invalid::Characters => [
            "Ce texte contient des caractères qui ne sont pas acceptés ici.",
            "This text contains characters that are not accepted here.",
        ],
        Invalid::Email => {
            ["Cette adresse électronique n’est pas valide.", "This e-mail address is not valid."]
        }
        Invalid::Username => [
            "L’identifiant compte de 3 à 64 caractères : lettres minuscules sans accent, \
             chiffres, points, tirets.",
            "The identifier has 3 to 64 characters: small letters without accents, digits, dots, \
             hyphens, underscores.",
        ],
        Invalid::NoLinks => [
            "Ce texte part par courriel et ne peut pas contenir d’adresse de site.",
            "This text goes out by mail and can’t hold a web address.",
        ],
        Invalid::WebAddress => [
            "L’adresse doit commencer par « https:// ».",
            "The address must begin with “https://”.",
        ],
        Invalid::Phone => {
            ["Ce numéro de téléphone n’est pas valide.", "This telephone number is not valid."]
        }
        Invalid::Number => {
            ["Cette valeur est hors des limites permises.", "This value is outside its bounds."]
        }
        Invalid::PasswordShort => [
            "Le mot de passe compte au moins 15 caractères ; une phrase convient très bien.",
            "The password has at least 15 characters; a sentence does very well.",
        ],
        Invalid::NationalWithDepartments
        | Invalid::NoDepartment
        | Invalid::TooManyDepartments
        | Invalid::UnknownDepartment
        | Invalid::UnknownCommune
        | Invalid::CommuneNotOffered
        | Invalid::RevokeWithTerritory => place_words(invalid),
        Invalid::TooManyTags
        | Invalid::UnknownDossier
        | Invalid::UnknownRole
        | Invalid::UnknownPortal
        | Invalid::TakesNoPart
        | Invalid::MessageTooEarly => dossier_words(invalid),
        Invalid::Domain => [
            "Indiquez un nom de domaine, par exemple « exemple.fr ».",
            "Give the name of a domain, “exemple.fr” for instance.",
        ],
        Invalid::DomainNotInvited => [
            "Ce portail n’invite pas d’adresses de ce domaine.",
            "This portal invites no addresses of this domain.",
        ],
        Invalid::UnknownUserType => [
            "Ce type d’utilisateur n’existe pas sur ce portail.",
            "There is no such user type on this portal.",
        ],
        Invalid::UnknownLevel => ["Ce niveau n’existe pas.", "There is no such level."],
        Invalid::Past => ["Cette date est déjà passée.", "This date is already past."],
    }
}

/// The words for what is wrong with a dossier.
fn dossier_words(invalid: Invalid) -> [&'static str; 2] {
    match invalid {
        Invalid::TooManyTags => {
            ["Un dossier porte au plus dix mots-clés.", "A dossier has at most ten tags."]
        }
        Invalid::UnknownDossier => [
            "Ce dossier n’existe pas sur ce portail, ou n’accueille personne de ce côté.",
            "This dossier is not one of this portal, or takes nobody in on this side.",
        ],
        Invalid::UnknownRole => [
            "Ce rôle n’existe pas. Indiquez membre, partenaire, conseiller ou observateur.",
            "There is no such role. Say member, partner, adviser or observer.",
        ],
        Invalid::UnknownPortal => [
            "Ce portail n’existe pas, ou n’accueille pas vos dossiers.",
            "There is no such portal, or it does not take your dossiers.",
        ],
        Invalid::TakesNoPart => [
            "Cette personne ne participe pas à ce dossier.",
            "This person takes no part in this dossier.",
        ],
        _ => [
            "Une invitation ne peut porter de message qu’une fois le dossier accepté.",
            "An invitation can carry a message only once the dossier is accepted.",
        ],
    }
}

/// The words for a territory or a commune that is wrong.
fn place_words(invalid: Invalid) -> [&'static str; 2] {
    match invalid {
        Invalid::NationalWithDepartments => [
            "Choisissez la France entière ou des départements, pas les deux.",
            "Choose the whole country or departments, not both.",
        ],
        Invalid::NoDepartment => [
            "Choisissez au moins un département, ou la France entière.",
            "Choose at least one department, or the whole country.",
        ],
        Invalid::TooManyDepartments => [
            "Au-delà de 30 départements, demandez la France entière.",
            "Beyond 30 departments, ask for the whole country.",
        ],
        Invalid::UnknownCommune => [
            "Cette commune ne figure pas dans la liste officielle.",
            "This commune is not in the official list.",
        ],
        Invalid::CommuneNotOffered => [
            "Ce portail n’accueille pas de dossiers de cette collectivité.",
            "This portal takes no dossiers of this collectivity.",
        ],
        Invalid::RevokeWithTerritory => [
            "Choisissez un territoire ou le retrait de l’accès, pas les deux.",
            "Choose a territory or no access, not both.",
        ],
        _ => [
            "Ce département ne figure pas dans la liste officielle.",
            "This department is not in the official list.",
        ],
    }
}

/// The problem of a text that a domain type refused.
pub fn invalid(field: &str, why: Invalid) -> Error {
    Problem::new(&INVALID).field(field, why).into()
}
