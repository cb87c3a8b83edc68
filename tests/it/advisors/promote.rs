//! What people see of an access given by hand.

use guichet_domain::changes::{Place, Write};
use guichet_domain::person::Person;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_promotion_closes_the_open_request_with_one_entry_and_one_mail() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let before = (world.mails_to(&anne.email).await.len(), world.acts(&portal, &admin).await.len());
    let answer = world
        .access(&portal, &admin, &anne, "promote", &json!({"territory": {"national": true}}))
        .await;
    assert_eq!(
        (answer.status, answer.json()["access"]["territory"]["national"].as_bool()),
        (200, Some(true))
    );
    let after = (world.mails_to(&anne.email).await.len(), world.acts(&portal, &admin).await.len());
    assert_eq!(after, (before.0 + 1, before.1 + 1));
    let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
    assert_eq!(world.call("GET", &path).by(&anne).send().await.json()["status"], "accepted");
    let again = world
        .access(&portal, &admin, &anne, "promote", &json!({"territory": {"national": true}}))
        .await;
    assert_eq!(again.json()["code"], "already_has_it");
}

#[tokio::test]
async fn nobody_promotes_themselves_or_somebody_above_them() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let body = json!({"territory": {"national": true}});
    let own = world.access(&portal, &staff, &staff, "promote", &body).await;
    assert_eq!(own.json()["rule"], "nobody_decides_for_themselves");
    let above = world.access(&portal, &staff, &admin, "promote", &body).await;
    assert_eq!(above.json()["rule"], "nobody_acts_on_a_higher_level");
}

#[tokio::test]
async fn an_access_past_its_end_is_replaced_and_leaves_nothing_behind() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let place = Place::Person(anne.account.parse().unwrap(), portal.parse().unwrap());
    let mut person: Person = world.stack.app.read_one(&place).await.unwrap().unwrap();
    person.access.as_mut().unwrap().ends_at = Some(world.clock.now());
    world.stack.app.apply(&[Write::Put(person.into())]).await.unwrap();
    let body = json!({"territory": {"departments": ["40"]}});
    let answer = world.access(&portal, &admin, &anne, "promote", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let path = format!("/v1/portals/{portal}/advisors?department=33");
    let list = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(list["items"], json!([]));
}
