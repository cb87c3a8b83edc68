//! What people see who take over to speak for a dossier.

use serde_json::json;

use crate::world::{User, World};

struct Scene {
    world: World,
    portal: String,
    admin: User,
    anne: User,
    max: User,
    dossier: String,
}

/// Anne offers Max to speak for her dossier.
async fn scene() -> Scene {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let max = world.invited_to(&dossier, "Max", "member", &anne).await;
    let body = json!({"account": max.account});
    let offered = world.on_dossier(&dossier, &anne, "referent/offer", body).await;
    assert_eq!(offered.status, 200, "{}", offered.text());
    world.settle().await;
    Scene { world, portal, admin, anne, max, dossier }
}

#[tokio::test]
async fn the_contact_changes_in_one_step_and_the_one_before_stays_and_may_leave() {
    let Scene { world, portal, admin, anne, max, dossier } = scene().await;
    let leaves = world.on_dossier(&dossier, &anne, "leave", json!({})).await;
    assert_eq!(leaves.json()["code"], "is_referent");
    let taken = world.on_dossier(&dossier, &max, "referent/accept", json!({})).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    let is = taken.json();
    assert_eq!((&is["referent"], &is["role"]), (&json!(max.account), &json!("referent")));
    assert!(is["referent_offer"].is_null());
    let (subject, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert!(subject.contains("another contact"), "{subject}");
    assert!(text.contains("Max Durand is now the contact"), "{text}");
    let seen = world.call("GET", &dossier).by(&anne).send().await.json();
    assert_eq!((&seen["role"], &seen["contact"]["name"]), (&json!("member"), &json!("Max Durand")));
    let again = world.on_dossier(&dossier, &max, "referent/accept", json!({})).await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("not_offered")));
    assert_eq!(world.on_dossier(&dossier, &anne, "leave", json!({})).await.status, 204);
    let paused = world.on_dossier(&dossier, &max, "pause", json!({"reason": "Budget."})).await;
    assert_eq!(paused.status, 200);
    let acts = world.acts(&portal, &admin).await;
    assert!(acts.contains(&"dossier.referent_changed".to_owned()), "{acts:?}");
}

#[tokio::test]
async fn nobody_else_takes_it_nor_does_anybody_after_seven_days() {
    let Scene { world, anne, max, dossier, .. } = scene().await;
    let lea = world.invited_to(&dossier, "Lea", "member", &anne).await;
    let refused = world.on_dossier(&dossier, &lea, "referent/accept", json!({})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("not_offered")));
    let stranger = world.user("Sam", "Durand").await;
    let unseen = world.on_dossier(&dossier, &stranger, "referent/accept", json!({})).await;
    assert_eq!(unseen.status, 404);
    world.clock.advance_days(7);
    let max = world.sign_in(&max.email).await;
    let late = world.on_dossier(&dossier, &max, "referent/accept", json!({})).await;
    assert_eq!((late.status, &late.json()["code"]), (409, &json!("not_offered")));
    let seen = world.call("GET", &dossier).by(&max).send().await.json();
    assert_eq!((&seen["referent"], &seen["role"]), (&json!(anne.account), &json!("member")));
}

#[tokio::test]
async fn whatever_happens_at_once_one_person_speaks_for_it() {
    let Scene { world, admin, anne, max, dossier, portal } = scene().await;
    let lea = world.invited_to(&dossier, "Lea", "partner", &anne).await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let name = async |by: &User, to: &User| {
        let body = json!({"account": to.account});
        world.on_dossier(&dossier, by, "referent", body).await
    };
    let (taken, named, left, removed, also) = tokio::join!(
        world.on_dossier(&dossier, &max, "referent/accept", json!({})),
        name(&bruno, &lea),
        world.on_dossier(&dossier, &max, "leave", json!({})),
        world.on_dossier(&dossier, &anne, "leave", json!({})),
        name(&admin, &max),
    );
    let statuses = [&taken, &named, &left, &removed, &also].map(|answer| answer.status);
    assert!([&taken, &named, &also].iter().any(|answer| answer.status == 200), "{statuses:?}");
    let members = world.call("GET", &format!("{dossier}/members")).by(&admin).send().await.json();
    let rows = members["applicants"].as_array().unwrap();
    let contacts: Vec<_> = rows.iter().filter(|row| row["role"] == "referent").collect();
    assert_eq!(contacts.len(), 1, "{statuses:?} {members}");
    let seen = world.call("GET", &dossier).by(&admin).send().await.json();
    assert_eq!(seen["referent"], contacts[0]["account"]);
}
