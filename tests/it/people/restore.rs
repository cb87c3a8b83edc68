//! What people see of coming back.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn everything_is_as_it_was() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "manager").await;
    let territory = json!({"territory": {"departments": ["33", "64"]}});
    world.access(&portal, &admin, &anne, "promote", &territory).await;
    let before = world.membership(&anne, &portal).await;
    let active = world.on_person(&portal, &admin, &anne, "restore", &json!({})).await;
    assert_eq!((active.status, &active.json()["code"]), (409, &json!("not_archived")));
    world.on_person(&portal, &admin, &anne, "archive", &json!({})).await;
    let restored = world.on_person(&portal, &admin, &anne, "restore", &json!({})).await;
    assert_eq!(restored.status, 200, "{}", restored.text());
    let mut after = world.membership(&anne, &portal).await;
    for etag in ["etag", "profile_etag"] {
        after[etag] = before[etag].clone();
    }
    assert_eq!(after, before);
    for department in ["33", "64"] {
        let path = format!("/v1/portals/{portal}/advisors?department={department}");
        let listed = world.call("GET", &path).by(&admin).send().await.json();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{department}");
    }
    let (subject, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert!(subject.contains("your access to the portal has been restored"), "{subject}");
    assert!(text.contains("Gironde"), "{text}");
}

#[tokio::test]
async fn a_super_administrator_counts_again() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let other = world.member(&portal, &admin, "Bruno", "super_administrator").await;
    world.on_person(&portal, &admin, &other, "archive", &json!({})).await;
    let leave = format!("/v1/portals/{portal}/leave");
    let own = format!("/v1/portals/{portal}/people/{}", admin.account);
    let etag = world.etag(&admin, &own).await;
    let last = world.call("POST", &leave).by(&admin).if_match(&etag).send().await;
    assert_eq!((last.status, &last.json()["code"]), (409, &json!("last_super_administrator")));
    world.on_person(&portal, &admin, &other, "restore", &json!({})).await;
    let left = world.call("POST", &leave).by(&admin).if_match(&etag).send().await;
    assert_eq!(left.status, 204, "{}", left.text());
}
