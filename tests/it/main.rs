//! Black-box tests: each use case as a person sees it, through the real handler on the local stack.

mod crossing;
mod hostile;
mod path;
mod races;
mod restart;
mod same;
mod template;
mod tidy;
mod visibility;
mod world;
mod worlds;

mod accounts {
    mod disown_sign_up;
    mod end_session;
    mod me;
    mod refresh;
    mod resend_verification;
    mod sessions;
    mod set_password;
    mod show_done;
    mod show_set_password;
    mod show_verify_email;
    mod sign_in;
    mod sign_out;
    mod sign_up;
    mod verify_email;
}
mod advisor_requests {
    mod accept;
    mod amend;
    mod get;
    mod lapse;
    mod list;
    mod mine;
    mod refuse;
    mod remind_moderators;
    mod reopen;
    mod revise;
    mod submit;
    mod take;
    mod withdraw;
}
mod advisors {
    mod list;
    mod preview_territory;
    mod promote;
    mod revoke;
    mod set_territory;
    mod uncovered;
}
mod communes {
    mod search;
}
mod dossiers {
    mod accept;
    mod accept_referent;
    mod choose_mails;
    mod end_offer;
    mod get;
    mod invitations;
    mod invite;
    mod join;
    mod leave;
    mod list;
    mod members;
    mod name_referent;
    mod offer_referent;
    mod pause;
    mod publish_on;
    mod refuse;
    mod remove_member;
    mod resume;
    mod revise;
    mod send_news;
    mod submit;
    mod switch_position;
    mod take;
    mod take_over;
    mod tend;
    mod update;
}
mod imports {
    mod cancel;
    mod dry_run;
    mod get;
    mod list;
    mod report;
    mod resume;
    mod run;
    mod start;
    mod template;
    mod upload;
}
mod invitations {
    mod accept;
    mod accept_mine;
    mod cancel;
    mod correct_address;
    mod create_account;
    mod decline;
    mod decline_mine;
    mod erase_closed;
    mod expire;
    mod get;
    mod invite;
    mod list;
    mod mine;
    mod remind;
    mod renew;
    mod resend;
    mod send;
    mod show_accept;
    mod show_decline;
}
mod journal {
    mod catch_up;
    mod export;
    mod export_accounts;
    mod list;
    mod mine;
    mod publish;
    mod seal;
}
mod keys {
    mod rotate;
}
mod mails {
    mod compose;
    mod list;
    mod record_outcome;
    mod retry;
    mod send;
    mod send_again;
}
mod moderation {
    mod choose_mails;
    mod summary;
}
mod notes {
    mod add;
    mod edit;
    mod list;
}
mod people {
    mod archive;
    mod change_level;
    mod dossiers;
    mod end_access;
    mod export;
    mod get;
    mod hand_over;
    mod leave;
    mod list;
    mod note_activity;
    mod restore;
    mod set_end_of_access;
    mod update;
    mod warn_of_end;
}
mod permissions {
    mod explain;
}
mod portals {
    mod create;
    mod get;
    mod territories;
    mod update;
}
mod system {
    mod health;
    mod openapi;
}
