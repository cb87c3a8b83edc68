//! Runs the use case that Lambda names in `_HANDLER`, one of those that know spreadsheets.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    guichet_functions::lambda::serve(guichet_functions::find_spreadsheets).await
}
