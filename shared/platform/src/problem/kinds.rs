//! Every kind of refusal, with its words.

mod dossiers;
mod imports;

use super::Kind;
pub use dossiers::*;
pub use imports::*;

/// This page or object does not exist, or does not exist for you.
pub static NOT_FOUND: Kind = Kind {
    status: 404,
    code: "not_found",
    title: ["Introuvable", "Not found"],
    detail: [
        "Cette page ou cet objet n’existe pas, ou n’existe pas pour vous.",
        "This page or object does not exist, or does not exist for you.",
    ],
};

/// Sign in to go on.
pub static UNAUTHORISED: Kind = Kind {
    status: 401,
    code: "unauthorised",
    title: ["Connexion nécessaire", "Sign in first"],
    detail: ["Connectez-vous pour continuer.", "Sign in to go on."],
};

/// Your access token has expired; refresh the session or sign in again.
pub static TOKEN_EXPIRED: Kind = Kind {
    status: 401,
    code: "token_expired",
    title: ["Session à renouveler", "Session to be refreshed"],
    detail: [
        "Votre jeton d’accès a expiré ; renouvelez la session ou reconnectez-vous.",
        "Your access token has expired; refresh the session or sign in again.",
    ],
};

/// The address or the password does not match.
pub static WRONG_CREDENTIALS: Kind = Kind {
    status: 401,
    code: "wrong_credentials",
    title: ["Connexion impossible", "Sign-in failed"],
    detail: [
        "L’adresse ou le mot de passe ne correspond pas.",
        "The address or the password does not match.",
    ],
};

/// You are not allowed to do this.
pub static FORBIDDEN: Kind = Kind {
    status: 403,
    code: "forbidden",
    title: ["Action non permise", "Not allowed"],
    detail: ["Vous n’avez pas le droit de faire cela.", "You are not allowed to do this."],
};

/// This request no longer waits for a decision.
pub static ALREADY_DECIDED: Kind = Kind {
    status: 409,
    code: "already_decided",
    title: ["Demande déjà close", "Already decided"],
    detail: [
        "Cette demande n’attend plus de décision.",
        "This request no longer waits for a decision.",
    ],
};

/// A request is already open on this portal; you can revise or withdraw it.
pub static ALREADY_OPEN: Kind = Kind {
    status: 409,
    code: "already_open",
    title: ["Demande déjà en cours", "Already open"],
    detail: [
        "Une demande est déjà en cours sur ce portail ; vous pouvez la modifier ou la retirer.",
        "A request is already open on this portal; you can revise or withdraw it.",
    ],
};

/// After a refusal, some time passes before a new request.
pub static COOL_DOWN: Kind = Kind {
    status: 409,
    code: "cool_down",
    title: ["Nouvelle demande trop tôt", "Too soon to ask again"],
    detail: [
        "Après un refus, un délai s’écoule avant une nouvelle demande.",
        "After a refusal, some time passes before a new request.",
    ],
};

/// This is already so.
pub static ALREADY_HAS_IT: Kind = Kind {
    status: 409,
    code: "already_has_it",
    title: ["Rien à changer", "Nothing to change"],
    detail: ["C’est déjà le cas.", "This is already so."],
};

/// The territory is already this one.
pub static UNCHANGED: Kind = Kind {
    status: 409,
    code: "unchanged",
    title: ["Rien à changer", "Nothing to change"],
    detail: ["Le territoire est déjà celui-ci.", "The territory is already this one."],
};

/// Only a refused request can be reopened.
pub static NOT_REFUSED: Kind = Kind {
    status: 409,
    code: "not_refused",
    title: ["Demande non refusée", "Not refused"],
    detail: [
        "Seule une demande refusée peut être rouverte.",
        "Only a refused request can be reopened.",
    ],
};

/// This person is inactive on this portal.
pub static ARCHIVED: Kind = Kind {
    status: 409,
    code: "archived",
    title: ["Personne inactive", "Inactive person"],
    detail: [
        "Cette personne est inactive sur ce portail.",
        "This person is inactive on this portal.",
    ],
};

/// This person has no adviser access on this portal.
pub static NO_ACCESS: Kind = Kind {
    status: 409,
    code: "no_access",
    title: ["Aucun accès conseiller", "No adviser access"],
    detail: [
        "Cette personne n’a pas d’accès conseiller sur ce portail.",
        "This person has no adviser access on this portal.",
    ],
};

/// A portal always keeps at least one super administrator.
pub static LAST_SUPER_ADMINISTRATOR: Kind = Kind {
    status: 409,
    code: "last_super_administrator",
    title: ["Dernier super administrateur", "Last super administrator"],
    detail: [
        "Un portail garde toujours au moins une personne de niveau « Super administrateur ».",
        "A portal always keeps at least one super administrator.",
    ],
};

