//! Putting journal entries on the bus: only `journal::publish` and `journal::catch_up` may
//! (SECURITY S19).

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use guichet_domain::journal::Entry;
use guichet_platform::app::App;
use guichet_platform::problem::Error;

/// The source of our events.
const SOURCE: &str = "guichet.journal";

/// What EventBridge takes in one call.
const MOST_ENTRIES: usize = 10;

/// Publishes entries: the event's type is the act's code, its detail the entry itself.
pub(crate) async fn publish(app: &App, entries: &[Entry]) -> Result<(), Error> {
    for some in entries.chunks(MOST_ENTRIES) {
        let events = some.iter().map(event).collect::<Result<Vec<_>, Error>>()?;
        let events = events.into_iter().map(|event| event.event_bus_name(&app.config.bus).build());
        let call = app.clients().events().put_events().set_entries(Some(events.collect()));
        let answer = call.send().await;
        let answer = answer.map_err(|_| Error::Internal("the bus did not answer".to_owned()))?;
        if answer.failed_entry_count > 0 {
            return Err(Error::Internal("the bus did not take every entry".to_owned()));
        }
    }
    Ok(())
}

fn event(
    entry: &Entry,
) -> Result<aws_sdk_eventbridge::types::builders::PutEventsRequestEntryBuilder, Error> {
    let internal = |error: serde_json::Error| Error::Internal(error.to_string());
    let act = serde_json::to_value(entry.act).map_err(internal)?;
    let detail = serde_json::to_string(entry).map_err(internal)?;
    Ok(PutEventsRequestEntry::builder()
        .source(SOURCE)
        .detail_type(act.as_str().unwrap_or_default())
        .time(aws_smithy_types::DateTime::from_millis(entry.at.milliseconds()))
        .detail(detail))
}
