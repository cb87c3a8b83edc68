//! What somebody who signs up sees.

use serde_json::json;

use crate::world::{PASSWORD, World, demand};

#[tokio::test]
async fn an_account_is_only_a_sign_up_until_its_address_is_proved() {
    let world = World::new().await;
    world.sign_up("Anne", "Durand", "anne@exemple.fr", None).await;
    let body = json!({"email": "anne@exemple.fr", "password": PASSWORD});
    assert_eq!(world.call("POST", "/v1/sessions").json(&body).send().await.status, 401);
    world.verify("anne@exemple.fr", "anne").await;
    world.sign_in("Anne@Exemple.fr").await;
}

#[tokio::test]
async fn a_weak_password_and_wrong_fields_are_named() {
    let world = World::new().await;
    let base = json!({"first_name": "Anne", "last_name": "Durand", "email": "anne@exemple.fr", "password": PASSWORD});
    let cases = [
        ("password", json!("court"), "password", "invalid.password_short"),
        ("password", json!("aaaaaaaaaaaaaaaaaaaaaa"), "password", "password_common"),
        ("email", json!("anne"), "email", "invalid.email"),
        ("first_name", json!("<b>Anne</b>"), "first_name", "invalid.characters"),
        ("phone", json!("appelez-moi"), "phone", "invalid.phone"),
        ("surprise", json!(1), "surprise", "unknown_field"),
        ("last_name", json!(null), "last_name", "wrong_type"),
    ];
    for (name, value, field, code) in cases {
        let mut body = base.clone();
        body[name] = value;
        let answer = world.call("POST", "/v1/sign-ups").json(&body).send().await;
        let error = answer.json()["errors"][0].clone();
        assert_eq!(
            (answer.status, error["field"].as_str(), error["code"].as_str()),
            (422, Some(field), Some(code)),
            "{}",
            answer.text()
        );
    }
    world.settle().await;
    assert!(world.stack.aws.mails().is_empty());
}

#[tokio::test]
async fn a_request_can_be_carried_only_to_a_portal_that_takes_it() {
    let world = World::new().await;
    let (portal, _) = world.portal_with("Alpha", json!({"requests_open_to": "people"})).await;
    let mut carried = demand(&["33"]);
    carried["portal"] = json!(portal);
    let body = json!({"first_name": "Anne", "last_name": "Durand", "email": "anne@exemple.fr", "password": PASSWORD, "request": carried});
    assert_eq!(world.call("POST", "/v1/sign-ups").json(&body).send().await.status, 404);
}

#[tokio::test]
async fn a_network_is_slowed_down_with_the_time_to_wait() {
    let world = World::new().await;
    let body = json!({"first_name": "Anne", "last_name": "Durand", "email": "a@exemple.fr", "password": "court"});
    let mut last = 0;
    for _ in 0..301 {
        let answer =
            world.call("POST", "/v1/sign-ups").json(&body).from("2001:db8::1").send().await;
        last = answer.status;
        if last == 429 {
            let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=3600).contains(&wait));
        }
    }
    assert_eq!(last, 429);
    let elsewhere =
        world.call("POST", "/v1/sign-ups").json(&body).from("2001:db8:1::1").send().await;
    assert_eq!(elsewhere.status, 422);
}
