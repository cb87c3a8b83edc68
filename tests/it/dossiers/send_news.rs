//! RULES F3: who is told of new dossiers, when, and that nobody is told twice.

use guichet_domain::account::Account;
use guichet_domain::changes::{Place, Write};
use guichet_domain::ids::{AccountId, EntryId, PortalId, Ulid};
use guichet_domain::mail::Composed;
use guichet_domain::moderation::{MailChoice, MailRhythm};
use guichet_domain::person::{AdvisorRow, Coverage};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Name, Username};
use guichet_local::stack::Flow;
use guichet_local::wire::Fault;
use guichet_platform::keys::Listing;
use guichet_platform::store::{Order, PageQuery};
use serde_json::json;

use crate::world::{User, World, sheet};

const AT_ONCE: &str = "Alpha: a new dossier to look at";
const DAILY: &str = "Alpha: news among the dossiers";

async fn choose(world: &World, portal: &str, user: &User, mails: &str) {
    let path = format!("/v1/portals/{portal}/dossier-mails");
    let body = json!({ "mails": mails });
    let chosen = world.call("PUT", &path).by(user).json(&body).send().await;
    assert_eq!(chosen.status, 200, "{}", chosen.text());
}

/// How often somebody was told, at once and daily.
async fn told(world: &World, user: &User) -> (usize, usize) {
    let mails = world.mails_to(&user.email).await;
    let with = |wanted: &str| mails.iter().filter(|(subject, _)| subject == wanted).count();
    (with(AT_ONCE), with(DAILY))
}

#[tokio::test]
async fn those_whose_territory_covers_it_and_staff_are_told_as_each_prefers_and_nobody_twice() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let chloe = world.member(&portal, &admin, "Chloe", "global_administrator").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33", "64"]).await;
    let national = world.advisor(&portal, &admin, "Nadia", &[]).await;
    let daily = world.advisor(&portal, &admin, "Denis", &["33"]).await;
    let never = world.advisor(&portal, &admin, "Nina", &["33"]).await;
    let far = world.advisor(&portal, &admin, "Luc", &["40"]).await;
    let gone = world.advisor(&portal, &admin, "Gaston", &["33"]).await;
    // Staff who are advisers too stand in two lists.
    let both = world.advisor(&portal, &admin, "Basile", &["33"]).await;
    let staff = json!({"level": "global_administrator"});
    world.on_person(&portal, &admin, &both, "level", &staff).await;
    for user in [
        &admin,
        &anne_of(&world, &portal, &anne).await,
        &bruno,
        &local,
        &national,
        &far,
        &gone,
        &both,
    ] {
        choose(&world, &portal, user, "at_once").await;
    }
    choose(&world, &portal, &never, "never").await;
    world.on_person(&portal, &admin, &gone, "archive", &json!({})).await;
    world.open_dossier(&portal, &anne, &admin, "33063").await;
    for user in [&bruno, &local, &national, &both] {
        assert_eq!(told(&world, user).await, (1, 0), "{}", user.email);
    }
    for user in [&anne, &admin, &daily, &chloe, &never, &far, &gone] {
        assert_eq!(told(&world, user).await, (0, 0), "{}", user.email);
    }
    let refused = world.dossier(&portal, &anne, "33063").await;
    world.on_dossier(&refused, &admin, "refuse", json!({"reason": "Non."})).await;
    world.settle().await;
    world.clock.advance_days(1);
    for _ in 0..3 {
        let ran = world.stack.run("dossiers::send_news").await.unwrap();
        assert_eq!(ran["failed"], 0);
    }
    for user in [&daily, &chloe] {
        assert_eq!(told(&world, user).await, (0, 1), "{}", user.email);
    }
    for user in [&bruno, &local, &national, &both] {
        assert_eq!(told(&world, user).await, (1, 0), "{}", user.email);
    }
    for user in [&anne, &admin, &never, &far, &gone] {
        assert_eq!(told(&world, user).await, (0, 0), "{}", user.email);
    }
    let mails = world.mails_to(&daily.email).await;
    let (_, text) = mails.iter().find(|(subject, _)| subject == DAILY).unwrap();
    assert!(text.contains("- Bordeaux: Une école pour deux villages"), "{text}");
    assert!(!text.contains("more"), "the refused one is none: {text}");
}

