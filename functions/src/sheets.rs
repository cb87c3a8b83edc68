//! What our spreadsheets say: the template, the report of an import, the list of people; and why a
//! file of somebody's is refused.

use guichet_domain::dossier::InvitedRole;
use guichet_domain::import::{Cells, Field, HeadingError, Headings, Row, Verdict};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::InvitationState;
use guichet_domain::level::{Language, Level};
use guichet_domain::portal::Settings;
use guichet_domain::text::Name;
use guichet_mail::written_territory;
use guichet_platform::problem::{Error, Problem, SPREADSHEET_REFUSED, invalid_words};
use guichet_platform::reply::Reply;
use guichet_spreadsheet::{Choices, Column, Line, MOST_LINES, Refusal, Sheet, read, write};

use crate::invitation_views::InvitationRow;
use crate::people_lists::PersonRow;

/// A text in both languages, French first.
type Both = [&'static str; 2];

fn said(both: Both, language: Language) -> &'static str {
    both[language as usize]
}

/// Columns of text under these headings, so many characters wide.
fn texts<const COUNT: usize>(columns: [(Both, u16); COUNT], language: Language) -> [Column; COUNT] {
    columns.map(|(heading, width)| Column::of_text(said(heading, language), width))
}

/// The answer that holds sheets as a file.
///
/// # Errors
/// Something is longer than the format allows.
pub(crate) fn workbook(sheets: &[Sheet], now: Instant, name: &str) -> Result<Reply, Error> {
    let bytes = write(sheets, now.seconds());
    let bytes = bytes.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Reply::workbook(bytes, name))
}

/// The rows of a file, and the headings of columns that nothing is read from.
///
/// # Errors
/// 422 for a file that can't be accepted, with the reason and the place.
pub(crate) fn rows_of(file: &[u8]) -> Result<(Vec<Row>, Vec<String>), Error> {
    let mut lines = read(file).map_err(|refusal| refused(&refusal))?.into_iter();
    let first = lines.next().map(|line| line.cells).unwrap_or_default();
    let headings = Headings::new(&first).map_err(|error| misheaded(&error))?;
    let rows = headings.rows(lines.map(|Line { number, cells }| (number, cells)));
    if rows.is_empty() {
        return Err(refused(&Refusal::Empty));
    }
    if rows.len() > MOST_LINES {
        return Err(refused(&Refusal::TooManyLines));
    }
    Ok((rows, headings.ignored))
}

fn misheaded(error: &HeadingError) -> Error {
    let problem = Problem::new(&SPREADSHEET_REFUSED);
    let named = |fields: &[Field], language| {
        let names = fields.iter().map(|field| field.heading(language));
        names.collect::<Vec<_>>().join(", ")
    };
    match error {
        HeadingError::Missing(fields) => problem
            .detail(
                format!(
                    "La première ligne doit comporter les titres de colonnes du modèle. Il \
                     manque\u{A0}: {}.",
                    named(fields, Language::Fr)
                ),
                format!(
                    "The first row must hold the headings of the template. These are missing: {}.",
                    named(fields, Language::En)
                ),
            )
            .with("reason", "missing_columns")
            .with("columns", fields)
            .into(),
        HeadingError::Twice(field) => problem
            .detail(
                format!(
                    "Plusieurs colonnes portent le titre «\u{A0}{}\u{A0}».",
                    field.heading(Language::Fr)
                ),
                format!("Several columns have the heading “{}”.", field.heading(Language::En)),
            )
            .with("reason", "column_twice")
            .with("columns", [field])
            .into(),
    }
}

/// Why a file is refused, in words that say what to do.
fn refused(refusal: &Refusal) -> Error {
    let place = refusal.place().unwrap_or_default();
    let words = refusal_words(refusal).map(|words| words.replace("{place}", place));
    let [french, english] = words;
    let problem = Problem::new(&SPREADSHEET_REFUSED)
        .detail(french, english)
        .with("reason", refusal.to_string());
    match refusal.place() {
        Some(place) => problem.with("place", place).into(),
        None => problem.into(),
    }
}

