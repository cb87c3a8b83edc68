//! What a mail scanner, and then a person, sees.

use crate::world::World;

#[tokio::test]
async fn opening_the_link_any_number_of_times_changes_nothing() {
    let world = World::new().await;
    world.sign_up("Anne", "Durand", "anne@exemple.fr", None).await;
    let link = world.link_to("anne@exemple.fr").await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    for _ in 0..3 {
        let page = world.call("GET", path).send().await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("anne@exemple.fr"), "{}", page.text());
        assert!(page.header("set-cookie").is_none());
        assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    }
    world.verify("anne@exemple.fr", "anne").await;
    assert_eq!(world.call("GET", path).send().await.status, 410);
}

#[tokio::test]
async fn a_changed_or_foreign_token_says_nothing_of_the_sign_up() {
    let world = World::new().await;
    world.sign_up("Anne", "Durand", "anne@exemple.fr", None).await;
    let link = world.link_to("anne@exemple.fr").await;
    let token = link.split_once("?token=").unwrap().1;
    let parts: Vec<&str> = token.split('.').collect();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoibWFpbCtqd3QifQ.{}.", parts[1]);
    let other_signature = format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86));
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    assert_eq!(world.call("GET", path).send().await.status, 200);
    for forged in ["", "x", "a.b.c", &unsigned, &other_signature, &token[..token.len() - 2]] {
        world.stack.wire.take_calls();
        let page = world.call("GET", &format!("/verify-email?token={forged}")).send().await;
        assert_eq!(page.status, 410, "{forged}");
        assert!(!page.text().contains("anne"), "{}", page.text());
        assert_eq!(world.stack.wire.take_calls(), [], "the signature comes before any read");
    }
}