/// This identifier is taken; choose another one.
pub static USERNAME_TAKEN: Kind = Kind {
    status: 409,
    code: "username_taken",
    title: ["Identifiant déjà pris", "Identifier taken"],
    detail: [
        "Cet identifiant est déjà pris ; choisissez-en un autre.",
        "This identifier is taken; choose another one.",
    ],
};

/// This link is no longer valid: it has expired, was used, or was replaced by a newer one.
pub static LINK_EXPIRED: Kind = Kind {
    status: 410,
    code: "link_expired",
    title: ["Lien expiré", "Link expired"],
    detail: [
        "Ce lien n’est plus valable : il a expiré, il a déjà servi ou un lien plus récent l’a remplacé.",
        "This link is no longer valid: it has expired, was used, or was replaced by a newer one.",
    ],
};

/// This mail has arrived, is on its way, or was replaced: it is not sent again.
pub static MAIL_NOT_LOST: Kind = Kind {
    status: 409,
    code: "mail_not_lost",
    title: ["Renvoi impossible", "Not sent again"],
    detail: [
        "Ce message est arrivé, va partir ou n’est plus d’actualité : il n’est pas renvoyé.",
        "This mail has arrived, is on its way or is no longer current: it is not sent again.",
    ],
};

/// The person reported a mail as unwanted: we do not write to them any more.
pub static MAIL_NOT_WANTED: Kind = Kind {
    status: 409,
    code: "mail_not_wanted",
    title: ["Message non souhaité", "Mail not wanted"],
    detail: [
        "La personne a signalé un message comme indésirable : nous ne lui écrivons plus.",
        "The person reported a mail as unwanted: we do not write to them any more.",
    ],
};

/// This object changed since you read it; read it again before you decide.
pub static STALE: Kind = Kind {
    status: 412,
    code: "stale",
    title: ["Modifié entre-temps", "Changed meanwhile"],
    detail: [
        "Cet objet a changé depuis que vous l’avez lu ; relisez-le avant de décider.",
        "This object changed since you read it; read it again before you decide.",
    ],
};

/// The content exceeds 64 KB.
pub static TOO_LARGE: Kind = Kind {
    status: 413,
    code: "too_large",
    title: ["Contenu trop volumineux", "Too large"],
    detail: ["Le contenu dépasse 64 Ko.", "The content exceeds 64 KB."],
};

/// Send JSON with the header “Content-Type: application/json”.
pub static UNSUPPORTED_MEDIA_TYPE: Kind = Kind {
    status: 415,
    code: "unsupported_media_type",
    title: ["Format non pris en charge", "Unsupported format"],
    detail: [
        "Envoyez du JSON avec l’en-tête « Content-Type: application/json ».",
        "Send JSON with the header “Content-Type: application/json”.",
    ],
};

/// At least one field must be corrected.
pub static INVALID: Kind = Kind {
    status: 422,
    code: "invalid",
    title: ["Contenu à corriger", "Content to be corrected"],
    detail: ["Un champ au moins est à corriger.", "At least one field must be corrected."],
};

/// The content is not valid JSON.
pub static MALFORMED: Kind = Kind {
    status: 400,
    code: "malformed",
    title: ["Contenu illisible", "Unreadable content"],
    detail: ["Le contenu n’est pas du JSON valide.", "The content is not valid JSON."],
};

/// This field is required.
pub static MISSING_FIELD: Kind = Kind {
    status: 422,
    code: "missing_field",
    title: ["Champ manquant", "Missing field"],
    detail: ["Ce champ est obligatoire.", "This field is required."],
};

/// This field does not exist.
pub static UNKNOWN_FIELD: Kind = Kind {
    status: 422,
    code: "unknown_field",
    title: ["Champ inconnu", "Unknown field"],
    detail: ["Ce champ n’existe pas.", "This field does not exist."],
};

/// This field is given twice.
pub static DUPLICATE_FIELD: Kind = Kind {
    status: 422,
    code: "duplicate_field",
    title: ["Champ répété", "Repeated field"],
    detail: ["Ce champ est donné deux fois.", "This field is given twice."],
};

/// The value does not have the expected form.
pub static WRONG_TYPE: Kind = Kind {
    status: 422,
    code: "wrong_type",
    title: ["Valeur inattendue", "Unexpected value"],
    detail: ["La valeur n’a pas la forme attendue.", "The value does not have the expected form."],
};

