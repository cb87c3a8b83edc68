//! The refusals of dossiers.

use crate::problem::Kind;

/// This dossier no longer waits for a decision.
pub static DOSSIER_DECIDED: Kind = Kind {
    status: 409,
    code: "dossier_decided",
    title: ["Dossier déjà examiné", "Dossier already decided"],
    detail: [
        "Ce dossier n’attend plus de décision.",
        "This dossier no longer waits for a decision.",
    ],
};

/// This becomes possible once the portal's team has accepted the dossier.
pub static DOSSIER_NOT_ACCEPTED: Kind = Kind {
    status: 409,
    code: "dossier_not_accepted",
    title: ["Dossier non accepté", "Dossier not accepted"],
    detail: [
        "Cela devient possible une fois le dossier accepté par l’équipe du portail.",
        "This becomes possible once the portal’s team has accepted the dossier.",
    ],
};

/// You already take part on the side of those who ask.
pub static OTHER_SIDE: Kind = Kind {
    status: 409,
    code: "other_side",
    title: ["Déjà de l’autre côté", "On the other side already"],
    detail: [
        "Vous participez déjà au dossier du côté des personnes qui le portent.",
        "You already take part in the dossier, on the side of those who ask.",
    ],
};

/// They take no part in this dossier.
pub static NO_POSITION: Kind = Kind {
    status: 409,
    code: "no_position",
    title: ["Aucune participation", "No part taken"],
    detail: [
        "Cette personne ne participe pas à ce dossier.",
        "This person takes no part in this dossier.",
    ],
};

/// There is always a contact: name another one first.
pub static IS_REFERENT: Kind = Kind {
    status: 409,
    code: "is_referent",
    title: ["Personne référente du dossier", "The dossier’s contact"],
    detail: [
        "Un dossier garde toujours une personne référente. Désignez d’abord une autre personne.",
        "A dossier always has a contact. Name another one first.",
    ],
};

/// The maximum number of people on this side has been reached.
pub static SIDE_FULL: Kind = Kind {
    status: 409,
    code: "side_full",
    title: ["Nombre maximal atteint", "Side full"],
    detail: [
        "Le nombre maximal de personnes est atteint de ce côté du dossier.",
        "The maximum number of people on this side of the dossier has been reached.",
    ],
};

/// This dossier rests already.
pub static DOSSIER_PAUSED: Kind = Kind {
    status: 409,
    code: "dossier_paused",
    title: ["Dossier déjà en pause", "Dossier already paused"],
    detail: ["Ce dossier est déjà en pause.", "This dossier is already paused."],
};

/// This dossier does not rest.
pub static DOSSIER_NOT_PAUSED: Kind = Kind {
    status: 409,
    code: "dossier_not_paused",
    title: ["Dossier non mis en pause", "Dossier not paused"],
    detail: ["Ce dossier n’est pas en pause.", "This dossier is not paused."],
};

/// This dossier was refused: nothing can be changed or written on it any more.
pub static DOSSIER_REFUSED: Kind = Kind {
    status: 409,
    code: "dossier_refused",
    title: ["Dossier refusé", "Dossier refused"],
    detail: [
        "Ce dossier a été refusé\u{A0}: rien ne peut plus y être modifié ni écrit.",
        "This dossier was refused: nothing can be changed or written on it any more.",
    ],
};
