//! What staff see of handing over the invitations of somebody archived.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_dead_invitation_lives_again_once_somebody_stands_for_it() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    world.invite(&portal, &bruno, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await;
    let body = json!({"successor": admin.account});
    let active = world.on_person(&portal, &admin, &bruno, "successor", &body).await;
    assert_eq!((active.status, &active.json()["code"]), (409, &json!("not_archived")));
    world.on_person(&portal, &admin, &bruno, "archive", &json!({})).await;
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 403);
    let handed = world.on_person(&portal, &admin, &bruno, "successor", &body).await;
    assert_eq!(handed.json()["successor"], admin.account.as_str(), "{}", handed.text());
    let same = world.on_person(&portal, &admin, &bruno, "successor", &body).await;
    assert_eq!(same.status, 409);
    let nobody = json!({"successor": "acc_01KAM0000000000000000000A0"});
    let nobody = world.on_person(&portal, &admin, &bruno, "successor", &nobody).await;
    assert_eq!(nobody.status, 422);
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
    let told = world.mails_to(&bruno.email).await;
    assert!(told.iter().all(|(subject, _)| !subject.contains("acceptée")), "{told:?}");
}

#[tokio::test]
async fn nobody_makes_somebody_above_them_stand_for_an_invitation() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let gina = world.member(&portal, &admin, "Gina", "global_administrator").await;
    let chief = world.member(&portal, &admin, "Denis", "super_administrator").await;
    world.invite(&portal, &chief, "z@exemple.fr", json!({"level": "super_administrator"})).await;
    let link = world.invited_link("z@exemple.fr").await;
    world.on_person(&portal, &admin, &chief, "level", &json!({"level": "user"})).await;
    let body = json!({"successor": admin.account});
    let archived = world.on_person(&portal, &gina, &chief, "archive", &body).await;
    assert_eq!(
        (archived.status, &archived.json()["rule"]),
        (403, &json!("nobody_acts_on_a_higher_level"))
    );
    world.on_person(&portal, &gina, &chief, "archive", &json!({})).await;
    let handed = world.on_person(&portal, &gina, &chief, "successor", &body).await;
    assert_eq!(handed.status, 403);
    let own = json!({"successor": gina.account});
    assert_eq!(world.on_person(&portal, &gina, &chief, "successor", &own).await.status, 200);
    assert_eq!(world.create_account(&link, "z.z").await.status, 403, "she gives no such level");
}