/// This cursor is not one of this list; start again from the beginning.
pub static UNKNOWN_CURSOR: Kind = Kind {
    status: 422,
    code: "unknown_cursor",
    title: ["Curseur inconnu", "Unknown cursor"],
    detail: [
        "Ce curseur ne vient pas de cette liste ; reprenez-la depuis le début.",
        "This cursor is not one of this list; start again from the beginning.",
    ],
};

/// This password is too easy to guess; choose a sentence that only you would think of.
pub static PASSWORD_COMMON: Kind = Kind {
    status: 422,
    code: "password_common",
    title: ["Mot de passe trop courant", "Password too common"],
    detail: [
        "Ce mot de passe est trop facile à deviner ; choisissez une phrase qui n’appartient qu’à vous.",
        "This password is too easy to guess; choose a sentence that only you would think of.",
    ],
};

/// This idempotency key was used for another request.
pub static KEY_REUSED: Kind = Kind {
    status: 422,
    code: "idempotency_key_reused",
    title: ["Clé déjà utilisée", "Key already used"],
    detail: [
        "Cette clé d’idempotence a déjà servi pour une autre requête.",
        "This idempotency key was used for another request.",
    ],
};

/// Say with the If-Match header which version you have read.
pub static PRECONDITION_REQUIRED: Kind = Kind {
    status: 428,
    code: "precondition_required",
    title: ["Version à préciser", "Version required"],
    detail: [
        "Précisez avec l’en-tête If-Match la version que vous avez lue.",
        "Say with the If-Match header which version you have read.",
    ],
};

/// Wait a little before you try again.
pub static TOO_MANY_REQUESTS: Kind = Kind {
    status: 429,
    code: "too_many_requests",
    title: ["Trop de tentatives", "Too many attempts"],
    detail: ["Attendez un peu avant de recommencer.", "Wait a little before you try again."],
};

/// An error occurred and was recorded. Try again later.
pub static INTERNAL: Kind = Kind {
    status: 500,
    code: "internal",
    title: ["Erreur de notre côté", "Error on our side"],
    detail: [
        "Une erreur s’est produite ; elle est enregistrée. Réessayez plus tard.",
        "An error occurred and was recorded. Try again later.",
    ],
};

/// The service is very busy; try again in a few seconds.
pub static UNAVAILABLE: Kind = Kind {
    status: 503,
    code: "unavailable",
    title: ["Momentanément indisponible", "Unavailable for a moment"],
    detail: [
        "Le service est très sollicité ; réessayez dans quelques secondes.",
        "The service is very busy; try again in a few seconds.",
    ],
};

/// This form must be sent from its own page.
pub static CROSS_SITE: Kind = Kind {
    status: 403,
    code: "cross_site",
    title: ["Envoi depuis un autre site", "Sent from another site"],
    detail: [
        "Ce formulaire doit être envoyé depuis sa propre page.",
        "This form must be sent from its own page.",
    ],
};

/// There are no signing keys yet.
pub static NO_SIGNING_KEYS: Kind = Kind {
    status: 503,
    code: "no_signing_keys",
    title: ["Pas encore de clés", "No keys yet"],
    detail: [
        "Il n’y a pas encore de clés de signature : invoquez d’abord la fonction keys::rotate.",
        "There are no signing keys yet: invoke the function keys::rotate first.",
    ],
};

/// This address already has an open invitation to the same.
pub static ALREADY_INVITED: Kind = Kind {
    status: 409,
    code: "already_invited",
    title: ["Invitation déjà en cours", "Already invited"],
    detail: [
        "Cette adresse a déjà une invitation en cours pour ce portail ou ce dossier.",
        "This address already has an open invitation to this portal or dossier.",
    ],
};

/// This address is that of an active person of this portal.
pub static ALREADY_A_PERSON: Kind = Kind {
    status: 409,
    code: "already_a_person",
    title: ["Déjà sur ce portail", "Already on this portal"],
    detail: [
        "Cette adresse est celle d’une personne active de ce portail.",
        "This address is that of an active person of this portal.",
    ],
};

/// This invitation was accepted, declined or cancelled.
pub static INVITATION_ENDED: Kind = Kind {
    status: 409,
    code: "invitation_ended",
    title: ["Invitation close", "Invitation closed"],
    detail: [
        "Cette invitation a été acceptée, refusée ou annulée.",
        "This invitation was accepted, declined or cancelled.",
    ],
};

/// This invitation has expired or did not arrive.
pub static INVITATION_EXPIRED: Kind = Kind {
    status: 410,
    code: "invitation_expired",
    title: ["Invitation expirée", "Invitation expired"],
    detail: [
        "Cette invitation a expiré ou n’est pas arrivée.",
        "This invitation has expired or did not arrive.",
    ],
};

