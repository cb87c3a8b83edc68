//! What people see of a dossier on several portals (RULES F13).

use serde_json::{Value, json};

use crate::world::{User, World};

struct Scene {
    world: World,
    alpha: String,
    beta: String,
    claire: User,
    bea: User,
    anne: User,
    dossier: String,
}

/// Anne's dossier about Bordeaux, open on Alpha. Claire is the admin there, Bea on Beta.
async fn scene() -> Scene {
    let world = World::new().await;
    let (alpha, claire) = world.portal("Alpha").await;
    let (beta, bea) = world.portal("Beta").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&alpha, &anne, &claire, "33063").await;
    Scene { world, alpha, beta, claire, bea, anne, dossier }
}

impl Scene {
    /// The same dossier on Beta.
    fn there(&self) -> String {
        self.dossier.replace(&self.alpha, &self.beta)
    }

    async fn publish(&self, by: &User, portal: &str) -> (u16, Value) {
        let body = json!({ "portal": portal });
        let answer = self.world.on_dossier(&self.dossier, by, "publications", body).await;
        (answer.status, answer.json())
    }

    /// Published on Beta, and accepted there.
    async fn published(&self) {
        assert_eq!(self.publish(&self.anne, &self.beta).await.0, 201);
        let accepted = self.world.on_dossier(&self.there(), &self.bea, "accept", json!({})).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text());
    }

    async fn get(&self, path: &str, by: &User) -> (u16, Value) {
        let answer = self.world.call("GET", path).by(by).send().await;
        (answer.status, answer.json())
    }
}

#[tokio::test]
async fn another_portals_staff_decide_first_and_each_portal_goes_its_own_way() {
    let at = scene().await;
    let world = &at.world;
    let (status, made) = at.publish(&at.anne, &at.beta).await;
    assert_eq!((status, &made["state"]), (201, &json!("submitted")), "{made}");
    let (there, lucie) = (at.there(), world.advisor(&at.alpha, &at.claire, "Lucie", &["33"]).await);
    let berta = world.advisor(&at.beta, &at.bea, "Berta", &["33"]).await;
    let summary = format!("/v1/portals/{}/moderation", at.beta);
    let counted = at.get(&summary, &at.bea).await.1;
    assert_eq!(counted["dossiers"]["count"], 1, "{counted}");
    assert_eq!(at.get(&there, &berta).await.0, 404, "not before it is accepted there");
    let (_, text) = world.mails_to(&at.anne.email).await.pop().unwrap();
    assert!(text.contains("Beta"), "{text}");
    let accepted = world.on_dossier(&there, &at.bea, "accept", json!({})).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    // Advisers, notes, states and followers are each portal's own.
    for (path, user, status) in [
        (&at.dossier, &lucie, 200),
        (&there, &lucie, 404),
        (&there, &berta, 200),
        (&at.dossier, &berta, 404),
        (&at.dossier, &at.bea, 404),
        (&there, &at.claire, 404),
    ] {
        assert_eq!(at.get(path, user).await.0, status, "{path} {}", user.email);
    }
    let joined = world.on_dossier(&there, &berta, "join", json!({"role": "advisor"})).await;
    assert_eq!(joined.json()["advisors"], 1);
    assert_eq!(at.get(&at.dossier, &at.claire).await.1["advisors"], 0);
    let note = json!({"text": "De Beta."});
    assert_eq!(world.on_dossier(&there, &at.anne, "notes", note).await.status, 201);
    let notes = at.get(&format!("{}/notes", at.dossier), &at.anne).await.1;
    assert_eq!(notes["items"], json!([]));
    let pause = json!({"reason": "Budget."});
    assert_eq!(world.on_dossier(&at.dossier, &at.claire, "pause", pause).await.status, 200);
    assert_eq!(at.get(&there, &at.bea).await.1["state"], "open");
    // Only those who ask learn where else it is.
    assert_eq!(at.get(&at.dossier, &at.anne).await.1["also_on"], json!([at.beta]));
    for user in [&at.claire, &lucie] {
        let seen = at.get(&at.dossier, user).await.1;
        assert!(seen["also_on"].is_null() && !seen.to_string().contains(&at.beta), "{seen}");
    }
    // Anne finds it in her list on both.
    for portal in [&at.alpha, &at.beta] {
        let list = at.get(&format!("/v1/portals/{portal}/dossiers"), &at.anne).await.1;
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    }
}

