//! Runs the use case that Lambda names in `_HANDLER`, one of those on dossiers, communes and
//! invitations.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    guichet_functions::lambda::serve(guichet_functions::find_dossiers).await
}