/// The contact, once they are a person of the portal.
async fn anne_of(world: &World, portal: &str, anne: &User) -> User {
    let made = world.submit_dossier(portal, anne, "75056").await;
    assert_eq!(made.status, 201, "{}", made.text());
    anne.clone()
}

#[tokio::test]
async fn a_daily_mail_names_what_its_reader_may_see_and_counts_what_it_can_not_name() {
    let world = World::new().await;
    let (portal, mut admin) = world.portal("Alpha").await;
    let mut anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let national = world.advisor(&portal, &admin, "Nadia", &[]).await;
    let path = format!("/v1/portals/{portal}/dossiers");
    for number in 0..23 {
        if number == 10 || number == 20 {
            // So many are submitted in an hour by one person.
            world.clock.advance_seconds(3_601);
            anne = world.sign_in(&anne.email).await;
            admin = world.sign_in(&admin.email).await;
        }
        let mut body = sheet(if number < 2 { "33063" } else { "40192" });
        body["title"] = json!(format!("Projet {number:02}"));
        let made = world.call("POST", &path).by(&anne).json(&body).send().await.json();
        let dossier = format!("{path}/{}", made["id"].as_str().unwrap());
        world.on_dossier(&dossier, &admin, "accept", json!({})).await;
        world.settle().await;
    }
    // The next morning in Paris.
    world.clock.advance_seconds(14 * 3_600);
    world.stack.run("dossiers::send_news").await.unwrap();
    assert_eq!(told(&world, &local).await, (0, 0), "not before");
    // What the moderators have not read goes out to nobody else.
    let anne = world.sign_in(&anne.email).await;
    let queue = format!("{path}?department=33");
    let last = world.call("GET", &queue).by(&anne).send().await.json();
    let dossier = format!("{path}/{}", last["items"][0]["id"].as_str().unwrap());
    let title = json!({"title": "Votre compte expire"});
    assert_eq!(world.on_dossier(&dossier, &anne, "", title).await.status, 200);
    world.clock.advance_seconds(2 * 3_600);
    world.stack.run("dossiers::send_news").await.unwrap();
    let text = async |user: &User| {
        let mails = world.mails_to(&user.email).await;
        mails.into_iter().find(|(subject, _)| subject == DAILY).unwrap().1
    };
    let of_local = text(&local).await;
    assert_eq!(of_local.matches("Projet").count(), 2, "{of_local}");
    assert!(!of_local.contains("expire"), "{of_local}");
    assert_eq!(told(&world, &admin).await, (0, 0), "who accepted them knows them");
    let of_national = text(&national).await;
    assert_eq!(of_national.matches("Projet").count(), 20, "{of_national}");
    assert!(of_national.contains("3 more new dossiers"), "{of_national}");
}

#[tokio::test]
async fn whoever_changes_their_mind_is_told_of_each_dossier_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let to_at_once = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let to_daily = world.advisor(&portal, &admin, "Luc", &["33"]).await;
    let to_never = world.advisor(&portal, &admin, "Nina", &["33"]).await;
    choose(&world, &portal, &to_daily, "at_once").await;
    world.clock.advance_seconds(1);
    world.open_dossier(&portal, &anne, &admin, "33063").await;
    world.settle().await;
    world.clock.advance_seconds(1);
    choose(&world, &portal, &to_at_once, "at_once").await;
    choose(&world, &portal, &to_daily, "daily").await;
    choose(&world, &portal, &to_never, "never").await;
    world.clock.advance_seconds(1);
    world.open_dossier(&portal, &anne, &admin, "33063").await;
    world.settle().await;
    world.clock.advance_days(1);
    world.stack.run("dossiers::send_news").await.unwrap();
    // The first one daily, the second one at once; and the other way round.
    assert_eq!(told(&world, &to_at_once).await, (1, 1));
    assert_eq!(told(&world, &to_daily).await, (1, 1));
    assert_eq!(told(&world, &to_never).await, (0, 1), "what came in before is still told");
    for user in [&to_at_once, &to_daily, &to_never] {
        let mails = world.mails_to(&user.email).await;
        let (_, daily) = mails.iter().find(|(subject, _)| subject == DAILY).unwrap();
        assert_eq!(daily.matches("- Bordeaux").count(), 1, "{daily}");
    }
}

