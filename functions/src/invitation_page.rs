//! The page of an invitation, which the links of its mails open (SECURITY S10).

use guichet_domain::instant::Instant;
use guichet_domain::invitation::{InvitationState, Scope};
use guichet_domain::level::Language;
use guichet_mail::written_instant;
use guichet_platform::app::App;
use guichet_platform::problem::{Error, INVITATION_ENDED, INVITATION_EXPIRED};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use http::StatusCode;

use crate::links::HeldInvitation;
use crate::pages::{Fact, Field, Form, Page, Weight, words};

/// An invitation on its page.
pub(crate) struct Shown<'a> {
    pub(crate) held: HeldInvitation,
    pub(crate) language: Language,
    token: &'a str,
}

impl<'a> Shown<'a> {
    /// The invitation of a mailed link, in the language of who opened it.
    pub(crate) fn of(request: &Request, held: HeldInvitation, token: &'a str) -> Self {
        let language = request.accepted.unwrap_or(held.portal.settings.language);
        Self { held, language, token }
    }

    /// Whether it can be answered, before anything of it is shown to whoever tries.
    ///
    /// # Errors
    /// It has expired, or ended.
    pub(crate) fn must_be_open(&self, now: Instant) -> Result<(), Error> {
        match self.held.invitation.state_at(now) {
            InvitationState::Pending => Ok(()),
            InvitationState::Expired | InvitationState::Undeliverable => {
                Err((&INVITATION_EXPIRED).into())
            }
            _ => Err((&INVITATION_ENDED).into()),
        }
    }

    /// The page of the invitation as it stands: to be accepted, to be renewed, or closed, which
    /// shows nothing of it (SECURITY S10).
    pub(crate) fn page(&self, app: &App) -> Page {
        match self.held.invitation.state_at(app.now()) {
            InvitationState::Pending => self.open(&Typed::default()),
            InvitationState::Expired | InvitationState::Undeliverable => self.expired(),
            _ => closed(self.language),
        }
    }

    /// The page with what was wrong the last time, in the form where it was.
    ///
    /// # Errors
    /// The page can't be written.
    pub(crate) fn again(&self, wrong: Wrong, typed: &Typed<'_>) -> Result<Reply, Error> {
        let mut page = self.open(typed);
        for form in page.forms.iter_mut().filter(|form| form.name == wrong.form) {
            form.wrong(&wrong.field, wrong.problem.clone());
        }
        page.reply(StatusCode::UNPROCESSABLE_ENTITY)
    }

    fn open(&self, typed: &Typed<'_>) -> Page {
        let language = self.language;
        let title = words(language, "Répondre à une invitation", "Answer an invitation");
        let inviter = &self.held.invitation.inviter.name;
        let first = match (self.held.invitation.scope, language) {
            (Scope::Portal { .. }, Language::Fr) => {
                format!("{inviter} vous invite à rejoindre ce portail.")
            }
            (Scope::Portal { .. }, Language::En) => {
                format!("{inviter} invites you to join this portal.")
            }
            (Scope::Dossier { .. }, Language::Fr) => {
                format!("{inviter} vous invite à participer à un dossier de ce portail.")
            }
            (Scope::Dossier { .. }, Language::En) => {
                format!("{inviter} invites you to take part in a dossier of this portal.")
            }
        };
        let mut page = Page::new(language, title, &[&first]);
        page.facts = self.facts();
        page.forms = vec![self.account_form(), self.newcomer_form(typed)];
        page
    }

