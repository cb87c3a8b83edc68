//! What moderators see first.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_counter_is_what_waits_and_nothing_else() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let path = format!("/v1/portals/{portal}/moderation");
    let count = async |admin| {
        world.call("GET", &path).by(admin).send().await.json()["advisor_requests"]["count"].clone()
    };
    assert_eq!(count(&admin).await, 0);
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.requester(&portal, "Karim", &["33"]).await;
    assert_eq!(count(&admin).await, 2);
    world.decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Non."})).await;
    assert_eq!(count(&admin).await, 1);
    world.clock.advance_days(60);
    let admin = world.sign_in(&admin.email).await;
    assert_eq!(count(&admin).await, 0, "what has lapsed waits for nobody, with schedules off");
}

#[tokio::test]
async fn dossiers_are_counted_beside_the_requests_and_brought_up_in_the_digest() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let path = format!("/v1/portals/{portal}/moderation");
    let count = async |user| {
        let summary = world.call("GET", &path).by(user).send().await.json();
        (summary["advisor_requests"]["count"].clone(), summary["dossiers"]["count"].clone())
    };
    let choose = json!({"mails": "daily"});
    world.call("PUT", &format!("{path}/mails")).by(&admin).json(&choose).send().await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    assert_eq!(count(&admin).await, (json!(0), json!(1)));
    world.settle().await;
    world.clock.advance_days(1);
    world.stack.run("advisor_requests::remind_moderators").await.unwrap();
    let (subject, text) = world.mails_to(&admin.email).await.pop().unwrap();
    assert_eq!(subject, "Alpha\u{A0}: demandes et dossiers en attente");
    assert!(text.contains("Dossiers en attente\u{A0}: 1"), "{text}");
    let admin = world.sign_in(&admin.email).await;
    world.on_dossier(&dossier, &admin, "accept", json!({})).await;
    assert_eq!(count(&admin).await, (json!(0), json!(0)));
}
