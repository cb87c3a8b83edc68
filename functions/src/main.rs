//! Runs the use case that Lambda names in `_HANDLER`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    guichet_functions::lambda::serve(guichet_functions::find_bootstrap).await
}
