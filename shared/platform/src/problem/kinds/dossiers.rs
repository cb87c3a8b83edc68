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

/// They take part on the side of those who ask.
pub static OTHER_SIDE: Kind = Kind {
    status: 409,
    code: "other_side",
    title: ["Déjà de l’autre côté", "On the other side already"],
    detail: [
        "Cette personne participe déjà au dossier du côté des personnes qui le portent.",
        "This person already takes part in the dossier on the side of those who ask.",
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
    title: ["Référence du dossier", "The dossier’s contact"],
    detail: [
        "Un dossier garde toujours une personne référente. Désignez d’abord une autre personne.",
        "A dossier always has a contact. Name another one first.",
    ],
};

/// As many people take part as may.
pub static SIDE_FULL: Kind = Kind {
    status: 409,
    code: "side_full",
    title: ["Nombre maximal atteint", "As many as may"],
    detail: [
        "Le nombre maximal de personnes est atteint de ce côté du dossier.",
        "As many people take part on this side of the dossier as may.",
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
