//! How much of the table one invocation consumed, for its log line (DESIGN §11).

use std::cell::Cell;
use std::future::Future;

use aws_sdk_dynamodb::types::ConsumedCapacity;

tokio::task_local! {
    static CAPACITY: Cell<f64>;
}

/// Runs a future and tells the capacity units that its calls consumed.
pub(crate) async fn measured<T>(future: impl Future<Output = T>) -> (T, f64) {
    let measured = async {
        let result = future.await;
        (result, CAPACITY.with(Cell::get))
    };
    CAPACITY.scope(Cell::new(0.0), measured).await
}

/// Adds what one call consumed.
pub(crate) fn add<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    let units: f64 = consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
    // Outside an invocation nobody asks.
    let _ = CAPACITY.try_with(|capacity| capacity.set(capacity.get() + units));
}