fn refusal_words(refusal: &Refusal) -> Both {
    match refusal {
        Refusal::NotASpreadsheet => [
            "Ce fichier n’est pas une feuille de calcul. Enregistrez-le au format Excel (.xlsx) ou \
             CSV.",
            "This file is not a spreadsheet. Save it as Excel (.xlsx) or CSV.",
        ],
        Refusal::OldFormat => [
            "Ce format d’avant 2007 n’est pas accepté. Enregistrez le fichier au format .xlsx.",
            "This format from before 2007 is not accepted. Save the file as .xlsx.",
        ],
        Refusal::Encrypted => [
            "Ce fichier est protégé par un mot de passe. Enregistrez-en une copie sans mot de passe.",
            "This file is protected by a password. Save a copy without one.",
        ],
        Refusal::Macros(_) => [
            "Ce fichier contient des macros ({place}). Enregistrez-le au format .xlsx, sans macros.",
            "This file holds macros ({place}). Save it as .xlsx, without macros.",
        ],
        Refusal::Formula(_) => [
            "La cellule {place} contient une formule. Remplacez-la par sa valeur.",
            "The cell {place} holds a formula. Replace it with its value.",
        ],
        Refusal::DocumentType(_) => [
            "Ce fichier renvoie à des données extérieures ({place}), ce qui n’est pas accepté.",
            "This file refers to data elsewhere ({place}), which is not accepted.",
        ],
        Refusal::Malformed(_) => [
            "Ce fichier est endommagé ou incomplet (à cet endroit\u{A0}: {place}). Enregistrez-le \
             de nouveau avec votre tableur.",
            "This file is damaged or incomplete (here: {place}). Save it again with your \
             spreadsheet program.",
        ],
        Refusal::UnknownEncoding => [
            "Les lettres accentuées de ce fichier ne peuvent pas être lues. Enregistrez-le au format \
             .xlsx ou «\u{A0}CSV UTF-8\u{A0}».",
            "The accented letters of this file can’t be read. Save it as .xlsx or “CSV UTF-8”.",
        ],
        Refusal::UnpackedTooLarge => [
            "Le contenu de ce fichier est trop volumineux. Ne gardez que la liste des personnes.",
            "The content of this file is too large. Keep only the list of people.",
        ],
        Refusal::TooManyParts => [
            "Ce fichier comporte trop d’éléments. Copiez la liste dans un nouveau classeur.",
            "This file has too many parts. Copy the list into a new workbook.",
        ],
        Refusal::TooManyCells => [
            "Ce fichier comporte trop de cellules. Copiez la liste dans un nouveau classeur.",
            "This file has too many cells. Copy the list into a new workbook.",
        ],
        Refusal::TooManyLines => [
            "Ce fichier comporte plus de 5\u{202F}000 personnes. Répartissez-les en plusieurs \
             fichiers.",
            "This file has more than 5,000 people. Spread them over several files.",
        ],
        Refusal::TooManyColumns(_) => [
            "Ce fichier comporte plus de 50 colonnes (cellule {place}).",
            "This file has more than 50 columns (cell {place}).",
        ],
        Refusal::Empty => {
            ["Ce fichier ne contient aucune personne.", "There is nobody in this file."]
        }
    }
}

/// The template: an empty list, and a sheet that explains its columns.
pub(crate) fn template(settings: &Settings, giver: Level, language: Language) -> [Sheet; 2] {
    let levels = Level::ALL.into_iter().filter(|level| giver.governs(*level));
    let levels: Vec<String> = levels.map(|level| level.name(language).to_owned()).collect();
    let types: Vec<String> =
        settings.user_types.iter().map(|label| label.as_str().to_owned()).collect();
    let roles = InvitedRole::ALL.map(|role| role.name(language).to_owned()).to_vec();
    let column = |field: Field| {
        let choices = match field {
            Field::Level => offered(levels.clone()),
            Field::UserType => offered(types.clone()),
            Field::Role => offered(roles.clone()),
            _ => Choices::Any,
        };
        Column { choices, ..Column::of_text(field.heading(language), width(field)) }
    };
    let list = Sheet {
        name: said(["Personnes", "People"], language).to_owned(),
        columns: Field::ALL.map(column).to_vec(),
        lines: Vec::new(),
    };
    let explained = Field::ALL.map(|field| {
        let required = said(required(field), language);
        let text = said(explanation(field), language).to_owned();
        let text = match field {
            Field::Level => format!("{text} {}.", levels.join(", ")),
            Field::Role => format!("{text} {}.", roles.join(", ")),
            Field::UserType if !types.is_empty() => format!("{text} {}.", types.join(", ")),
            _ => text,
        };
        vec![field.heading(language).to_owned(), required.to_owned(), text]
    });
    let columns = [
        (["Colonne", "Column"], 24),
        (["Obligatoire", "Required"], 14),
        (["Contenu", "Content"], 90),
    ];
    let explanations = Sheet {
        name: said(["Mode d’emploi", "How to"], language).to_owned(),
        columns: texts(columns, language).to_vec(),
        lines: explained.to_vec(),
    };
    [list, explanations]
}

