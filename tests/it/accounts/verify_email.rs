//! What somebody sees who proves their address.

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn the_password_of_the_sign_up_is_needed_and_the_identifier_is_unique() {
    let world = World::new().await;
    world.user("Anne", "Durand").await;
    world.sign_up("Anne", "Durand", "anne2@exemple.fr", None).await;
    let link = world.link_to("anne2@exemple.fr").await;
    let wrong =
        world.press(&link, &[("username", "anne2"), ("password", "un autre mot de passe")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("This is not the password"), "{}", wrong.text());
    let taken = world.press(&link, &[("username", "anne.durand"), ("password", PASSWORD)]).await;
    assert!(taken.status == 422 && taken.text().contains("taken"), "{}", taken.text());
    let strange = world.press(&link, &[("username", "Anne Durand"), ("password", PASSWORD)]).await;
    assert!(
        strange.status == 422 && strange.text().contains("small letters"),
        "{}",
        strange.text()
    );
    let done = world.press(&link, &[("username", "anne2"), ("password", PASSWORD)]).await;
    assert_eq!(done.header("location"), Some("/done/account-created"));
    let again = world.press(&link, &[("username", "anne3"), ("password", PASSWORD)]).await;
    assert_eq!(again.status, 410);
}

/// SECURITY S1, one way: the attacker's sign-up with the victim's address.
#[tokio::test]
async fn a_victim_who_opens_an_attackers_link_owns_nothing_of_the_attackers() {
    let world = World::new().await;
    world.sign_up("Mallory", "Noir", "victime@exemple.fr", None).await;
    let link = world.link_to("victime@exemple.fr").await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    let page = world.call("GET", path).send().await;
    assert!(page.text().contains("This was not me"));
    // The victim does not know the attacker's password, and nothing is made without it.
    let pressed = world
        .press(&link, &[("username", "victime"), ("password", "le mot de passe de la victime")])
        .await;
    assert_eq!(pressed.status, 422);
    // The victim signs up in the meantime, and owns their own account.
    world.clock.advance_seconds(700);
    world.sign_up("Victor", "Blanc", "victime@exemple.fr", None).await;
    world.verify("victime@exemple.fr", "victor").await;
    let victim = world.sign_in("victime@exemple.fr").await;
    let me = world.call("GET", "/v1/me").by(&victim).send().await.json();
    assert_eq!(
        (me["first_name"].as_str(), me["username"].as_str()),
        (Some("Victor"), Some("victor"))
    );
    // The attacker's link, stolen even with its password, is then worth nothing.
    let stolen = world.press(&link, &[("username", "mallory"), ("password", PASSWORD)]).await;
    assert_eq!(stolen.header("location"), Some("/done/address-has-account"));
}

/// SECURITY S1, the other way: the attacker knows the password, but not the mail.
#[tokio::test]
async fn an_attacker_who_never_reads_the_mail_gets_no_account() {
    let world = World::new().await;
    let begun = world.sign_up("Mallory", "Noir", "victime@exemple.fr", None).await;
    world.settle().await;
    let id = begun["sign_up"].as_str().unwrap();
    let guessed = world
        .press_at("/verify-email", id, &[("username", "m.noir"), ("password", PASSWORD)])
        .await;
    assert_eq!(guessed.status, 410);
    let body = serde_json::json!({"email": "victime@exemple.fr", "password": PASSWORD});
    assert_eq!(world.call("POST", "/v1/sessions").json(&body).send().await.status, 401);
}

#[tokio::test]
async fn a_form_sent_from_another_site_is_refused() {
    let world = World::new().await;
    world.sign_up("Anne", "Durand", "anne@exemple.fr", None).await;
    let link = world.link_to("anne@exemple.fr").await;
    let token = link.split_once("?token=").unwrap().1;
    let body = format!("token={token}&username=anne&password={}", crate::world::escaped(PASSWORD));
    let form = |origin: &'static str, site: &'static str| {
        let call = world
            .call("POST", "/verify-email")
            .header("content-type", "application/x-www-form-urlencoded");
        let call = if origin.is_empty() { call } else { call.header("origin", origin) };
        let call = if site.is_empty() { call } else { call.header("sec-fetch-site", site) };
        call.body(body.as_bytes()).send()
    };
    for (origin, site) in [
        ("", ""),
        ("null", ""),
        ("https://evil.example", ""),
        ("", "cross-site"),
        ("https://guichet.example.fr", "same-site"),
        ("null", "same-origin"),
    ] {
        assert_eq!(form(origin, site).await.status, 403, "{origin} {site}");
    }
    assert_eq!(form("https://guichet.example.fr", "same-origin").await.status, 303);
}

#[tokio::test]
async fn one_of_twenty_simultaneous_presses_makes_the_account() {
    let world = World::new().await;
    world.sign_up("Anne", "Durand", "anne@exemple.fr", None).await;
    let link = world.link_to("anne@exemple.fr").await;
    let fields = [("username", "anne"), ("password", PASSWORD)];
    let presses = (0..20).map(|_| world.press(&link, &fields));
    let answers = futures_util::future::join_all(presses).await;
    let made = answers
        .iter()
        .filter(|answer| answer.header("location") == Some("/done/account-created"))
        .count();
    assert_eq!(made, 1);
    assert!(answers.iter().all(|answer| answer.status < 500));
}