#[tokio::test]
async fn what_it_says_and_who_asks_is_the_same_everywhere() {
    let at = scene().await;
    let world = &at.world;
    let max = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    at.published().await;
    let there = at.there();
    let berta = world.advisor(&at.beta, &at.bea, "Berta", &["33"]).await;
    assert_eq!(at.get(&there, &berta).await.0, 200);
    let change = json!({"title": "Deux écoles", "commune": "40192"});
    assert_eq!(world.on_dossier(&at.dossier, &at.anne, "", change).await.status, 200);
    let seen = at.get(&there, &at.bea).await.1;
    assert_eq!(
        (&seen["title"], &seen["locality"]["department"]),
        (&json!("Deux écoles"), &json!("40"))
    );
    assert_eq!(at.get(&there, &berta).await.0, 404, "it lies elsewhere now");
    assert!(world.acts(&at.beta, &at.bea).await.contains(&"dossier.updated".to_owned()));
    // Max asks on both, once he is somebody on Beta; who is invited on Beta asks on Alpha, too.
    assert_eq!(at.get(&there, &max).await.0, 404);
    world.invite(&at.beta, &at.bea, &max.email, json!({})).await;
    assert_eq!(world.accept_mine(&max).await.status, 200);
    assert_eq!(at.get(&there, &max).await.1["role"], "member");
    let list = at.get(&format!("/v1/portals/{}/dossiers", at.beta), &max).await.1;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    let paul = world.invited_to(&there, "Paul", "partner", &at.anne).await;
    world.invite(&at.alpha, &at.claire, &paul.email, json!({})).await;
    assert_eq!(world.accept_mine(&paul).await.status, 200);
    assert_eq!(at.get(&at.dossier, &paul).await.1["role"], "partner");
    let list = at.get(&format!("/v1/portals/{}/dossiers", at.alpha), &paul).await.1;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    // Whoever speaks for it does so on both; whoever is removed on one is so on both.
    let body = json!({"account": max.account});
    assert_eq!(world.on_dossier(&there, &at.bea, "referent", body).await.status, 200);
    assert_eq!(at.get(&at.dossier, &at.claire).await.1["referent"], max.account);
    let path = format!("{there}/members/{}", paul.account);
    let removed = world.call("DELETE", &path).by(&at.bea).if_match("1").once().send().await;
    assert_eq!(removed.status, 204, "{}", removed.text());
    for portal in [&at.alpha, &at.beta] {
        let list = at.get(&format!("/v1/portals/{portal}/dossiers"), &paul).await.1;
        assert_eq!(list["items"], json!([]), "{portal}");
    }
}

#[tokio::test]
async fn nobody_is_on_both_sides_on_whatever_portals() {
    let at = scene().await;
    let world = &at.world;
    at.published().await;
    let berta = world.advisor(&at.beta, &at.bea, "Berta", &["33"]).await;
    let there = at.there();
    assert_eq!(
        world.on_dossier(&there, &berta, "join", json!({"role": "advisor"})).await.status,
        200
    );
    // Anne does not learn on Alpha what Berta is on Beta; Berta does.
    let email = &berta.email;
    let made = world.invite_to_dossier(&at.dossier, &at.anne, email, "member", json!({})).await;
    assert_eq!(made.status, 201);
    let refused = world.accept_mine(&berta).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("takes_the_other_side")));
    // To advise on two portals is another matter.
    let made = world.invite_to_dossier(&at.dossier, &at.claire, email, "observer", json!({})).await;
    assert_eq!(made.status, 409, "one open invitation at a time");
    world.manage(&at.alpha, &at.anne, &open_invitation(&at).await, "cancel").await;
    let made = world.invite_to_dossier(&at.dossier, &at.claire, email, "observer", json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(world.accept_mine(&berta).await.status, 200);
    assert_eq!(at.get(&at.dossier, &berta).await.1["role"], "observer");
    assert_eq!(at.get(&there, &berta).await.1["role"], "advisor");
}

