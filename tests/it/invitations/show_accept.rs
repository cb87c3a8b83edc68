//! What people see who open the link of an invitation.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_page_shows_the_portal_the_inviter_a_masked_address_and_both_ways() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({"message": "Secret."})).await;
    let link = world.invited_link("zoe@exemple.fr").await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    let french = world.call("GET", path).header("accept-language", "fr").send().await;
    assert_eq!(french.status, 200);
    for words in [
        "Claire Martin vous invite à rejoindre ce portail.",
        "Alpha",
        "z…@exemple.fr",
        "Tous les champs sont obligatoires.",
        "28\u{A0}novembre\u{A0}2026",
        "Vous avez déjà un compte",
        "Vous n’avez pas de compte",
    ] {
        assert!(french.text().contains(words), "{words}: {}", french.text());
    }
    for hidden in ["zoe@exemple.fr", "Secret.", "Zoé", "Blanc"] {
        assert!(!french.text().contains(hidden), "{hidden}");
    }
    assert_eq!(french.header("referrer-policy"), Some("strict-origin"));
    assert_eq!(french.header("set-cookie"), None);
    let page = french.text();
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|id| id.split('"').next()).collect();
    let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!((ids.len(), unique.len()), (10, 10), "{ids:?}");
}

#[tokio::test]
async fn opening_changes_nothing_however_often_and_by_whatever_method() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await;
    let before = world.stack.items().unwrap();
    for page in [link.clone(), link.replace("/accept?", "/decline?")] {
        let path = page.strip_prefix("https://guichet.example.fr").unwrap();
        for method in ["GET", "GET", "HEAD", "OPTIONS"] {
            world.call(method, path).send().await;
        }
    }
    world.settle().await;
    assert_eq!(world.stack.items().unwrap(), before);
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303, "then the human path");
}

#[tokio::test]
async fn an_expired_one_offers_a_new_link_and_a_closed_one_shows_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    world.clock.advance_days(7);
    let expired = world.call("GET", path).send().await;
    assert_eq!(expired.status, 200);
    assert!(expired.text().contains("Get a new link"), "{}", expired.text());
    world.clock.advance_days(27);
    world.rotate_keys().await;
    assert_eq!(world.call("GET", path).send().await.status, 200, "for thirty days more");
    world.clock.advance_days(1);
    assert_eq!(world.call("GET", path).send().await.status, 410);
    let admin = world.sign_in(&admin.email).await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await;
    world.press(&link.replace("/accept?", "/decline?"), &[]).await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    let closed = world.call("GET", path).send().await;
    assert!(closed.text().contains("This invitation is closed"), "{}", closed.text());
    for hidden in ["Alpha", "Claire", "exemple.fr", "<form"] {
        assert!(!closed.text().contains(hidden), "{hidden}: {}", closed.text());
    }
}

#[tokio::test]
async fn a_forged_link_is_answered_without_a_word_about_any_invitation() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    let forged = format!("{}x", &path[..path.len() - 2]);
    for path in [forged.as_str(), "/invitation/accept", "/invitation/accept?token=a.b.c"] {
        world.stack.wire.take_calls();
        let answer = world.call("GET", path).send().await;
        assert_eq!(answer.status, 410, "{path}");
        let reads = world.stack.wire.take_calls();
        let reads_items = reads.iter().any(|call| call.operation == "BatchGetItem");
        assert!(!reads_items, "nothing is read before the signature is verified");
    }
}
