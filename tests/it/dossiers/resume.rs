//! What people see of a dossier that goes on.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_dossier_goes_on_by_hand_or_when_those_who_ask_write() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let state = async || world.call("GET", &dossier).by(&anne).send().await.json()["state"].clone();
    let resume = async |user| world.on_dossier(&dossier, user, "resume", json!({})).await;
    assert_eq!(resume(&anne).await.json()["code"], "dossier_not_paused");
    let pause = || world.on_dossier(&dossier, &anne, "pause", json!({"reason": "Budget."}));
    pause().await;
    assert_eq!(resume(&local).await.status, 403);
    assert_eq!(resume(&admin).await.status, 200);
    assert_eq!(state().await, "open");
    pause().await;
    world.on_dossier(&dossier, &local, "join", json!({"role": "advisor"})).await;
    let note = |text: &str| json!({ "text": text });
    world.on_dossier(&dossier, &local, "notes", note("Où en êtes-vous\u{202F}?")).await;
    assert_eq!(state().await, "paused", "advisers do not wake it");
    let answer = world.on_dossier(&dossier, &anne, "notes", note("Le budget est voté.")).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(state().await, "open");
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts[acts.len() - 2..], ["note.added", "dossier.resumed"]);
    pause().await;
    let title = |title: &str| json!({ "title": title });
    world.on_dossier(&dossier, &admin, "", title("Une école")).await;
    assert_eq!(state().await, "paused", "staff do not wake it by correcting a word");
    let updated = world.on_dossier(&dossier, &anne, "", title("Deux écoles")).await;
    assert_eq!((updated.status, updated.json()["state"].clone()), (200, "open".into()));
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts[acts.len() - 2..], ["dossier.updated", "dossier.resumed"]);
}

#[tokio::test]
async fn whatever_those_who_ask_do_has_it_go_on_and_nothing_that_others_do() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (beta, _) = world.portal("Beta").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let max = world.invited_to(&dossier, "Max", "member", &anne).await;
    let lucie = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let state = async || world.call("GET", &dossier).by(&anne).send().await.json()["state"].clone();
    let note = world.on_dossier(&dossier, &anne, "notes", json!({"text": "Bonjour"})).await.json();
    let note = format!("notes/{}", note["id"].as_str().unwrap());
    let on = |user, act: &str, body| {
        let act = act.to_owned();
        let (world, dossier) = (&world, &dossier);
        async move {
            if !act.starts_with("notes/") {
                return world.on_dossier(dossier, user, &act, body).await.status;
            }
            let path = format!("{dossier}/{act}");
            let edit = world.call("PATCH", &path).by(user).if_match("1").once();
            edit.json(&body).send().await.status
        }
    };
    let named = |account: &str| json!({ "account": account });
    let invitee = |email: &str, role: &str| json!({ "email": email, "role": role });
    let by_staff = invitee("ines@exemple.fr", "member");
    let zoe = world.user("Zoe", "Petit").await;
    for (who, act, body, goes_on) in [
        (&admin, "invitations", by_staff, false),
        (&lucie, "join", json!({"role": "advisor"}), false),
        (&lucie, "notes", json!({"text": "Où en êtes-vous\u{202F}?"}), false),
        (&anne, "invitations", invitee("leo@exemple.fr", "member"), true),
        (&anne, note.as_str(), json!({"text": "Bonsoir"}), true),
        (&anne, "publications", json!({"portal": beta}), true),
        (&anne, "referent/offer", named(&max.account), true),
        (&max, "referent/accept", json!({}), true),
        (&admin, "referent", named(&anne.account), false),
        (&max, "leave", json!({}), false),
    ] {
        let paused = on(&admin, "pause", json!({"reason": "Budget."})).await;
        assert!([200, 409].contains(&paused));
        assert_eq!(state().await, "paused", "{act}");
        let status = on(who, act, body).await;
        assert!((200..300).contains(&status), "{act}: {status}");
        assert_eq!(state().await, if goes_on { "open" } else { "paused" }, "{act}");
    }
    let answer = world.invite_to_dossier(&dossier, &admin, &zoe.email, "partner", json!({})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(state().await, "paused");
    assert_eq!(world.accept_mine(&zoe).await.status, 200);
    assert_eq!(state().await, "open", "whoever begins to take part on that side acts");
}
