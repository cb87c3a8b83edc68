//! What staff see before they change a territory.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_preview_says_what_would_be_gained_and_lost_and_changes_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33", "64"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let path = format!("/v1/portals/{portal}/advisors/{}/preview-territory", anne.account);
    let seen = world.call("GET", &format!("{path}?departments=33,40")).by(&admin).send().await;
    let body = seen.json();
    assert_eq!(
        (&body["departments_gained"], &body["departments_lost"]),
        (&json!(["40"]), &json!(["64"]))
    );
    assert_eq!(body["positions_lost"], json!({"count": 0, "and_more": false}));
    assert!(seen.header("etag").is_some());
    let national = world.call("GET", &format!("{path}?national=true")).by(&admin).send().await;
    let gained = national.json()["departments_gained"].as_array().unwrap().len();
    assert_eq!((gained, national.json()["departments_lost"].clone()), (99, json!([])));
    for wrong in [
        "",
        "?departments=99",
        "?national=true&departments=33",
        "?national=maybe",
        "?revoke=true&departments=33",
        "?revoke=false",
    ] {
        let answer = world.call("GET", &format!("{path}{wrong}")).by(&admin).send().await;
        assert_eq!(answer.status, 422, "{wrong}");
    }
    assert_eq!(
        world.membership(&anne, &portal).await["access"]["territory"]["departments"],
        json!(["33", "64"])
    );
}

#[tokio::test]
async fn the_preview_said_number_for_number_what_then_changes_in_list_and_detail() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33", "64"]).await;
    let mut open = Vec::new();
    for commune in ["33063", "33063", "64102", "64102", "64445", "40192", "40192", "13055"] {
        open.push(world.open_dossier(&portal, &anne, &admin, commune).await);
    }
    // A position in a department that is about to be lost, and one in one that is kept.
    for dossier in [&open[2], &open[0]] {
        let joined = world.on_dossier(dossier, &local, "join", json!({"role": "advisor"})).await;
        assert_eq!(joined.status, 200, "{}", joined.text());
    }
    let sees = async || {
        let path = format!("/v1/portals/{portal}/dossiers?limit=100");
        let list = world.call("GET", &path).by(&local).send().await.json();
        let ids = list["items"].as_array().unwrap().iter().map(|item| item["id"].to_string());
        let ids: std::collections::BTreeSet<String> = ids.collect();
        for dossier in &open {
            let id = dossier.rsplit('/').next().unwrap();
            let shown = world.call("GET", dossier).by(&local).send().await.status;
            assert_eq!(shown == 200, ids.contains(&format!("\"{id}\"")), "{dossier}");
        }
        ids
    };
    let steps = [
        ("departments=33,40", "territory", json!({"territory": {"departments": ["33", "40"]}})),
        ("national=true", "territory", json!({"territory": {"national": true}})),
        ("departments=13", "territory", json!({"territory": {"departments": ["13"]}})),
        ("revoke=true", "revoke", json!({})),
    ];
    let mut before = sees().await;
    assert_eq!(before.len(), 5);
    for (query, verb, body) in steps {
        let path = format!("/v1/portals/{portal}/advisors/{}/preview-territory", local.account);
        let said = world.call("GET", &format!("{path}?{query}")).by(&admin).send().await.json();
        let done = world.access(&portal, &admin, &local, verb, &body).await;
        assert_eq!(done.status, 200, "{query}: {}", done.text());
        let after = sees().await;
        let count = |count: usize| json!({"count": count, "and_more": false});
        assert_eq!(said["dossiers_gained"], count(after.difference(&before).count()), "{query}");
        assert_eq!(said["dossiers_kept"], count(after.intersection(&before).count()), "{query}");
        assert_eq!(said["dossiers_lost"], count(before.difference(&after).count()), "{query}");
        before = after;
    }
    assert_eq!(before.len(), 2, "the positions remain");
}