async fn open_invitation(at: &Scene) -> String {
    let list = at.get(&format!("{}/invitations", at.dossier), &at.anne).await.1;
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn it_is_published_by_its_contact_once_accepted_where_they_may_submit_one() {
    let at = scene().await;
    let world = &at.world;
    let max = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    for user in [&max, &at.claire] {
        let (status, body) = at.publish(user, &at.beta).await;
        assert_eq!((status, &body["rule"]), (403, &json!("referent")), "{body}");
    }
    let (closed, _) = world.portal_with("Gamma", json!({"requests_open_to": "people"})).await;
    for portal in [closed.as_str(), "por_01KAM0000000000000000000P0"] {
        let (status, body) = at.publish(&at.anne, portal).await;
        assert_eq!((status, &body["errors"][0]["field"]), (422, &json!("portal")), "{body}");
    }
    assert_eq!(at.publish(&at.anne, &at.alpha).await.1["code"], "already_published");
    assert_eq!(at.publish(&at.anne, &at.beta).await.0, 201);
    assert_eq!(at.publish(&at.anne, &at.beta).await.1["code"], "already_published");
    // What waits there says what it says here: it is changed where it was accepted.
    let revised = world.on_dossier(&at.there(), &at.anne, "revise", json!({"title": "x"})).await;
    assert_eq!((revised.status, &revised.json()["code"]), (409, &json!("published_elsewhere")));
    for name in ["Delta", "Epsilon", "Zeta"] {
        let (portal, _) = world.portal(name).await;
        assert_eq!(at.publish(&at.anne, &portal).await.0, 201, "{name}");
    }
    // She may submit and publish ten an hour.
    world.clock.advance_seconds(3600);
    let anne = world.sign_in(&at.anne.email).await;
    let (sixth, _) = world.portal("Eta").await;
    assert_eq!(at.publish(&anne, &sixth).await.1["code"], "too_many_portals");
    let waits = world.dossier(&at.alpha, &anne, "33063").await;
    let body = json!({"portal": at.beta});
    let early = world.on_dossier(&waits, &anne, "publications", body).await;
    assert_eq!((early.status, &early.json()["code"]), (409, &json!("dossier_not_accepted")));
}

#[tokio::test]
async fn a_portal_that_has_not_accepted_it_has_no_say_in_who_asks() {
    let at = scene().await;
    let world = &at.world;
    let max = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    world.invite(&at.beta, &at.bea, &max.email, json!({})).await;
    assert_eq!(world.accept_mine(&max).await.status, 200);
    assert_eq!(at.publish(&at.anne, &at.beta).await.0, 201);
    let there = at.there();
    let bruno = world.member(&at.beta, &at.bea, "Bruno", "global_administrator").await;
    for state in ["submitted", "refused"] {
        if state == "refused" {
            let reason = json!({"reason": "Hors sujet."});
            assert_eq!(world.on_dossier(&there, &at.bea, "refuse", reason).await.status, 200);
        }
        let email = format!("{state}@exemple.fr");
        let invited = world.invite_to_dossier(&there, &bruno, &email, "member", json!({})).await;
        assert_eq!(invited.status, 409, "{state}: {}", invited.text());
        let body = json!({"account": max.account});
        let named = world.on_dossier(&there, &bruno, "referent", body).await;
        assert_eq!(named.status, 409, "{state}: {}", named.text());
        let path = format!("{there}/members/{}", max.account);
        let removed = world.call("DELETE", &path).by(&bruno).if_match("1").once().send().await;
        assert_eq!(removed.status, 409, "{state}: {}", removed.text());
        // And nothing of it is offered.
        let members = at.get(&format!("{there}/members"), &bruno).await.1;
        for member in members["applicants"].as_array().unwrap() {
            for may in ["may_remove", "may_name_referent", "may_offer_referent"] {
                assert_eq!(member[may], false, "{state}: {may} {member}");
            }
        }
        let may = at.get(&there, &bruno).await.1["may"].to_string();
        assert!(!may.contains("invite_applicants"), "{state}: {may}");
        let may = at.get(&there, &max).await.1["may"].to_string();
        assert!(!may.contains("leave"), "{state}: {may}");
    }
    assert_eq!(at.get(&at.dossier, &max).await.1["role"], "member");
}

#[tokio::test]
async fn one_portals_staff_learn_nothing_of_the_others() {
    let at = scene().await;
    let world = &at.world;
    at.published().await;
    // Claire of Alpha changes it; Beta's journal says that it changed, and not by whom.
    let change = json!({"title": "Deux écoles"});
    assert_eq!(world.on_dossier(&at.dossier, &at.claire, "", change).await.status, 200);
    let journal = at.get(&format!("/v1/portals/{}/journal?limit=100", at.beta), &at.bea).await.1;
    let entries = journal["items"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["act"] == "dossier.updated").unwrap();
    assert_eq!(entry["author"]["kind"], "elsewhere", "{entry}");
    assert!(!journal.to_string().contains(&at.claire.account));
    // Whom Beta removes from its advisers, Alpha's invitation still takes in.
    let berta = world.advisor(&at.beta, &at.bea, "Berta", &["33"]).await;
    let there = at.there();
    world.on_dossier(&there, &berta, "join", json!({"role": "advisor"})).await;
    let more = json!({});
    world.invite_to_dossier(&at.dossier, &at.claire, &berta.email, "observer", more).await;
    world.clock.advance_seconds(1);
    let path = format!("{there}/members/{}", berta.account);
    let removed = world.call("DELETE", &path).by(&at.bea).if_match("1").once().send().await;
    assert_eq!(removed.status, 204, "{}", removed.text());
    assert_eq!(world.accept_mine(&berta).await.status, 200);
}

#[tokio::test]
async fn nobody_decides_elsewhere_on_what_they_once_submitted() {
    let world = World::new().await;
    let (alpha, claire) = world.portal("Alpha").await;
    let (beta, bea) = world.portal("Beta").await;
    let sam = world.member(&beta, &bea, "Sam", "global_administrator").await;
    let dossier = world.open_dossier(&alpha, &sam, &claire, "33063").await;
    let max = world.invited_to(&dossier, "Max", "member", &sam).await;
    let body = json!({"account": max.account});
    assert_eq!(world.on_dossier(&dossier, &claire, "referent", body).await.status, 200);
    assert_eq!(world.on_dossier(&dossier, &sam, "leave", json!({})).await.status, 204);
    let body = json!({"portal": beta});
    assert_eq!(world.on_dossier(&dossier, &max, "publications", body).await.status, 201);
    let there = dossier.replace(&alpha, &beta);
    let decided = world.on_dossier(&there, &sam, "accept", json!({})).await;
    let said = (decided.status, decided.json()["rule"].clone());
    assert_eq!(said, (403, json!("nobody_decides_for_themselves")));
    assert_eq!(world.on_dossier(&there, &bea, "accept", json!({})).await.status, 200);
}

#[tokio::test]
async fn whoever_asks_is_told_of_what_a_portal_decides_where_they_are_nobody() {
    let at = scene().await;
    let world = &at.world;
    let max = world.invited_to(&at.dossier, "Max", "member", &at.anne).await;
    let body = json!({"account": max.account});
    assert_eq!(at.publish(&at.anne, &at.beta).await.0, 201);
    assert_eq!(world.on_dossier(&at.dossier, &at.claire, "referent", body).await.status, 200);
    let refused = json!({"reason": "Hors sujet."});
    assert_eq!(world.on_dossier(&at.there(), &at.bea, "refuse", refused).await.status, 200);
    let (subject, text) = world.mails_to(&max.email).await.pop().unwrap();
    assert!(subject.starts_with("Beta"), "{subject}");
    assert!(text.contains("Hors sujet."), "{text}");
}

#[tokio::test]
async fn whoever_is_removed_by_a_portal_where_they_are_nobody_is_told() {
    let at = scene().await;
    let world = &at.world;
    at.published().await;
    let paul = world.invited_to(&at.there(), "Paul", "member", &at.anne).await;
    assert!(world.membership(&paul, &at.alpha).await.is_null(), "nobody on Alpha");
    let path = format!("{}/members/{}", at.dossier, paul.account);
    let removed = world.call("DELETE", &path).by(&at.claire).if_match("1").once().send().await;
    assert_eq!(removed.status, 204, "{}", removed.text());
    let (subject, text) = world.mails_to(&paul.email).await.pop().unwrap();
    assert!(subject.starts_with("Alpha"), "{subject}");
    assert!(text.contains("took part in this dossier"), "{text}");
}
