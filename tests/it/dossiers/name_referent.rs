//! What people see when staff have another person speak for a dossier.

use serde_json::json;

use crate::world::{User, World};

#[tokio::test]
async fn staff_name_somebody_who_asks_and_both_are_told() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let chloe = world.member(&portal, &admin, "Chloe", "global_administrator").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let paul = world.invited_to(&dossier, "Paul", "partner", &anne).await;
    let ada = world.invited_to(&dossier, "Ada", "advisor", &admin).await;
    let name = async |by: &User, to: &User, etag: &str| {
        let call = world.call("PUT", &format!("{dossier}/referent")).by(by).if_match(etag);
        let answer = call.once().json(&json!({"account": to.account})).send().await;
        (answer.status, answer.json())
    };
    let etag = world.etag(&admin, &dossier).await;
    let (status, body) = name(&anne, &paul, &etag).await;
    assert_eq!((status, &body["rule"]), (403, &json!("staff")), "she offers, and he accepts");
    assert_eq!(name(&bruno, &ada, &etag).await.1["code"], "not_a_member");
    assert_eq!(name(&bruno, &anne, &etag).await.1["code"], "already_has_it");
    assert_eq!(name(&bruno, &chloe, &etag).await.0, 422, "she takes no part");
    let (status, body) = name(&bruno, &paul, &etag).await;
    assert_eq!((status, &body["referent"]), (200, &json!(paul.account)), "{body}");
    for (user, words) in
        [(&paul, "made you the contact"), (&anne, "Paul Durand is now the contact")]
    {
        let (_, text) = world.mails_to(&user.email).await.pop().unwrap();
        assert!(text.contains(words), "{text}");
    }
    // Who decides on what they read before is told that it changed.
    assert_eq!(name(&chloe, &anne, &etag).await.0, 412);
    let contact = world.call("GET", &dossier).by(&ada).send().await.json()["contact"].clone();
    assert_eq!(contact["account"], paul.account);
    // Reminders and decisions now reach Paul.
    let reason = json!({"reason": "Budget."});
    assert_eq!(world.on_dossier(&dossier, &bruno, "pause", reason).await.status, 200);
    let (subject, _) = world.mails_to(&paul.email).await.pop().unwrap();
    assert!(subject.contains("paused"), "{subject}");
}

#[tokio::test]
async fn staff_name_neither_themselves_nor_over_the_head_of_an_admin() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let own = world.dossier(&portal, &admin, "33063").await;
    let anne = world.invited_to(&own, "Anne", "member", &admin).await;
    let body = json!({"account": anne.account});
    let above = world.on_dossier(&own, &bruno, "referent", body).await;
    assert_eq!(
        (above.status, &above.json()["rule"]),
        (403, &json!("nobody_acts_on_a_higher_level"))
    );
    let rose = world.user("Rose", "Petit").await;
    let dossier = world.open_dossier(&portal, &rose, &admin, "33063").await;
    assert_eq!(
        world.invite_to_dossier(&dossier, &rose, &bruno.email, "member", json!({})).await.status,
        201
    );
    assert_eq!(world.accept_mine(&bruno).await.status, 200);
    let body = json!({"account": bruno.account});
    let oneself = world.on_dossier(&dossier, &bruno, "referent", body).await;
    assert_eq!(oneself.json()["rule"], "nobody_decides_for_themselves");
}
