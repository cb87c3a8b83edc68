//! What somebody sees of themselves.

use crate::world::World;

#[tokio::test]
async fn nothing_of_one_portal_shows_on_another() {
    let world = World::new().await;
    let (alpha, admin) = world.portal("Alpha").await;
    let (beta, _) = world.portal("Beta").await;
    let anne = world.requester(&alpha, "Anne", &["33"]).await;
    world.decide(&alpha, &admin, &anne, "accept", &serde_json::json!({})).await;
    assert_eq!(
        world.membership(&anne, &alpha).await["access"]["territory"]["departments"][0],
        "33"
    );
    assert!(world.membership(&anne, &beta).await.is_null());
}

#[tokio::test]
async fn tokens_that_are_not_ours_are_refused() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let parts: Vec<&str> = anne.token.split('.').collect();
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{}.", parts[1]);
    let hs256 = format!("eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.{}.AAAA", parts[1]);
    let cut = &anne.token[..anne.token.len() - 3];
    let (_, mail) = world.portal("Alpha").await;
    world.sign_up("Paul", "Noir", "paul@exemple.fr", None).await;
    let mailed = world.link_to("paul@exemple.fr").await.split_once("?token=").unwrap().1.to_owned();
    for token in [none.as_str(), &hs256, cut, "", "x.y.z", &mailed, &mail.refresh_token] {
        let answer = world
            .call("GET", "/v1/me")
            .header("authorization", &format!("Bearer {token}"))
            .send()
            .await;
        assert_eq!(answer.status, 401, "{token}");
    }
    world.clock.advance_seconds(631);
    let late = world.call("GET", "/v1/me").by(&anne).send().await;
    assert_eq!(late.json()["code"], "token_expired");
}

#[tokio::test]
async fn a_token_of_another_installation_is_refused() {
    let (here, elsewhere) = (World::seeded(1).await, World::seeded(2).await);
    here.user("Anne", "Durand").await;
    let stranger = elsewhere.user("Anne", "Durand").await;
    assert_eq!(elsewhere.call("GET", "/v1/me").by(&stranger).send().await.status, 200);
    assert_eq!(here.call("GET", "/v1/me").by(&stranger).send().await.status, 401);
}

/// RULES C17: an access past its end gives nothing, with schedules off. The end is set by a fixture,
/// since no use case gives one yet.
#[tokio::test]
async fn an_access_past_its_end_gives_nothing() {
    use guichet_domain::changes::{Place, Write};
    use guichet_domain::person::Person;
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let body = serde_json::json!({"territory": {"departments": ["33"]}});
    let answer = world.access(&portal, &admin, &anne, "promote", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let place = Place::Person(anne.account.parse().unwrap(), portal.parse().unwrap());
    let mut person: Person = world.stack.app.read_one(&place).await.unwrap().unwrap();
    person.access.as_mut().unwrap().ends_at = Some(world.clock.now().plus_seconds(300));
    world.stack.app.apply(&[Write::Put(person.into())]).await.unwrap();
    assert!(world.membership(&anne, &portal).await["access"].is_object());
    world.clock.advance_seconds(300);
    assert!(world.membership(&anne, &portal).await["access"].is_null());
    let revoked = world.access(&portal, &admin, &anne, "revoke", &serde_json::json!({})).await;
    assert_eq!(revoked.json()["code"], "no_access");
}
