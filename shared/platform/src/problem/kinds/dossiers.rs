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
        "Vous participez déjà à ce dossier, de l’autre côté. Personne n’est à la fois du côté des \
         personnes qui portent un dossier et de celui des personnes qui le conseillent.",
        "You already take part in this dossier, on the other side. Nobody is on both: those who \
         ask, and those who advise.",
    ],
};

/// This person takes part in the dossier with at least as much.
pub static ALREADY_TAKES_PART: Kind = Kind {
    status: 409,
    code: "already_takes_part",
    title: ["Participe déjà au dossier", "Already takes part"],
    detail: [
        "La personne qui utilise cette adresse participe déjà à ce dossier.",
        "The person with this address already takes part in this dossier.",
    ],
};

/// This person takes part on the other side of the dossier.
pub static TAKES_THE_OTHER_SIDE: Kind = Kind {
    status: 409,
    code: "takes_the_other_side",
    title: ["Participe de l’autre côté", "On the other side"],
    detail: [
        "La personne qui utilise cette adresse participe déjà à ce dossier, de l’autre côté. \
         Personne n’est à la fois du côté des personnes qui portent un dossier et de celui des \
         personnes qui le conseillent.",
        "The person with this address already takes part in this dossier, on the other side. \
         Nobody is on both: those who ask, and those who advise.",
    ],
};

/// Your access to this portal is inactive: ask its team.
pub static INACTIVE_HERE: Kind = Kind {
    status: 409,
    code: "inactive_here",
    title: ["Accès inactif", "Inactive access"],
    detail: [
        "Votre accès à ce portail est inactif. Adressez-vous à l’équipe du portail.",
        "Your access to this portal is inactive. Please contact the portal’s team.",
    ],
};

/// The dossier can no longer be joined.
pub static DOSSIER_NOT_JOINABLE: Kind = Kind {
    status: 409,
    code: "dossier_not_joinable",
    title: ["Participation impossible", "The dossier can’t be joined"],
    detail: [
        "Il n’est plus possible de rejoindre ce dossier. Adressez-vous à l’équipe du portail.",
        "This dossier can no longer be joined. Please contact the portal’s team.",
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

/// Only a member of the dossier can become its contact.
pub static NOT_A_MEMBER: Kind = Kind {
    status: 409,
    code: "not_a_member",
    title: ["Personne non membre", "Not a member"],
    detail: [
        "Seule une personne qui porte déjà le dossier peut en devenir la personne référente.",
        "Only somebody who already asks with the others can become the dossier’s contact.",
    ],
};

/// Whoever speaks for a dossier does so on all of its portals: one alone does not pass that on.
pub static ON_SEVERAL_PORTALS: Kind = Kind {
    status: 409,
    code: "on_several_portals",
    title: ["Dossier de plusieurs portails", "Dossier of several portals"],
    detail: [
        "Ce dossier est publié sur plusieurs portails\u{A0}: l’équipe d’un portail peut désigner une \
         autre personne référente parmi celles qui le portent.",
        "This dossier is published on several portals: the team of one can name another contact \
         among those who ask.",
    ],
};

/// You were removed from the dossier since it was left to you.
pub static REMOVED_SINCE: Kind = Kind {
    status: 409,
    code: "removed_since",
    title: ["Participation retirée", "Removed since"],
    detail: [
        "Votre participation à ce dossier a été retirée depuis que vous pouvez prendre cette suite.",
        "You were removed from this dossier since you were named to take over.",
    ],
};

/// Nobody offers you to become the dossier's contact, or no longer.
pub static NOT_OFFERED: Kind = Kind {
    status: 409,
    code: "not_offered",
    title: ["Aucune proposition", "Nothing offered"],
    detail: [
        "Aucune proposition de devenir la personne référente de ce dossier ne vous attend, ou elle \
         a expiré.",
        "Nobody offers you to become the contact of this dossier, or the offer has expired.",
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

/// This dossier is published on that portal already.
pub static ALREADY_PUBLISHED: Kind = Kind {
    status: 409,
    code: "already_published",
    title: ["Déjà publié", "Already published"],
    detail: [
        "Ce dossier est déjà publié sur ce portail, ou y attend une réponse.",
        "This dossier is already published on that portal, or waits for an answer there.",
    ],
};

/// A dossier is published on five portals at most.
pub static TOO_MANY_PORTALS: Kind = Kind {
    status: 409,
    code: "too_many_portals",
    title: ["Nombre maximal de portails", "Too many portals"],
    detail: [
        "Un dossier est publié sur cinq portails au plus.",
        "A dossier is published on five portals at most.",
    ],
};

/// This dossier is published on another portal, too: change it there.
pub static PUBLISHED_ELSEWHERE: Kind = Kind {
    status: 409,
    code: "published_elsewhere",
    title: ["Publié sur un autre portail", "Published elsewhere"],
    detail: [
        "Ce dossier est déjà suivi sur un autre portail\u{A0}: c’est là qu’il se modifie.",
        "This dossier is already followed on another portal: change it there.",
    ],
};