#[tokio::test]
async fn whoever_changes_their_mind_twice_a_day_is_told_of_each_dossier_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let lucie = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let luc = world.advisor(&portal, &admin, "Luc", &["33"]).await;
    choose(&world, &portal, &lucie, "at_once").await;
    world.clock.advance_seconds(1);
    world.open_dossier(&portal, &anne, &admin, "33063").await;
    world.settle().await;
    for (user, choices) in [(&lucie, ["daily", "at_once"]), (&luc, ["at_once", "daily"])] {
        for choice in choices {
            world.clock.advance_seconds(60);
            choose(&world, &portal, user, choice).await;
        }
    }
    world.clock.advance_days(1);
    world.stack.run("dossiers::send_news").await.unwrap();
    assert_eq!(told(&world, &lucie).await, (1, 0), "at once, as it was when it was accepted");
    assert_eq!(told(&world, &luc).await, (0, 1), "daily, as it was when it was accepted");
}

/// Advisers of the whole country who want to know so, put straight into the table.
async fn crowd(world: &World, portal: PortalId, people: u128, rhythm: MailRhythm) {
    let mut writes = Vec::new();
    for number in 0..people {
        let id = AccountId::new(Ulid(number + 1));
        let name = Name::new("Camille").unwrap();
        let advisor = AdvisorRow {
            account: id,
            portal,
            first_name: name.clone(),
            last_name: name.clone(),
            organisation: None,
            territory: Territory::National,
            ends_at: None,
            rights_version: 1,
            dossier_mails: MailChoice::of(rhythm),
        };
        let account = Account {
            id,
            version: 1,
            username: Username::new(&format!("camille.{number}")).unwrap(),
            email: Email::new(&format!("camille.{number}@exemple.fr")).unwrap(),
            first_name: name.clone(),
            last_name: name,
            phone: None,
            organisation: None,
            job_title: None,
            web_site: None,
            language: None,
            session_epoch: 1,
            link_generation: 1,
            created_at: world.clock.now(),
        };
        writes.push(Write::Put(advisor.clone().into()));
        writes.push(Write::Put(Coverage { department: None, advisor }.into()));
        writes.push(Write::Put(account.into()));
    }
    world.stack.stream(Flow::Stopped).unwrap();
    for chunk in writes.chunks(100) {
        world.stack.app.apply(chunk).await.unwrap();
    }
    world.stack.stream(Flow::Running).unwrap();
}

/// How many of the crowd were told, and how often somebody more than once.
async fn told_of_crowd(world: &World) -> (usize, usize) {
    world.settle().await;
    let mails = world.stack.aws.mails();
    let to: Vec<String> = mails.iter().flat_map(|mail| mail.recipients.clone()).collect();
    let to: Vec<&String> = to.iter().filter(|email| email.starts_with("camille.")).collect();
    let people: std::collections::BTreeSet<_> = to.iter().collect();
    (people.len(), to.len() - people.len())
}

#[tokio::test]
async fn a_crowd_is_told_page_by_page_each_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    crowd(&world, portal.parse().unwrap(), 250, MailRhythm::AtOnce).await;
    world.open_dossier(&portal, &anne, &admin, "33063").await;
    assert_eq!(told_of_crowd(&world).await, (250, 0));
}

