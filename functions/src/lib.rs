//! Every use case of Guichet. This file is the table of contents: one line for each, with what
//! calls it, and the artifact where it is found, unless that is `bootstrap`.

mod admission;
mod bus;
mod composition;
mod contract;
mod delivery;
mod dossier_counts;
mod dossier_desk;
mod dossier_lists;
mod dossier_views;
mod due;
mod explained;
mod first_assignment;
mod import_views;
mod importing;
mod invitation_lists;
mod invitation_page;
mod invitation_views;
mod inviting;
pub mod lambda;
mod links;
mod newcomers;
mod note_views;
mod origins;
mod outcomes;
mod pages;
mod people_lists;
mod person_positions;
mod proof;
mod referent_desk;
mod search;
mod sheets;
mod views;
mod words;

use guichet_platform::run::UseCase;

/// Declares the modules, finds a use case by its handler's name, and lists the API's operations.
macro_rules! use_cases {
    ($($noun:ident { $($kind:ident $verb:ident $(in $artifact:ident)?,)* })*) => {
        $(#[doc = concat!("The use cases of `", stringify!($noun), "`.")]
        pub mod $noun {
            $(#[allow(missing_docs, reason = "each file begins with its own header")]
            pub mod $verb;)*
        })*

        /// The names of all use cases, as `template.yaml` writes them after `Handler:`.
        pub const NAMES: &[&str] = &[
            $($(concat!(stringify!($noun), "::", stringify!($verb)),)*)*
        ];

        /// The use case of a handler's name, in whichever artifact it is.
        pub fn find(name: &str) -> Option<UseCase> {
            find_bootstrap(name).or_else(|| find_spreadsheets(name)).or_else(|| find_dossiers(name))
        }

        /// The use case of a handler's name, of the artifact that holds most of them.
        pub fn find_bootstrap(name: &str) -> Option<UseCase> {
            $($(use_cases!(@found bootstrap [$($artifact)?] $kind name $noun $verb);)*)*
            None
        }

        /// The use case of a handler's name, of those that read or write spreadsheets. What they do
        /// that with is larger than the rest allows.
        pub fn find_spreadsheets(name: &str) -> Option<UseCase> {
            $($(use_cases!(@found spreadsheets [$($artifact)?] $kind name $noun $verb);)*)*
            None
        }

        /// The use case of a handler's name, of those on dossiers, which know the communes, and on
        /// invitations to them and to portals.
        pub fn find_dossiers(name: &str) -> Option<UseCase> {
            $($(use_cases!(@found dossiers [$($artifact)?] $kind name $noun $verb);)*)*
            None
        }

        /// Adds what a use case says of itself to the API's description.
        fn describe(paths: &mut contract::Paths) {
            $($(use_cases!(@describe $kind paths $noun $verb);)*)*
        }
    };
    (@found bootstrap [] $kind:ident $name:ident $noun:ident $verb:ident) => {
        use_cases!(@named $kind $name $noun $verb)
    };
    (@found spreadsheets [spreadsheets] $kind:ident $name:ident $noun:ident $verb:ident) => {
        use_cases!(@named $kind $name $noun $verb)
    };
    (@found dossiers [dossiers] $kind:ident $name:ident $noun:ident $verb:ident) => {
        use_cases!(@named $kind $name $noun $verb)
    };
    (@found $one:ident [$($other:ident)?] $kind:ident $name:ident $noun:ident $verb:ident) => {};
    (@named $kind:ident $name:ident $noun:ident $verb:ident) => {
        if $name == concat!(stringify!($noun), "::", stringify!($verb)) {
            return Some(use_cases!(@$kind $noun $verb));
        }
    };
    (@http $noun:ident $verb:ident) => {
        UseCase::Http(|app, request| Box::pin($noun::$verb::handle(app, request)))
    };
    (@page $noun:ident $verb:ident) => {
        UseCase::Http(|app, request| {
            Box::pin(pages::shown(request, $noun::$verb::handle(app, request)))
        })
    };
    (@stream $noun:ident $verb:ident) => {
        UseCase::Stream(|app, record| Box::pin($noun::$verb::handle(app, record)))
    };
    (@bus $noun:ident $verb:ident) => {
        UseCase::Bus(|app, entry| Box::pin($noun::$verb::handle(app, entry)))
    };
    (@event $noun:ident $verb:ident) => {
        UseCase::Event(|app, event| Box::pin($noun::$verb::handle(app, event)))
    };
    (@schedule $noun:ident $verb:ident) => {
        UseCase::Schedule(|app| Box::pin($noun::$verb::handle(app)))
    };
    (@direct $noun:ident $verb:ident) => {
        UseCase::Direct(|app, event| Box::pin($noun::$verb::handle(app, event)))
    };
    (@describe http $paths:ident $noun:ident $verb:ident) => {
        $paths.add::<$noun::$verb::__path_handle>(stringify!($noun), stringify!($verb))
    };
    (@describe $kind:ident $paths:ident $noun:ident $verb:ident) => {};
}