/// The choices of a column, where a spreadsheet program can offer them: their list is bounded.
fn offered(choices: Vec<String>) -> Choices {
    const MOST_CHARACTERS: usize = 250;
    let length: usize = choices.iter().map(|choice| choice.chars().count() + 1).sum();
    let is_plain = choices.iter().all(|choice| !choice.contains([',', '"']));
    if choices.is_empty() || length > MOST_CHARACTERS || !is_plain {
        Choices::Any
    } else {
        Choices::OneOf(choices)
    }
}

fn width(field: Field) -> u16 {
    match field {
        Field::Email => 40,
        Field::JobTitle => 30,
        _ => 24,
    }
}

fn required(field: Field) -> Both {
    if field.is_required() { ["oui", "yes"] } else { ["non", "no"] }
}

fn explanation(field: Field) -> Both {
    match field {
        Field::FirstName | Field::LastName => [
            "Lettres, espaces, traits d’union et apostrophes, 50 caractères au plus.",
            "Letters, spaces, hyphens and apostrophes, 50 characters at most.",
        ],
        Field::Email => [
            "L’adresse à laquelle l’invitation est envoyée. Une seule ligne par adresse.",
            "The address to which the invitation is sent. One row for each address.",
        ],
        Field::JobTitle => ["120 caractères au plus.", "120 characters at most."],
        Field::UserType => [
            "Un type défini par le portail\u{A0}; à défaut, celui choisi pour toutes les lignes.",
            "A type set by the portal; otherwise the one chosen for all rows.",
        ],
        Field::Level => [
            "À défaut, le niveau choisi pour toutes les lignes. Valeurs possibles\u{A0}:",
            "Otherwise the level chosen for all rows. Possible values:",
        ],
        Field::Territory => [
            "Donne un accès conseiller\u{A0}: des départements, par leur numéro ou leur nom, \
             séparés par des virgules (33, 64), ou «\u{A0}France entière\u{A0}».",
            "Gives an adviser access: departments, by number or by name, with commas between them \
             (33, 64), or “whole country”.",
        ],
        Field::Dossier => [
            "L’identifiant d’un premier dossier (dos_…), que montre son adresse sur le portail\u{A0}; \
             à défaut, celui choisi pour toutes les lignes.",
            "The identifier of a first dossier (dos_…), which its address on the portal shows; \
             otherwise the one chosen for all rows.",
        ],
        Field::Role => [
            "La participation à ce dossier\u{A0}; à défaut, celle choisie pour toutes les lignes. \
             Valeurs possibles\u{A0}:",
            "The part taken in that dossier; otherwise the one chosen for all rows. Possible \
             values:",
        ],
    }
}

/// The report of an import: each row as it was written, and what it came to.
pub(crate) fn report(rows: &[Row], language: Language) -> Sheet {
    let fields = Field::ALL.map(|field| Column::of_text(field.heading(language), width(field)));
    let outcome = [(["Résultat", "Result"], 34), (["Précision", "Detail"], 60)];
    let columns = texts([(["Ligne", "Row"], 8)], language).into_iter().chain(fields);
    let columns = columns.chain(texts(outcome, language)).collect();
    let line = |row: &Row| {
        let cells = row.cells.clone();
        let Cells { first_name, last_name, email, job_title, user_type, .. } = cells;
        let Cells { level, territory, dossier, role, .. } = row.cells.clone();
        let (result, detail) = row.verdict.map(|verdict| verdict_words(verdict, language)).unzip();
        vec![
            row.number.to_string(),
            first_name,
            last_name,
            email,
            job_title.unwrap_or_default(),
            user_type.unwrap_or_default(),
            level.unwrap_or_default(),
            territory.unwrap_or_default(),
            dossier.unwrap_or_default(),
            role.unwrap_or_default(),
            result.unwrap_or_default().to_owned(),
            detail.unwrap_or_default(),
        ]
    };
    let name = said(["Compte rendu", "Report"], language).to_owned();
    Sheet { name, columns, lines: rows.iter().map(line).collect() }
}

