//! DESIGN §2, 10: another portal's objects do not exist, byte for byte.

use guichet_local::gateway::HttpAnswer;
use guichet_local::template::Trigger;
use serde_json::json;

use crate::world::{User, World, demand, sheet};

/// An answer without what differs between any two: date and request id.
fn comparable(answer: HttpAnswer) -> (u16, Vec<(String, String)>, String) {
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| name != "x-request-id" && name != "date");
    headers.sort();
    (answer.status, headers, answer.text())
}

/// A body that each route takes, so that nothing but the identifiers decides.
fn body(handler: &str) -> serde_json::Value {
    match handler {
        "advisor_requests::submit" => demand(&["33"]),
        "advisor_requests::refuse" | "advisor_requests::reopen" => json!({"reason": "Non."}),
        "advisor_requests::amend" | "advisors::promote" | "advisors::set_territory" => {
            json!({"territory": {"national": true}})
        }
        "people::change_level" => json!({"level": "reviewer"}),
        "people::update" => json!({"job_title": "x"}),
        "people::hand_over" => json!({"successor": "acc_01KAM0000000000000000000A0"}),
        "people::set_end_of_access" => json!({"ends_at": "2027-01-01T00:00:00Z"}),
        "invitations::invite" => {
            json!({"first_name": "Zoé", "last_name": "Blanc", "email": "z@exemple.fr"})
        }
        "invitations::correct_address" => json!({"email": "y@exemple.fr"}),
        "moderation::choose_mails" => json!({"mails": "never"}),
        "dossiers::submit" => sheet("33063"),
        "dossiers::offer_referent" | "dossiers::name_referent" | "dossiers::take_over" => {
            json!({"account": "acc_01KAM0000000000000000000A0"})
        }
        "dossiers::publish_on" => json!({"portal": "por_01KAM0000000000000000000P0"}),
        "dossiers::invite" => json!({"email": "x@exemple.fr", "role": "member"}),
        "dossiers::refuse" | "dossiers::pause" => json!({"reason": "Non."}),
        "dossiers::join" | "dossiers::switch_position" => json!({"role": "advisor"}),
        "notes::add" | "notes::edit" => json!({"text": "x"}),
        _ => json!({}),
    }
}

async fn call(world: &World, by: &User, method: &str, path: &str, handler: &str) -> HttpAnswer {
    let call = world.call(method, path).by(by).if_match("1").json(&body(handler));
    call.send().await
}

/// What a path calls it, what it is, and one that never was.
type Thing = (&'static str, String, &'static str);

/// One of everything that a portal has.
async fn things(world: &World, beta: &str, owner: &User) -> [Thing; 4] {
    let submitted = world.submit(beta, owner, &["33"]).await;
    assert_eq!(submitted.status, 201);
    let id = |answer: &HttpAnswer| answer.json()["id"].as_str().unwrap().to_owned();
    let last = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let invited = world.invite(beta, owner, "z@exemple.fr", json!({"send": "later"})).await;
    let import = world.uploaded(beta, owner, "A;B;a@exemple.fr;;\n").await;
    let dossier = world.dossier(beta, owner, "33063").await;
    let note = world.on_dossier(&dossier, owner, "notes", json!({"text": "x"})).await;
    [
        ("{invitation}", id(&invited), "inv_01KAM0000000000000000000V0"),
        ("{import}", last(&import), "imp_01KAM0000000000000000000M0"),
        ("{dossier}", last(&dossier), "dos_01KAM0000000000000000000D0"),
        ("{note}", id(&note), "not_01KAM0000000000000000000N0"),
    ]
}

#[tokio::test]
async fn ids_of_another_portal_are_answered_like_ids_that_never_were() {
    let world = World::new().await;
    let (alpha, admin) = world.portal("Alpha").await;
    let closed = json!({"requests_open_to": "people"});
    let (beta, owner) = world.portal_with("Beta", closed).await;
    let staff = world.member(&alpha, &admin, "Bruno", "global_administrator").await;
    let user = world.member(&alpha, &admin, "Ulysse", "user").await;
    let things = things(&world, &beta, &owner).await;
    let nowhere = "por_01KAM0000000000000000000P0";
    let nobody = "acc_01KAM0000000000000000000A0";
    let mut routes = 0;
    for function in world.stack.template.functions.clone() {
        let Trigger::Route { method, path } = &function.trigger else { continue };
        if !path.contains("{portal}") {
            continue;
        }
        routes += 1;
        let fill = |portal: &str, account: &str, query: &str| {
            let path = path.replace("{portal}", portal).replace("{account}", account);
            // The other portal's things, under this portal's path as well as under its own.
            let of = |path: String, (name, id, _): &Thing| path.replace(name, id);
            format!("{}{query}", things.iter().fold(path, of))
        };
        let query = match function.handler.as_str() {
            "permissions::explain" => "?action=see_queue",
            "advisors::preview_territory" => "?national=true",
            _ => "",
        };
        for actor in [&admin, &staff, &user] {
            let ask = async |portal: &str, account: &str| {
                let path = fill(portal, account, query);
                comparable(call(&world, actor, method, &path, &function.handler).await)
            };
            let never = ask(nowhere, nobody).await;
            assert_eq!(never.0, 404, "{}", function.handler);
            for (portal, account) in
                [(beta.as_str(), owner.account.as_str()), (&beta, nobody), (&beta, &actor.account)]
            {
                assert_eq!(ask(portal, account).await, never, "{}", function.handler);
            }
            if things.iter().any(|(name, ..)| path.contains(name)) {
                let stranger = ask(&alpha, &owner.account).await;
                assert!(stranger.0 == 404 || stranger.0 == 403, "{}", function.handler);
                let unseen = path.replace("{portal}", &alpha).replace("{account}", &owner.account);
                let unseen =
                    things.iter().fold(unseen, |path, (name, _, never)| path.replace(name, never));
                let unseen = call(&world, actor, method, &unseen, &function.handler).await;
                assert_eq!(stranger, comparable(unseen), "{}", function.handler);
            }
            if path.contains("{account}") {
                let stranger = ask(&alpha, &owner.account).await;
                assert_eq!(stranger, ask(&alpha, nobody).await, "{}", function.handler);
            }
        }
    }
    assert!(routes >= 57, "{routes} routes");
    // Nothing of all this touched the other portal.
    assert_eq!(
        world.acts(&beta, &owner).await,
        [
            "portal.created",
            "advisor_request.submitted",
            "invitation.preloaded",
            "import.uploaded",
            "dossier.submitted",
            "note.added"
        ]
    );
}

#[tokio::test]
async fn a_cursor_of_another_portal_reaches_nothing() {
    let world = World::new().await;
    let (alpha, admin) = world.portal("Alpha").await;
    let (beta, owner) = world.portal("Beta").await;
    for first in ["Anne", "Karim"] {
        let user = world.requester(&beta, first, &["33"]).await;
        world.submit(&alpha, &user, &["64"]).await;
    }
    let list = |portal: &str, query: &str| format!("/v1/portals/{portal}/advisor-requests{query}");
    let page = world.call("GET", &list(&beta, "?limit=1")).by(&owner).send().await.json();
    let cursor = page["cursor"].as_str().unwrap();
    let forged = list(&alpha, &format!("?cursor={cursor}"));
    let answer = world.call("GET", &forged).by(&admin).send().await;
    assert!(!answer.text().contains("\"33\""), "{}", answer.text());
}
