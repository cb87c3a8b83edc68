//! What an admin changes.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_admin_changes_settings_under_the_version_read() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let path = format!("/v1/portals/{portal}");
    let body = json!({"cool_down_in_days": 10, "collectivities": "offered"});
    let etag = world.etag(&admin, &path).await;
    let refused = world.call("PATCH", &path).by(&staff).if_match(&etag).json(&body).send().await;
    assert_eq!((refused.status, refused.json()["rule"].as_str()), (403, Some("admins")));
    let blind = world.call("PATCH", &path).by(&admin).json(&body).send().await;
    assert_eq!(blind.status, 428);
    let call = world.call("PATCH", &path).by(&admin).if_match(&etag);
    let done = call.once().json(&body).send().await;
    assert_eq!((done.status, done.json()["cool_down_in_days"].as_u64()), (200, Some(10)));
    let stale = world.call("PATCH", &path).by(&admin).if_match(&etag).json(&body).send().await;
    assert_eq!(
        (stale.status, stale.json()["current"]["cool_down_in_days"].as_u64()),
        (412, Some(10))
    );
    let wrong = json!({"cool_down_in_days": 0});
    let etag = world.etag(&admin, &path).await;
    let wrong = world.call("PATCH", &path).by(&admin).if_match(&etag).json(&wrong).send().await;
    assert_eq!(
        (wrong.status, wrong.json()["errors"][0]["field"].as_str()),
        (422, Some("cool_down_in_days"))
    );
    assert_eq!(world.acts(&portal, &admin).await.last().unwrap(), "portal.updated");
}

/// RULES A1, D1: the dossier that forms propose to whoever invites.
#[tokio::test]
async fn an_admin_names_the_dossier_that_newcomers_begin_with() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let (path, dossier) = (format!("/v1/portals/{portal}"), world.dossier(&portal, &anne, "33063"));
    let dossier = dossier.await;
    let id = dossier.rsplit('/').next().unwrap();
    let set = async |value: serde_json::Value| {
        let etag = world.etag(&admin, &path).await;
        let call = world.call("PATCH", &path).by(&admin).if_match(&etag);
        let answer = call.once().json(&json!({"default_dossier": value})).send().await;
        (answer.status, answer.json())
    };
    let (beta, other) = world.portal("Beta").await;
    let elsewhere = world.open_dossier(&beta, &anne, &other, "33063").await;
    let elsewhere = elsewhere.rsplit('/').next().unwrap();
    for refused in [id, elsewhere, "dos_01KAM0000000000000000000D0"] {
        let (status, body) = set(json!(refused)).await;
        let error = &body["errors"][0];
        assert_eq!((status, &error["field"]), (422, &json!("default_dossier")), "{body}");
        assert_eq!(error["code"], "invalid.unknown_dossier", "{body}");
    }
    assert_eq!(world.on_dossier(&dossier, &admin, "accept", json!({})).await.status, 200);
    let (status, body) = set(json!(id)).await;
    assert_eq!((status, &body["default_dossier"]), (200, &json!(id)), "{body}");
    let seen = async |by| world.call("GET", &path).by(by).send().await.json();
    assert_eq!(seen(&staff).await["default_dossier"], id);
    assert!(seen(&anne).await.get("default_dossier").is_none(), "for those who invite");
    let (status, body) = set(json!(null)).await;
    assert!(status == 200 && body.get("default_dossier").is_none(), "{body}");
    assert!(seen(&staff).await.get("default_dossier").is_none());
}
