//! The activity log: what integrations did, kept 90 days.

use crate::text_enum;

text_enum! {
    /// Kinds of lines (SPEC §1).
    LogType {
        /// A calendar was synced.
        CalendarSync = "calendar_sync",
        /// A meeting link was made.
        VideoLinkCreated = "video_link_created",
        /// A webhook was sent.
        WebhookSent = "webhook_sent",
        /// Somebody was told something.
        NotificationSent = "notification_sent",
        /// An account was connected, reconnected or disconnected.
        Oauth = "oauth",
        /// A token was refreshed.
        TokenRefresh = "token_refresh",
        /// A conflict was found or settled.
        Conflict = "conflict",
        /// Something failed.
        Error = "error",
    }
}

/// How many days lines are kept.
pub const RETENTION_DAYS: i64 = 90;
