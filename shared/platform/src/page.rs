//! What the pages that mailed links open have in common (SECURITY S9).

/// The styles of every page. The content security policy names them by their hash, so that a page
/// can hold no other.
pub const STYLE: &str = include_str!("page/style.css");

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn the_policy_names_the_styles_by_their_hash() {
        let hash = Sha256::digest(super::STYLE.as_bytes());
        let hash = base64::engine::general_purpose::STANDARD.encode(hash);
        // If this fails, write the new hash into `style.hash`.
        assert_eq!(include_str!("page/style.hash"), format!("sha256-{hash}"));
    }
}
