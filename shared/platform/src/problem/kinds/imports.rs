//! The refusals of spreadsheets and imports.

use crate::problem::Kind;

/// Send the file itself as the content of the request.
pub static EMPTY_FILE: Kind = Kind {
    status: 400,
    code: "empty_file",
    title: ["Fichier absent", "No file"],
    detail: [
        "Envoyez le fichier lui-même comme contenu de la requête.",
        "Send the file itself as the content of the request.",
    ],
};

/// The file exceeds 4 MB.
pub static FILE_TOO_LARGE: Kind = Kind {
    status: 413,
    code: "file_too_large",
    title: ["Fichier trop volumineux", "File too large"],
    detail: [
        "Le fichier dépasse 4\u{A0}Mo. Répartissez les personnes en plusieurs fichiers.",
        "The file exceeds 4 MB. Spread the people over several files.",
    ],
};

/// This file can't be read as a list of people; the answer says why and where.
pub static SPREADSHEET_REFUSED: Kind = Kind {
    status: 422,
    code: "spreadsheet_refused",
    title: ["Fichier non accepté", "File not accepted"],
    detail: [
        "Ce fichier ne peut pas être lu comme une liste de personnes.",
        "This file can’t be read as a list of people.",
    ],
};

/// The rows of this import are being processed.
pub static IMPORT_UNDER_WAY: Kind = Kind {
    status: 409,
    code: "import_under_way",
    title: ["Import en cours", "Import under way"],
    detail: [
        "Les lignes de cet import sont en cours de traitement.",
        "The rows of this import are being processed.",
    ],
};

/// Have it checked yourself first.
pub static IMPORT_NOT_CHECKED: Kind = Kind {
    status: 409,
    code: "import_not_checked",
    title: ["Import à vérifier", "Import to be checked"],
    detail: [
        "Lancez d’abord vous-même la vérification, qui n’envoie rien\u{A0}: elle dit ce que \
         deviendra chaque ligne, selon vos droits.",
        "Have it checked yourself first, which sends nothing: it says what each row will come to, \
         by your rights.",
    ],
};

/// This import is finished or cancelled.
pub static IMPORT_ENDED: Kind = Kind {
    status: 409,
    code: "import_ended",
    title: ["Import terminé", "Import over"],
    detail: [
        "Cet import est terminé ou annulé. Déposez un nouveau fichier pour continuer.",
        "This import is finished or cancelled. Upload a new file to go on.",
    ],
};