#[tokio::test]
async fn who_dies_in_the_middle_of_a_crowd_is_followed_by_somebody_who_goes_on() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let id: PortalId = portal.parse().unwrap();
    let anne = world.user("Anne", "Durand").await;
    crowd(&world, id, 250, MailRhythm::AtOnce).await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    world.settle().await;
    world.stack.stream(Flow::Stopped).unwrap();
    world.on_dossier(&dossier, &admin, "accept", json!({})).await;
    // Somebody has told the first hundred of the third list, and died.
    let (list, first) = (Listing::Coverage(id, None), PageQuery::first(100, Order::Ascending));
    let page = world.stack.app.page::<serde_json::Value>(&list, &first);
    let cursor = page.await.unwrap().cursor.unwrap();
    let journal = format!("/v1/portals/{portal}/journal");
    let journal = world.call("GET", &journal).by(&admin).send().await.json();
    assert_eq!(journal["items"][0]["act"], "dossier.accepted");
    let entry: EntryId = journal["items"][0]["id"].as_str().unwrap().parse().unwrap();
    let reached = Some(format!("2 {cursor}"));
    let left = Composed { entry, at: world.clock.now(), reached };
    world.stack.app.apply(&[Write::Put(left.into())]).await.unwrap();
    world.stack.stream(Flow::Running).unwrap();
    world.clock.advance_seconds(600);
    world.stack.run("journal::catch_up").await.unwrap();
    assert_eq!(told_of_crowd(&world).await, (150, 0), "the others");
    let done: Option<Composed> = world.stack.app.read_one(&Place::Composed(entry)).await.unwrap();
    assert_eq!(done.unwrap().reached, None);
}

/// Thirty dossiers of a day, which so many want to know daily; the next morning.
async fn busy_day(people: u128) -> World {
    let world = World::new().await;
    let (portal, mut admin) = world.portal("Alpha").await;
    let mut anne = world.user("Anne", "Durand").await;
    crowd(&world, portal.parse().unwrap(), people, MailRhythm::Daily).await;
    for number in 0..30 {
        if number % 5 == 4 {
            // So many are submitted in an hour by one person.
            world.clock.advance_seconds(3_601);
            (admin, anne) = (world.sign_in(&admin.email).await, world.sign_in(&anne.email).await);
        }
        world.open_dossier(&portal, &anne, &admin, "33063").await;
    }
    world.settle().await;
    world.clock.advance_days(1);
    world
}

#[tokio::test]
async fn a_crowd_has_one_mail_for_a_busy_day_whose_cost_grows_with_readers_alone() {
    let mut costs = Vec::new();
    for people in [100, 200] {
        let world = busy_day(people).await;
        world.stack.wire.take_calls();
        world.stack.run("dossiers::send_news").await.unwrap();
        assert_eq!(told_of_crowd(&world).await, (usize::try_from(people).unwrap(), 0));
        let calls = world.stack.wire.take_calls();
        let capacity = calls.iter().map(|call| call.capacity).fold(0.0, |sum, one| sum + one);
        println!("{people} readers: {} calls, {capacity} units", calls.len());
        costs.push((calls.len(), capacity));
    }
    let (calls, units) = (costs[1].0 - costs[0].0, costs[1].1 - costs[0].1);
    println!("a hundred readers more: {calls} calls, {units} units");
    // Ten calls for each mail, however many dossiers it names; pages, dossiers and accounts are read
    // a hundred at a time.
    assert!(calls <= 1_050 && units <= 5_800.0, "{calls} calls, {units} units");
}

#[tokio::test]
async fn whoever_dies_while_a_day_is_told_is_followed_by_somebody_who_tells_the_others() {
    let world = busy_day(250).await;
    world.stack.wire.fail_after(180, Fault::DieBefore);
    world.stack.run("dossiers::send_news").await.unwrap();
    tokio::select! {
        settled = world.stack.settle() => panic!("nobody died: {settled:?}"),
        () = world.stack.wire.death() => {}
    }
    world.stack.wire.forget_faults();
    world.clock.advance_seconds(600);
    world.stack.run("journal::catch_up").await.unwrap();
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(told_of_crowd(&world).await, (250, 0));
}
