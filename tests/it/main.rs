//! Black-box tests: each use case as a person sees it, through the real handler on the local stack.

mod path;
mod world;
