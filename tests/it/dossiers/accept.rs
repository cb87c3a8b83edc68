//! What people see of a dossier that is accepted.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_dossier_is_decided_once_and_who_comes_after_is_told_by_whom() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    let etag = world.etag(&admin, &dossier).await;
    let decide = async |by, verb: &str, body| {
        let call = world.call("POST", &format!("{dossier}/{verb}")).by(by).if_match(&etag);
        call.once().json(&body).send().await
    };
    let (accepted, refused) = tokio::join!(
        decide(&admin, "accept", json!({})),
        decide(&bruno, "refuse", json!({"reason": "Non."}))
    );
    let statuses = [accepted.status, refused.status];
    assert!(statuses == [200, 409] || statuses == [409, 200], "{statuses:?}");
    let loser = if accepted.status == 409 { accepted } else { refused };
    let winner = if statuses[0] == 200 { "Claire" } else { "Bruno" };
    assert!(loser.json()["detail"].as_str().unwrap().contains(winner), "{}", loser.text());
    let acts = world.acts(&portal, &admin).await;
    let decisions =
        acts.iter().filter(|act| ["dossier.accepted", "dossier.refused"].contains(&act.as_str()));
    assert_eq!(decisions.count(), 1);
    let mails = world.mails_to(&anne.email).await;
    let told = mails
        .iter()
        .filter(|(subject, _)| subject.ends_with("accepted") || subject.ends_with("refused"));
    assert_eq!(told.count(), 1, "{mails:?}");
}

#[tokio::test]
async fn nobody_decides_on_their_own_dossier_and_users_on_none() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.user("Anne", "Durand").await;
    let of_bruno = world.dossier(&portal, &bruno, "33063").await;
    let own = world.on_dossier(&of_bruno, &bruno, "accept", json!({})).await;
    assert_eq!(own.status, 403);
    assert_eq!(own.json()["rule"], "nobody_decides_for_themselves");
    let of_anne = world.dossier(&portal, &anne, "33063").await;
    let by_user = world.on_dossier(&of_anne, &anne, "accept", json!({})).await;
    assert_eq!(by_user.status, 403);
    assert_eq!(world.on_dossier(&of_bruno, &admin, "accept", json!({})).await.status, 200);
}

#[tokio::test]
async fn a_moderator_may_join_in_the_same_act() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    let wrong = world.on_dossier(&dossier, &admin, "accept", json!({"join": "referent"})).await;
    assert_eq!(wrong.status, 422);
    let accepted = world.on_dossier(&dossier, &admin, "accept", json!({"join": "advisor"})).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    assert_eq!(accepted.json()["role"], "advisor");
    assert_eq!(accepted.json()["advisors"], 1);
    let members = world.call("GET", &format!("{dossier}/members")).by(&admin).send().await.json();
    assert_eq!(members["advisors"][0]["account"], admin.account);
    let (subject, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert!(subject.ends_with("your dossier has been accepted"), "{subject}");
    assert!(text.contains("Une école pour deux villages"), "{text}");
}
