//! The whole path, from signing up to asking again.

use serde_json::json;

use crate::world::{PASSWORD, World, demand};

#[tokio::test]
async fn somebody_signs_up_asks_is_accepted_changed_revoked_and_asks_again() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (other, _) = world.portal("Beta").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;

    // Signing up carries a request, which nobody sees before the address is proved.
    let mut carried = demand(&["33", "64"]);
    carried["portal"] = json!(portal);
    world.sign_up("Anne", "Durand", "anne@exemple.fr", Some(carried)).await;
    let summary = || async {
        let path = format!("/v1/portals/{portal}/moderation");
        world.call("GET", &path).by(&staff).send().await.json()["advisor_requests"]["count"].clone()
    };
    world.settle().await;
    assert_eq!(summary().await, 0);
    let link = world.link_to("anne@exemple.fr").await;
    let answer = world.press(&link, &[("username", "anne.d"), ("password", PASSWORD)]).await;
    assert_eq!(answer.header("location"), Some("/done/request-submitted"));
    let anne = world.sign_in("anne@exemple.fr").await;
    assert_eq!(summary().await, 1);
    let told = world.mails_to(&staff.email).await;
    let subject = &told.last().unwrap().0;
    assert_eq!(subject, "Alpha: a request for adviser access to examine", "{told:?}");

    // Amended to one department, then accepted: exactly that.
    let amend = json!({"territory": {"departments": ["33"]}});
    let answer = world.decide(&portal, &staff, &anne, "amend", &amend).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = world.decide(&portal, &staff, &anne, "accept", &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let here = world.membership(&anne, &portal).await;
    assert_eq!(here["access"]["territory"], json!({"national": false, "departments": ["33"]}));
    assert_eq!(here["level"], "user");
    assert!(world.membership(&anne, &other).await.is_null());
    let mails = world.mails_to(&anne.email).await;
    let subjects: Vec<_> = mails.iter().map(|(subject, _)| subject.clone()).collect();
    assert_eq!(mails.len(), 4, "{subjects:?}");

    // The whole country, then nothing, then asked for again.
    let national = json!({"territory": {"national": true}});
    let answer = world.access(&portal, &staff, &anne, "territory", &national).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer =
        world.access(&portal, &staff, &anne, "revoke", &json!({"reason": "Mutation."})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(world.membership(&anne, &portal).await["access"].is_null());
    assert_eq!(world.submit(&portal, &anne, &["33"]).await.status, 201);
    let mails = world.mails_to(&anne.email).await;
    assert_eq!(mails.len(), 7);
    assert!(mails[5].1.contains("Mutation."), "{}", mails[5].1);
    let acts = world.acts(&portal, &admin).await;
    let tail = &acts[acts.len() - 6..];
    assert_eq!(
        tail,
        [
            "advisor_request.submitted",
            "advisor_request.amended",
            "advisor_request.accepted",
            "advisor.territory_changed",
            "advisor.revoked",
            "advisor_request.submitted",
        ]
    );
}

#[tokio::test]
async fn somebody_refused_reads_why_waits_and_asks_again() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let missing = world.decide(&portal, &admin, &anne, "refuse", &json!({})).await;
    assert_eq!(missing.status, 422);
    assert_eq!(missing.json()["errors"][0]["field"], "reason");
    let reason = json!({"reason": "Votre structure n’intervient pas en Gironde."});
    let answer = world.decide(&portal, &admin, &anne, "refuse", &reason).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mails = world.mails_to(&anne.email).await;
    let (_, text) = mails.last().unwrap();
    assert!(text.replace('\n', " ").contains("intervient pas"), "{text}");
    assert!(text.contains("equipe@alpha.fr"), "{text}");
    assert!(world.membership(&anne, &portal).await["access"].is_null());
    let early = world.submit(&portal, &anne, &["33"]).await;
    assert_eq!((early.status, early.json()["code"].as_str()), (409, Some("cool_down")));
    assert_eq!(early.json()["may_ask_again_at"], "2026-12-21T12:00:00.000Z");
    world.clock.advance_days(30);
    let anne = world.sign_in(&anne.email).await;
    assert_eq!(world.submit(&portal, &anne, &["33"]).await.status, 201);
}