    /// What the page may show of the invitation: no name of the invitee, and a masked address.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let language = self.language;
        let mut facts = vec![
            Fact {
                label: words(language, "Portail", "Portal"),
                value: self.held.portal.settings.name.as_str().to_owned(),
            },
            Fact {
                label: words(language, "Adresse invitée", "Invited address"),
                value: self.held.invitation.email.masked(),
            },
        ];
        facts.extend(self.held.invitation.expires_at.map(|at| Fact {
            label: words(language, "Expiration", "Expires"),
            value: written_instant(at, language),
        }));
        facts
    }

    fn account_form(&self) -> Form {
        let language = self.language;
        let password = Field {
            name: "password",
            kind: "password",
            label: words(language, "Mot de passe", "Password"),
            hint: words(
                language,
                "Celui du compte qui utilise l’adresse invitée.",
                "That of the account which uses the invited address.",
            ),
            value: String::new(),
            autocomplete: "current-password",
            problem: None,
        };
        Form {
            name: "account",
            title: words(language, "Vous avez déjà un compte", "You already have an account"),
            action: "/invitation/accept",
            token: self.token.to_owned(),
            fields: vec![password],
            button: words(language, "Accepter avec mon compte", "Accept with my account"),
            weight: Weight::Main,
        }
    }

    fn newcomer_form(&self, typed: &Typed<'_>) -> Form {
        let language = self.language;
        let field = |name, label, value: Option<&str>, autocomplete| Field {
            name,
            kind: "text",
            label,
            hint: "",
            problem: None,
            value: value.unwrap_or_default().to_owned(),
            autocomplete,
        };
        let first_name = words(language, "Prénom", "First name");
        let last_name = words(language, "Nom", "Last name");
        let username = Field {
            hint: words(
                language,
                "De 3 à 64 lettres minuscules sans accent, chiffres, points ou tirets. Il ne \
                 changera jamais.",
                "3 to 64 small letters without accents, digits, dots or hyphens. It never changes.",
            ),
            ..field(
                "username",
                words(language, "Identifiant", "Identifier"),
                typed.username,
                "username",
            )
        };
        let password = Field {
            kind: "password",
            hint: words(
                language,
                "Au moins 15 caractères ; une phrase convient très bien.",
                "At least 15 characters; a sentence does very well.",
            ),
            ..field("password", words(language, "Mot de passe", "Password"), None, "new-password")
        };
        Form {
            name: "newcomer",
            title: words(language, "Vous n’avez pas de compte", "You have no account"),
            action: "/invitation/create-account",
            token: self.token.to_owned(),
            fields: vec![
                field("first_name", first_name, typed.first_name, "given-name"),
                field("last_name", last_name, typed.last_name, "family-name"),
                username,
                password,
            ],
            button: words(language, "Créer mon compte et accepter", "Create my account and accept"),
            weight: Weight::Main,
        }
    }

    fn expired(&self) -> Page {
        let language = self.language;
        let title = words(language, "Cette invitation a expiré", "This invitation has expired");
        let what = words(
            language,
            "Vous pouvez demander un nouveau lien : il sera envoyé à l’adresse invitée, une fois \
             par jour au plus, tant que la personne à l’origine de l’invitation peut encore \
             inviter.",
            "You can ask for a new link: it will be mailed to the invited address, once a day at \
             most, while the person who invited you may still do so.",
        );
        let mut page = Page::new(language, title, &[what]);
        page.facts = self.facts();
        page.facts.truncate(2);
        page.forms = vec![Form {
            name: "renew",
            title: "",
            action: "/invitation/renew",
            token: self.token.to_owned(),
            fields: Vec::new(),
            button: words(language, "Recevoir un nouveau lien", "Get a new link"),
            weight: Weight::Main,
        }];
        page
    }
}

/// What was wrong the last time, and where.
pub(crate) struct Wrong {
    /// The form.
    pub(crate) form: &'static str,
    /// The field.
    pub(crate) field: String,
    /// What is wrong with it.
    pub(crate) problem: String,
}

/// What a newcomer typed the last time; never the password. The page itself fills in nothing: the
/// invitee's name is not for whoever opens a link (SECURITY S10).
#[derive(Default)]
pub(crate) struct Typed<'a> {
    pub(crate) first_name: Option<&'a str>,
    pub(crate) last_name: Option<&'a str>,
    pub(crate) username: Option<&'a str>,
}

/// The page of an invitation that was answered or taken back.
fn closed(language: Language) -> Page {
    let title = words(language, "Cette invitation est close", "This invitation is closed");
    let what = words(
        language,
        "Elle a été acceptée, refusée ou annulée. Si vous avez besoin d’un accès, adressez-vous à \
         l’équipe du portail.",
        "It was accepted, declined or cancelled. If you need access, please contact the portal’s \
         team.",
    );
    Page::new(language, title, &[what])
}
