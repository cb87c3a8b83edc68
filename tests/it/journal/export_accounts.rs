//! What the operator takes out of what belongs to no portal.

use std::io::Cursor;

use guichet_platform::seal::verify::{Known, verify};
use serde_json::json;

use crate::journal::seal::seal;
use crate::world::World;

#[tokio::test]
async fn the_eight_journals_of_accounts_hold_every_act_on_an_account() {
    let world = World::new().await;
    world.user("Anne", "Durand").await;
    world.clock.advance_seconds(3_600);
    assert_eq!(seal(&world).await.1, 0);
    let entries = world.stack.journal().unwrap();
    let acts = entries.iter().filter(|entry| entry["portal"].is_null()).count();
    let mut exported = 0;
    for number in 0..8 {
        let (mut export, mut cursor) = (String::new(), json!(1));
        while !cursor.is_null() {
            let event = json!({ "journal": format!("accounts-{number}"), "cursor": cursor });
            let page = world.stack.invoke("journal::export_accounts", event).await.unwrap();
            export.push_str(page["lines"].as_str().unwrap());
            cursor = page["cursor"].clone();
        }
        exported += verify(Cursor::new(export), &Known::default()).unwrap().entries;
    }
    assert!(acts >= 4, "sign-up, account, session, keys: {acts}");
    assert_eq!(exported, acts as u64);
}

#[tokio::test]
async fn a_portals_journal_is_not_the_operators_to_take() {
    let world = World::new().await;
    let (portal, _) = world.portal("Alpha").await;
    for journal in [portal.as_str(), "accounts-8", ""] {
        let event = json!({ "journal": journal });
        assert!(world.stack.invoke("journal::export_accounts", event).await.is_err(), "{journal}");
    }
}
