//! What people read after a form.

use crate::world::World;

#[tokio::test]
async fn each_page_says_what_was_done_in_both_languages() {
    let world = World::new().await;
    for what in
        ["account-created", "request-submitted", "address-has-account", "not-me", "password-set"]
    {
        let path = format!("/done/{what}");
        let english = world.call("GET", &path).send().await;
        let french = world.call("GET", &path).header("accept-language", "fr").send().await;
        assert_eq!((english.status, french.status), (200, 200), "{what}");
        assert!(french.text().contains("<html lang=\"fr\">") && english.text() != french.text());
    }
    assert_eq!(world.call("GET", "/done/anything").send().await.status, 404);
}
