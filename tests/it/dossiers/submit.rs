//! What people see who submit a dossier.

use serde_json::json;

use crate::world::{World, sheet};

#[tokio::test]
async fn whoever_submits_a_dossier_speaks_for_it_and_is_told() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let answer = world.submit_dossier(&portal, &anne, "33063").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    assert_eq!(made["state"], "submitted");
    assert_eq!(made["role"], "referent");
    assert_eq!(made["referent"], anne.account);
    assert_eq!(made["locality"]["name"], "Bordeaux");
    assert_eq!(made["locality"]["department"], "33");
    let may = json!(["revise", "invite_applicants", "write_public_notes"]);
    assert_eq!(made["may"], may, "a newcomer may do what they may do after it");
    let path = format!("/v1/portals/{portal}/dossiers/{}", made["id"].as_str().unwrap());
    let seen = world.call("GET", &path).by(&anne).send().await.json();
    assert_eq!(seen["may"], may);
    assert_eq!(seen["contact"]["email"], anne.email);
    assert_eq!(world.membership(&anne, &portal).await["level"], "user", "they joined the portal");
    let (subject, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert_eq!(subject, "Alpha: your dossier has been received");
    assert!(text.contains("Une école pour deux villages") && text.contains("Bordeaux"), "{text}");
    let (subject, text) = world.mails_to(&admin.email).await.pop().unwrap();
    assert_eq!(subject, "Alpha\u{A0}: un dossier à examiner");
    assert!(text.contains("Gironde"), "{text}");
    assert!(!text.contains("école"), "no text written by a person goes to moderators: {text}");
    assert_eq!(world.acts(&portal, &admin).await.pop().unwrap(), "dossier.submitted");
}

#[tokio::test]
async fn what_the_portal_does_not_take_is_refused_field_by_field() {
    let world = World::new().await;
    let (portal, _) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let path = format!("/v1/portals/{portal}/dossiers");
    let many: Vec<String> = (0..11).map(|tag| format!("tag {tag}")).collect();
    for (field, value) in [
        ("commune", json!("99999")),
        ("commune", json!("bordeaux")),
        ("commune", json!("98818")),
        ("tags", json!(many)),
        ("title", json!("Voir https://exemple.fr")),
        ("description", json!("")),
    ] {
        let mut body = sheet("33063");
        body[field] = value.clone();
        let answer = world.call("POST", &path).by(&anne).json(&body).send().await;
        assert_eq!(answer.status, 422, "{field}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["field"], field, "{value}");
    }
    let list = world.call("GET", &path).by(&anne).send().await;
    assert_eq!(list.status, 404, "nothing was made, and they are nobody here");
}

#[tokio::test]
async fn pressing_twice_makes_one_dossier_and_a_closed_portal_is_none() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let path = format!("/v1/portals/{portal}/dossiers");
    let press = async || {
        let call = world.call("POST", &path).by(&anne).header("idempotency-key", "one");
        call.json(&sheet("33063")).send().await
    };
    let (first, second) = (press().await, press().await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.json(), second.json());
    let queue = world.call("GET", &format!("{path}?state=submitted")).by(&admin).send().await;
    assert_eq!(queue.json()["items"].as_array().unwrap().len(), 1);
    let (closed, _) = world.portal_with("Beta", json!({"requests_open_to": "people"})).await;
    assert_eq!(world.submit_dossier(&closed, &anne, "33063").await.status, 404);
}
