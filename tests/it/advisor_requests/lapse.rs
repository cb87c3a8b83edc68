//! What people see of a request that nobody decided.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_undecided_request_lapses_once_and_the_person_is_told() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.clock.advance_days(59);
    assert_eq!(world.stack.run("advisor_requests::lapse").await.unwrap()["done"], 0);
    world.clock.advance_days(1);
    assert_eq!(world.stack.run("advisor_requests::lapse").await.unwrap()["done"], 1);
    assert_eq!(
        world.stack.run("advisor_requests::lapse").await.unwrap(),
        json!({"done": 0, "skipped": 0, "failed": 0})
    );
    let (subject, _) = world.mails_to(&anne.email).await.pop().unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), 3, "{subject}");
    let admin = world.sign_in(&admin.email).await;
    let path = format!("/v1/portals/{portal}/journal?person={}&limit=1", anne.account);
    let journal = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(
        (journal["items"][0]["act"].as_str(), journal["items"][0]["rule"].as_str()),
        (Some("advisor_request.lapsed"), Some("time"))
    );
    let anne = world.sign_in(&anne.email).await;
    assert_eq!(world.submit(&portal, &anne, &["33"]).await.status, 201, "no cool-down");
}