/// This invitation is waiting for your answer: open its last link.
pub static INVITATION_OPEN: Kind = Kind {
    status: 409,
    code: "invitation_open",
    title: ["Invitation en cours", "Invitation still open"],
    detail: [
        "Cette invitation attend votre réponse : ouvrez le dernier lien reçu.",
        "This invitation is waiting for your answer: open the last link you received.",
    ],
};

/// A preloaded invitation is sent a first time; one that was sent already is sent again.
pub static NOT_PRELOADED: Kind = Kind {
    status: 409,
    code: "not_preloaded",
    title: ["Envoi impossible", "Can’t be sent so"],
    detail: [
        "Une invitation préchargée s’envoie une première fois ; une invitation déjà envoyée se renvoie.",
        "A preloaded invitation is sent a first time; one that was sent already is sent again.",
    ],
};

/// This invitation was sent often enough today.
pub static SENT_OFTEN: Kind = Kind {
    status: 429,
    code: "sent_often",
    title: ["Trop d’envois", "Sent too often"],
    detail: [
        "Cette invitation a été envoyée assez souvent aujourd’hui.",
        "This invitation was sent often enough today.",
    ],
};

/// The address is already this one.
pub static ADDRESS_UNCHANGED: Kind = Kind {
    status: 409,
    code: "address_unchanged",
    title: ["Rien à changer", "Nothing to change"],
    detail: ["L’adresse est déjà celle-ci.", "The address is already this one."],
};

/// This person is active on this portal.
pub static NOT_ARCHIVED: Kind = Kind {
    status: 409,
    code: "not_archived",
    title: ["Personne active", "Active person"],
    detail: ["Cette personne est active sur ce portail.", "This person is active on this portal."],
};

/// The successor must be another active person of this portal.
pub static NO_SUCCESSOR: Kind = Kind {
    status: 422,
    code: "no_successor",
    title: ["Reprise impossible", "No such successor"],
    detail: [
        "La personne qui prend la suite doit être une autre personne active de ce portail.",
        "The successor must be another active person of this portal.",
    ],
};

/// Every kind, for the API's documentation and for tests.
pub static ALL: [&Kind; 70] = [
    &NOT_FOUND,
    &UNAUTHORISED,
    &TOKEN_EXPIRED,
    &WRONG_CREDENTIALS,
    &FORBIDDEN,
    &ALREADY_DECIDED,
    &ALREADY_OPEN,
    &COOL_DOWN,
    &ALREADY_HAS_IT,
    &UNCHANGED,
    &NOT_REFUSED,
    &ARCHIVED,
    &NO_ACCESS,
    &LAST_SUPER_ADMINISTRATOR,
    &USERNAME_TAKEN,
    &LINK_EXPIRED,
    &MAIL_NOT_LOST,
    &MAIL_NOT_WANTED,
    &STALE,
    &TOO_LARGE,
    &UNSUPPORTED_MEDIA_TYPE,
    &INVALID,
    &MALFORMED,
    &MISSING_FIELD,
    &UNKNOWN_FIELD,
    &DUPLICATE_FIELD,
    &WRONG_TYPE,
    &UNKNOWN_CURSOR,
    &PASSWORD_COMMON,
    &KEY_REUSED,
    &PRECONDITION_REQUIRED,
    &TOO_MANY_REQUESTS,
    &INTERNAL,
    &UNAVAILABLE,
    &CROSS_SITE,
    &NO_SIGNING_KEYS,
    &ALREADY_INVITED,
    &ALREADY_A_PERSON,
    &INVITATION_ENDED,
    &INVITATION_EXPIRED,
    &INVITATION_OPEN,
    &NOT_PRELOADED,
    &SENT_OFTEN,
    &ADDRESS_UNCHANGED,
    &NOT_ARCHIVED,
    &NO_SUCCESSOR,
    &EMPTY_FILE,
    &FILE_TOO_LARGE,
    &SPREADSHEET_REFUSED,
    &IMPORT_UNDER_WAY,
    &IMPORT_NOT_CHECKED,
    &IMPORT_ENDED,
    &DOSSIER_DECIDED,
    &DOSSIER_NOT_ACCEPTED,
    &DOSSIER_NOT_JOINABLE,
    &DOSSIER_NOT_PAUSED,
    &DOSSIER_PAUSED,
    &DOSSIER_REFUSED,
    &ALREADY_TAKES_PART,
    &TAKES_THE_OTHER_SIDE,
    &OTHER_SIDE,
    &NO_POSITION,
    &NOT_A_MEMBER,
    &NOT_OFFERED,
    &IS_REFERENT,
    &SIDE_FULL,
    &INACTIVE_HERE,
    &ALREADY_PUBLISHED,
    &TOO_MANY_PORTALS,
    &PUBLISHED_ELSEWHERE,
];
