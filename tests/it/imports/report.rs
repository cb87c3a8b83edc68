//! What people see of the report of an import.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn what_looks_like_a_formula_stays_text_and_the_words_are_in_the_readers_language() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let lines = "=1+1;@SUM(A1);+33@exemple.fr;\"=HYPERLINK(\"\"https://x.example\"\")\";-1\n";
    let import = world.uploaded(&portal, &admin, lines).await;
    world.on_import(&import, &admin, "dry-run", json!({})).await;
    world.settle().await;
    let path = format!("{import}/report");
    let call = world.call("GET", &path).by(&admin).header("accept-language", "fr");
    let answer = call.send().await;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(answer.header("content-type"), Some(kind));
    let name = "attachment; filename=\"compte-rendu-import.xlsx\"";
    assert_eq!(answer.header("content-disposition"), Some(name));
    // A formula would not be read.
    let lines = guichet_spreadsheet::read(&answer.body).unwrap();
    assert_eq!(
        lines[0].cells,
        [
            "Ligne",
            "Prénom",
            "Nom",
            "Adresse électronique",
            "Fonction",
            "Type d’utilisateur",
            "Niveau",
            "Territoire",
            "Dossier",
            "Rôle",
            "Résultat",
            "Précision"
        ]
    );
    let expected = [
        "2",
        "=1+1",
        "@SUM(A1)",
        "+33@exemple.fr",
        "=HYPERLINK(\"https://x.example\")",
        "",
        "-1",
        "",
        "",
        "",
        "Valeur non valide",
    ];
    assert_eq!(lines[1].cells[..11], expected);
    assert!(lines[1].cells[11].starts_with("Prénom\u{A0}: "), "{:?}", lines[1].cells[11]);
}
