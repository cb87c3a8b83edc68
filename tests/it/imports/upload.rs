//! What people see of uploading a spreadsheet of people to invite.

use std::path::Path;

use serde_json::json;

use crate::world::World;

pub(super) fn saved(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spreadsheets");
    std::fs::read(folder.join(name)).unwrap()
}

#[tokio::test]
async fn a_file_that_a_program_saved_is_kept_as_rows_and_sends_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for file in ["twelve.xlsx", "utf_8.csv", "windows_1252.csv"] {
        let answer = world.upload(&portal, &admin, &saved(file)).await;
        assert_eq!(answer.status, 201, "{file}: {}", answer.text());
        let import = answer.json();
        assert_eq!((&import["state"], &import["rows"]), (&json!("uploaded"), &json!(12)));
        assert_eq!(import["ignored_columns"], json!([]));
        assert_eq!(import["expires_at"], "2026-12-21T12:00:00.000Z");
    }
    world.settle().await;
    assert_eq!(world.mails_to("personne.0001@import.exemple.fr").await, []);
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts, ["portal.created", "import.uploaded", "import.uploaded", "import.uploaded"]);
}

#[tokio::test]
async fn what_can_not_be_read_is_refused_with_the_reason_and_the_place() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let many = format!("Prénom;Nom;Email\n{}", "a;b;c\n".repeat(5_001));
    let files: [(&[u8], u16, &str, &str); 8] = [
        (b"", 400, "empty_file", "null"),
        (&[b'a'; (4 << 20) + 1], 413, "file_too_large", "null"),
        (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 422, "spreadsheet_refused", "\"not_a_spreadsheet\""),
        (&saved("password.xlsx"), 422, "spreadsheet_refused", "\"encrypted\""),
        (&saved("twelve.xls"), 422, "spreadsheet_refused", "\"old_format\""),
        ("Prénom;Fonction\nZoé;x\n".as_bytes(), 422, "spreadsheet_refused", "\"missing_columns\""),
        ("Prénom;Nom;Email\n".as_bytes(), 422, "spreadsheet_refused", "\"empty\""),
        (many.as_bytes(), 422, "spreadsheet_refused", "\"too_many_lines\""),
    ];
    for (file, status, code, reason) in files {
        let answer = world.upload(&portal, &admin, file).await;
        let body = answer.json();
        assert_eq!((answer.status, body["code"].as_str()), (status, Some(code)), "{body}");
        assert_eq!(body["reason"].to_string(), reason);
    }
    let answer = world.upload(&portal, &admin, "Prénom;Fonction\nZoé;x\n".as_bytes()).await;
    assert_eq!(answer.json()["columns"], json!(["last_name", "email"]));
    let listed = world.call("GET", &format!("/v1/portals/{portal}/imports")).by(&admin);
    assert_eq!(listed.send().await.json()["items"], json!([]));
}

#[tokio::test]
async fn the_refusal_names_the_cell_in_the_language_of_who_reads_it() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let path = format!("/v1/portals/{portal}/imports");
    let wide = format!("{}x\n", ";".repeat(50));
    for (language, words) in [("fr", "(cellule AY1)"), ("en", "(cell AY1)")] {
        let call = world.call("POST", &path).by(&admin).header("accept-language", language);
        let body = call.body(wide.as_bytes()).send().await.json();
        assert!(body["detail"].as_str().unwrap().contains(words), "{body}");
        assert_eq!(body["place"], "AY1");
    }
}

#[tokio::test]
async fn letters_that_were_lost_on_the_way_are_refused_and_kept_when_sent_as_bytes() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for (kind, status) in [("text/csv", 422), ("application/octet-stream", 201)] {
        let call = world.call("POST", &format!("/v1/portals/{portal}/imports")).by(&admin);
        let call = call.header("content-type", kind).body(&saved("windows_1252.csv"));
        let answer = call.send().await;
        assert_eq!(answer.status, status, "{kind}: {}", answer.text());
        if status == 422 {
            assert_eq!(answer.json()["reason"], "unknown_encoding");
        }
    }
}

#[tokio::test]
async fn the_longest_cells_fit_and_their_verdicts_too() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let cell = "😀".repeat(200);
    let line = [cell.as_str(); 7].join(";") + "\n";
    let headings = "Prénom;Nom;Courriel;Fonction;Type;Niveau;Territoire\n";
    let file = format!("{headings}{}", line.repeat(110));
    let answer = world.upload(&portal, &admin, file.as_bytes()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let import = format!("/v1/portals/{portal}/imports/{}", answer.json()["id"].as_str().unwrap());
    let answer = world.on_import(&import, &admin, "dry-run", json!({})).await;
    assert_eq!(answer.status, 202);
    world.settle().await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!(whole["counts"], json!({"invalid": 110}), "{whole}");
}

#[tokio::test]
async fn a_file_within_a_form_is_refused_with_what_to_send_instead() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let call = world.call("POST", &format!("/v1/portals/{portal}/imports")).by(&admin);
    let call = call.header("content-type", "multipart/form-data; boundary=x");
    let answer = call.body(b"--x\r\n\r\nNom;Courriel\r\n--x--").send().await;
    assert_eq!((answer.status, &answer.json()["code"]), (415, &json!("unsupported_media_type")));
    assert!(answer.json()["detail"].as_str().unwrap().contains("the file itself"));
}

#[tokio::test]
async fn a_repeated_upload_makes_one_import() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let upload = || {
        let call = world.call("POST", &format!("/v1/portals/{portal}/imports")).by(&admin);
        call.header("idempotency-key", "one")
            .body(b"Nom;Service;Email;first_name\na;b;c;d\n")
            .send()
    };
    let (first, second) = (upload().await.json(), upload().await.json());
    assert_eq!(first["id"], second["id"]);
    assert_eq!(second["ignored_columns"], json!(["Service"]));
}

#[tokio::test]
async fn staff_alone_upload_and_thirty_times_an_hour_at_most() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let outsider = world.user("Olga", "Durand").await;
    let manager = world.member(&portal, &admin, "Anne", "administrator").await;
    assert_eq!(world.upload(&portal, &outsider, b"x").await.status, 404);
    assert_eq!(world.upload(&portal, &manager, b"x").await.status, 403);
    for _ in 0..30 {
        assert_eq!(world.upload(&portal, &admin, b"x").await.status, 422);
    }
    let refused = world.upload(&portal, &admin, b"x").await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some());
}
