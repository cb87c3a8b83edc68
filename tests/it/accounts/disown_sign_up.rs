//! What somebody sees whose address was used by another.

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn a_sign_up_that_was_not_theirs_is_gone_at_once() {
    let world = World::new().await;
    world.sign_up("Mallory", "Noir", "victime@exemple.fr", None).await;
    let link = world.link_to("victime@exemple.fr").await;
    let token = link.split_once("?token=").unwrap().1;
    let answer = world.press_at("/verify-email/disown", token, &[]).await;
    assert_eq!(answer.header("location"), Some("/done/not-me"));
    let late = world.press(&link, &[("username", "mallory"), ("password", PASSWORD)]).await;
    assert_eq!(late.status, 410);
}