use_cases! {
    accounts {
        http sign_up,
        http resend_verification,
        page show_verify_email,
        page verify_email,
        page disown_sign_up,
        http sign_in,
        http refresh,
        http sign_out,
        http sessions,
        http end_session,
        http me,
        page show_set_password,
        page set_password,
        page show_done,
    }
    portals {
        direct create,
        http get,
        http update,
        http territories,
    }
    advisor_requests {
        http submit,
        http revise,
        http withdraw,
        http get,
        http mine,
        http list,
        http take,
        http amend,
        http accept,
        http refuse,
        http reopen,
        schedule lapse,
        schedule remind_moderators,
    }
    advisors {
        http promote,
        http preview_territory,
        http set_territory,
        http revoke,
        http list,
        http uncovered,
    }
    moderation {
        http summary,
        http choose_mails,
    }
    people {
        http list,
        http export in spreadsheets,
        http get,
        http dossiers in dossiers,
        http update,
        http change_level,
        http archive,
        http restore,
        http hand_over,
        http leave,
        http set_end_of_access,
        schedule warn_of_end,
        schedule end_access,
        bus note_activity,
    }
    invitations {
        http invite in dossiers,
        http list in dossiers,
        http get in dossiers,
        http send in dossiers,
        http resend in dossiers,
        http correct_address in dossiers,
        http cancel in dossiers,
        page show_accept in dossiers,
        page accept in dossiers,
        page create_account in dossiers,
        page show_decline in dossiers,
        page decline in dossiers,
        page renew in dossiers,
        http mine in dossiers,
        http accept_mine in dossiers,
        http decline_mine in dossiers,
        schedule remind in dossiers,
        schedule expire in dossiers,
        schedule erase_closed in dossiers,
    }
    imports {
        http template in spreadsheets,
        http upload in spreadsheets,
        http list,
        http get,
        http dry_run,
        http start,
        http cancel,
        http report in spreadsheets,
        bus run,
        schedule resume,
    }
    communes {
        http search in dossiers,
    }
    dossiers {
        http submit in dossiers,
        http revise in dossiers,
        http accept in dossiers,
        http refuse in dossiers,
        http list in dossiers,
        http get in dossiers,
        http update in dossiers,
        http join in dossiers,
        http switch_position in dossiers,
        http leave in dossiers,
        http members in dossiers,
        http invite in dossiers,
        http invitations in dossiers,
        http offer_referent in dossiers,
        http accept_referent in dossiers,
        http end_offer in dossiers,
        http name_referent in dossiers,
        http take in dossiers,
        http take_over in dossiers,
        http publish_on in dossiers,
        http remove_member in dossiers,
        http pause in dossiers,
        http resume in dossiers,
        schedule tend in dossiers,
        http choose_mails in dossiers,
        schedule send_news in dossiers,
    }
    notes {
        http add in dossiers,
        http edit in dossiers,
        http list in dossiers,
    }
    permissions {
        http explain,
    }
    journal {
        http list,
        http mine,
        http export,
        direct export_accounts,
        stream publish,
        schedule catch_up,
        schedule seal,
    }
    mails {
        bus compose,
        stream send,
        schedule retry,
        event record_outcome,
        http list,
        http send_again,
    }
    keys {
        schedule rotate,
    }
    system {
        http health,
        http openapi,
    }
}

/// The API's description, made from the code: OpenAPI 3.1. What callers get is `openapi.json`; a
/// test compares it with this.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut paths = contract::Paths::default();
    describe(&mut paths);
    paths.into_openapi()
}
