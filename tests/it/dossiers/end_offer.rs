//! What people see when an offer to speak for a dossier is taken back, or declined.

use serde_json::json;

use crate::world::{User, World};

#[tokio::test]
async fn whoever_made_an_offer_takes_it_back_and_whoever_has_it_declines() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let max = world.invited_to(&dossier, "Max", "member", &anne).await;
    let lea = world.invited_to(&dossier, "Lea", "member", &anne).await;
    let end = async |by: &User| {
        let call = world.call("DELETE", &format!("{dossier}/referent/offer")).by(by).once();
        let answer = call.send().await;
        let body = if answer.status == 204 { json!({}) } else { answer.json() };
        (answer.status, body)
    };
    assert_eq!(end(&anne).await.1["code"], "not_offered");
    for (ends, told, subject, words) in [
        (&anne, &max, "an offer no longer stands", "Anne Durand no longer offers you"),
        (&max, &anne, "your offer is declined", "Max Durand has declined"),
    ] {
        let body = json!({"account": max.account});
        assert_eq!(world.on_dossier(&dossier, &anne, "referent/offer", body).await.status, 200);
        for (user, may) in [(&anne, true), (&max, true), (&lea, false), (&admin, false)] {
            let seen = world.call("GET", &dossier).by(user).send().await.json();
            let ends = seen["may"].as_array().unwrap().contains(&json!("end_offer"));
            assert_eq!(ends, may, "{seen}");
        }
        for other in [&lea, &admin] {
            let (status, body) = end(other).await;
            assert_eq!((status, &body["rule"]), (403, &json!("referent")), "{body}");
        }
        let (status, body) = end(ends).await;
        assert_eq!(status, 204, "{body}");
        let seen = world.call("GET", &dossier).by(&max).send().await.json();
        assert_eq!(seen["referent"], anne.account.as_str(), "{seen}");
        assert!(seen.get("referent_offer").is_none(), "{seen}");
        let (got, text) = world.mails_to(&told.email).await.pop().unwrap();
        assert!(got.contains(subject) && text.contains(words), "{got}: {text}");
        let accepted = world.on_dossier(&dossier, &max, "referent/accept", json!({})).await;
        assert_eq!(accepted.json()["code"], "not_offered");
        assert_eq!(end(ends).await.1["code"], "not_offered", "once");
    }
    let stranger = world.user("Sam", "Durand").await;
    assert_eq!(end(&stranger).await.0, 404);
}