/// A verdict and what there is to say beside it.
fn verdict_words(verdict: Verdict, language: Language) -> (&'static str, String) {
    let words = match verdict {
        Verdict::New => ["À inviter", "To be invited"],
        Verdict::Invited => ["Invitation envoyée", "Invitation sent"],
        Verdict::Preloaded => ["Invitation préparée, non envoyée", "Invitation prepared, not sent"],
        Verdict::AlreadyAPerson => ["Déjà membre du portail", "Already a member of the portal"],
        Verdict::AlreadyInvited => ["Déjà invitée", "Already invited"],
        Verdict::Duplicate { .. } => ["Doublon", "Duplicate"],
        Verdict::Invalid { .. } => ["Valeur non valide", "Invalid value"],
        Verdict::UnknownValue { .. } => ["Valeur inconnue", "Unknown value"],
        Verdict::Failed => ["Non traitée", "Not processed"],
        Verdict::RightMissing => ["Droit manquant", "Right missing"],
    };
    let detail = match verdict {
        Verdict::Duplicate { row } => {
            let same = ["Même adresse que la ligne", "Same address as row"];
            format!("{} {row}", said(same, language))
        }
        Verdict::Invalid { field, why } | Verdict::UnknownValue { field, why } => {
            let colon = said(["\u{A0}: ", ": "], language);
            format!("{}{colon}{}", field.heading(language), said(invalid_words(why), language))
        }
        Verdict::Failed => said(
            [
                "Une erreur technique a empêché de traiter cette ligne. Invitez cette personne à part.",
                "A technical failure kept this row from being processed. Invite this person alone.",
            ],
            language,
        )
        .to_owned(),
        Verdict::RightMissing => said(
            [
                "La personne au nom de qui l’import est fait ne peut pas donner ce niveau, ou faire \
                 revenir cette personne.",
                "The person in whose name this is done may not give this level, or bring this \
                 person back.",
            ],
            language,
        )
        .to_owned(),
        _ => String::new(),
    };
    (said(words, language), detail)
}

/// The list of people.
pub(crate) fn people(rows: Vec<PersonRow>, now: Instant, language: Language) -> Sheet {
    let columns = [
        (["Nom", "Last name"], 24),
        (["Prénom", "First name"], 24),
        (["Adresse électronique", "E-mail address"], 40),
        (["Organisation", "Organisation"], 30),
        (["Fonction", "Job title"], 30),
        (["Téléphone", "Phone"], 18),
        (["Type d’utilisateur", "User type"], 20),
        (["Niveau", "Level"], 24),
        (["Accès conseiller", "Adviser access"], 40),
        (["Depuis le", "Since"], 14),
        (["Inactive depuis le", "Inactive since"], 18),
        (["Dernière activité le", "Last active on"], 20),
    ];
    let line = |row: PersonRow| {
        let territory = row.territory_at(now);
        let territory = territory.map(|territory| written_territory(&territory, language));
        let label = |label: Option<guichet_domain::text::Label>| {
            label.map(|label| label.as_str().to_owned()).unwrap_or_default()
        };
        let day = |at: Option<Instant>| at.map(Instant::day).unwrap_or_default();
        let profile = row.profile;
        vec![
            profile.last_name.as_str().to_owned(),
            profile.first_name.as_str().to_owned(),
            profile.email.map(|email| email.as_str().to_owned()).unwrap_or_default(),
            label(profile.organisation),
            label(profile.job_title),
            profile.phone.map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            label(profile.user_type),
            row.level.name(language).to_owned(),
            territory.unwrap_or_default(),
            day(row.joined_at),
            day(row.archived_at),
            row.active_on.unwrap_or_default(),
        ]
    };
    let name = said(["Personnes", "People"], language).to_owned();
    let columns = texts(columns, language).to_vec();
    Sheet { name, columns, lines: rows.into_iter().map(line).collect() }
}

/// The list of those who are invited.
pub(crate) fn invitees(rows: Vec<InvitationRow>, now: Instant, language: Language) -> Sheet {
    let columns = [
        (["Nom", "Last name"], 24),
        (["Prénom", "First name"], 24),
        (["Adresse électronique", "E-mail address"], 40),
        (["Niveau", "Level"], 24),
        (["Accès conseiller", "Adviser access"], 40),
        (["État", "State"], 20),
        (["Date d’invitation", "Invited on"], 18),
        (["Expire le", "Expires on"], 16),
        (["Au nom de", "Invited by"], 30),
    ];
    let line = |row: InvitationRow| {
        let name = |name: &Option<Name>| {
            name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default()
        };
        let territory = row.territory.as_ref().map(|given| written_territory(given, language));
        let state = match row.state_at(now) {
            InvitationState::Preloaded => ["À envoyer", "To be sent"],
            InvitationState::Pending => ["En attente", "Pending"],
            InvitationState::Undeliverable => ["Non distribuée", "Undeliverable"],
            _ => ["Expirée", "Expired"],
        };
        vec![
            name(&row.last_name),
            name(&row.first_name),
            row.email.as_str().to_owned(),
            row.level.name(language).to_owned(),
            territory.unwrap_or_default(),
            said(state, language).to_owned(),
            row.created_at.day(),
            row.expires_at.map(Instant::day).unwrap_or_default(),
            row.inviter.name,
        ]
    };
    let name = said(["Invitations", "Invitations"], language).to_owned();
    let columns = texts(columns, language).to_vec();
    Sheet { name, columns, lines: rows.into_iter().map(line).collect() }
}
