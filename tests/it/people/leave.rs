//! What people see of leaving a portal.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn one_leaves_and_what_one_had_is_kept_for_a_return() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    world.submit(&portal, &anne, &["64"]).await;
    let own = format!("/v1/portals/{portal}/people/{}", anne.account);
    let etag = world.etag(&anne, &own).await;
    let leave = format!("/v1/portals/{portal}/leave");
    let stale = world.call("POST", &leave).by(&anne).if_match("99").send().await;
    assert_eq!(stale.status, 412);
    let send = || {
        let call = world.call("POST", &leave).by(&anne).if_match(&etag);
        call.header("idempotency-key", "one").send()
    };
    assert_eq!(send().await.status, 204);
    assert_eq!(send().await.status, 204, "the same request again");
    assert_eq!(world.call("POST", &leave).by(&anne).if_match(&etag).send().await.status, 404);
    assert!(world.membership(&anne, &portal).await.is_null());
    let back = world.on_person(&portal, &admin, &anne, "restore", &json!({})).await.json();
    assert_eq!(back["access"]["territory"]["departments"], json!(["33"]));
}

#[tokio::test]
async fn two_super_administrators_who_leave_at_once_leave_one() {
    for seed in 0..5 {
        let world = World::seeded(seed).await;
        let (portal, admin) = world.portal("Alpha").await;
        let other = world.member(&portal, &admin, "Bruno", "super_administrator").await;
        let leave = async |user: &crate::world::User| {
            let own = format!("/v1/portals/{portal}/people/{}", user.account);
            let etag = world.etag(user, &own).await;
            let call = world.call("POST", &format!("/v1/portals/{portal}/leave"));
            call.by(user).if_match(&etag).send().await.status
        };
        let statuses = tokio::join!(leave(&admin), leave(&other));
        let mut statuses = [statuses.0, statuses.1];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409]);
    }
}
