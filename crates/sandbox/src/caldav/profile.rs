//! The servers being imitated (contract caldav-apple §10) and the single habits they are made of.

use jiff::SignedDuration;

use super::xml::NsStyle;

/// A server to imitate. Each is a preset of [`Quirks`] plus a layout of paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Radicale 3: `/.well-known/caldav` 301 to `/`, principal and home are one collection,
    /// quoted ctag, token first, UID conflict 409, refused token 403, DELETE answers 200 + 207 body.
    Radicale,
    /// Xandikos 0.4: `ns0:` prefixes, well-known 302, bare hex tokens derived from the content,
    /// token last, UID conflict 412, refused token 412, `application/octet-stream` empty replies.
    Xandikos,
    /// iCloud: default namespaces on every element, CDATA, absolute home on a partition host with
    /// an explicit port, collection row in results, no data in sync reports, duplicated DTSTAMP, no free-busy report.
    ICloud,
    /// sabre/dav, Nextcloud: tokens are URLs, refused token 403, OPTIONS on `/` hides CalDAV.
    Sabre,
    /// Baikal: as sabre, but a PUT is answered without ETag.
    Baikal,
    /// Zimbra, DavMail: duplicate hrefs (the second one stale), DTEND together with DURATION.
    Zimbra,
}

impl Profile {
    /// Every profile, for tests that walk through all of them.
    pub const ALL: [Self; 6] = [
        Self::Radicale,
        Self::Xandikos,
        Self::ICloud,
        Self::Sabre,
        Self::Baikal,
        Self::Zimbra,
    ];

    /// The habits of this server.
    #[must_use]
    pub fn quirks(self) -> Quirks {
        let base = Quirks::default();
        match self {
            Self::Radicale => Quirks {
                well_known: WellKnown::Redirect(301),
                sync_depth_one_accepted: true,
                token_first: true,
                uid_conflict_status: 409,
                delete_with_body: true,
                get_collection: GetCollection::WholeCalendar,
                ns: NsStyle::DavDefault,
                ..base
            },
            Self::Xandikos => Quirks {
                well_known: WellKnown::Redirect(302),
                ns: NsStyle::Numbered,
                tokens: TokenStyle::ContentHash,
                etags: EtagStyle::ContentHash,
                token_refused_status: 412,
                uid_conflict_status: 412,
                octet_stream_when_empty: true,
                get_collection: GetCollection::Html,
                ..base
            },
            Self::ICloud => Self::icloud(base),
            Self::Sabre => Quirks {
                tokens: TokenStyle::Url,
                root_hides_caldav: true,
                ..base
            },
            Self::Baikal => Quirks {
                tokens: TokenStyle::Url,
                put_etag: PutEtag::Never,
                ..base
            },
            Self::Zimbra => Quirks {
                duplicate_hrefs: true,
                serve_duration_too: true,
                encode_at: true,
                ..base
            },
        }
    }

    fn icloud(base: Quirks) -> Quirks {
        Quirks {
            well_known: WellKnown::Direct,
            ns: NsStyle::EveryElement,
            cdata: true,
            absolute_home: true,
            data_in_sync: false,
            collection_row: true,
            duplicate_dtstamp: true,
            require_dtend: true,
            refuse_limit_on_first_sync: true,
            get_collection: GetCollection::Drop,
            tokens: TokenStyle::Opaque,
            uid_conflict_status: 403,
            calendar_auto_schedule: true,
            loose_app_password: true,
            free_busy: false,
            ..base
        }
    }

    pub(crate) fn layout(self, user: &str, number: u64) -> Layout {
        let (principal, home) = match self {
            Self::Radicale => (format!("/{user}/"), format!("/{user}/")),
            Self::Xandikos => (format!("/{user}/"), format!("/{user}/calendars/")),
            Self::ICloud => {
                let dsid = 17_149_682 + number;
                (format!("/{dsid}/principal/"), format!("/{dsid}/calendars/"))
            }
            Self::Sabre => (
                format!("/remote.php/dav/principals/users/{user}/"),
                format!("/remote.php/dav/calendars/{user}/"),
            ),
            Self::Baikal => (
                format!("/dav.php/principals/{user}/"),
                format!("/dav.php/calendars/{user}/"),
            ),
            Self::Zimbra => (
                format!("/principals/users/{user}/"),
                format!("/dav/{user}/"),
            ),
        };
        Layout { principal, home }
    }

    pub(crate) fn context_path(self) -> &'static str {
        match self {
            Self::Sabre => "/remote.php/dav/",
            Self::Baikal => "/dav.php/",
            Self::Radicale | Self::Xandikos | Self::ICloud | Self::Zimbra => "/",
        }
    }
}

/// Where an account lives; both decoded, with a trailing slash.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) principal: String,
    pub(crate) home: String,
}

/// What `/.well-known/caldav` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WellKnown {
    /// Redirects to the context path with this status (301, 302, 307 or 308).
    Redirect(u16),
    /// Answers PROPFIND itself.
    Direct,
    /// 404.
    Missing,
}

/// Which synchronisation methods exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncSupport {
    /// `sync-collection` (RFC 6578), ctag and etags.
    Collection,
    /// ctag and etags only.
    Ctag,
    /// Etags only.
    EtagsOnly,
}

/// What sync tokens look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStyle {
    /// `http://sabre.io/ns/sync/<n>`.
    Url,
    /// An opaque text in no known scheme.
    Opaque,
    /// Bare hex of the collection's content: returns to an earlier value after create + delete.
    ContentHash,
}

/// What ETags look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EtagStyle {
    /// A new quoted value on every write.
    Counter,
    /// Quoted hash of the content: equal content, equal ETag.
    ContentHash,
    /// `W/"…"`.
    Weak,
}

/// Whether a PUT is answered with an ETag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutEtag {
    /// Always.
    Always,
    /// Never: the client has to read the object again.
    Never,
    /// On every second PUT.
    Sometimes,
}

/// What GET on a collection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GetCollection {
    /// 405.
    Refused,
    /// The whole calendar as one iCalendar file.
    WholeCalendar,
    /// An HTML page with 200.
    Html,
    /// The connection is dropped.
    Drop,
}

/// Which hash a server's Digest authentication uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestHash {
    /// The old one.
    Md5,
    /// RFC 7616's.
    Sha256,
}

/// The habits of a server, one switch each. Start from [`Profile::quirks`] and change single ones
/// with [`CalDavSim::tweak`](super::CalDavSim::tweak).
#[derive(Debug, Clone)]
pub struct Quirks {
    /// Digest authentication, and no Basic.
    pub digest: Option<DigestHash>,
    /// How often one nonce may be used there; `None`: for ever.
    pub digest_uses: Option<u32>,
    /// What `/.well-known/caldav` does.
    pub well_known: WellKnown,
    /// `calendar-home-set` is an absolute URL with an explicit port.
    pub absolute_home: bool,
    /// Which synchronisation methods exist.
    pub sync: SyncSupport,
    /// `sync-collection` with `Depth: 1` works instead of answering 400.
    pub sync_depth_one_accepted: bool,
    /// `sync-collection` with `Depth: 0` is answered 400 (a few old servers).
    pub sync_depth_zero_refused: bool,
    /// Shape of sync tokens.
    pub tokens: TokenStyle,
    /// The `sync-token` stands before the responses.
    pub token_first: bool,
    /// Status of a refused token (403, 412, 409, 400 or 410).
    pub token_refused_status: u16,
    /// Rows per sync report before it is truncated with 507; `None` = never.
    pub sync_page: Option<usize>,
    /// `limit` on an initial sync is answered with a plain 507.
    pub refuse_limit_on_first_sync: bool,
    /// Sync reports contain calendar-data when it is asked for.
    pub data_in_sync: bool,
    /// Changes become visible in sync reports and ctag only after this long.
    pub sync_lag: SignedDuration,
    /// The collection itself is a row in query and sync results.
    pub collection_row: bool,
    /// Every row occurs twice, the second time with an outdated ETag.
    pub duplicate_hrefs: bool,
    /// Shape of ETags.
    pub etags: EtagStyle,
    /// Every n-th row of a listing has no ETag; `None` = all have one.
    pub listing_etag_missing_every: Option<usize>,
    /// Whether a PUT is answered with an ETag.
    pub put_etag: PutEtag,
    /// The server changes objects on PUT (adds a line) and therefore sends no ETag.
    pub rewrite_on_put: bool,
    /// Status of `no-uid-conflict` (Radicale 409, Xandikos 412, others 403).
    pub uid_conflict_status: u16,
    /// DELETE answers 200 with a multistatus body instead of 204.
    pub delete_with_body: bool,
    /// There is no MOVE.
    pub no_move: bool,
    /// PUT answers 207 with the status inside.
    pub put_multistatus: bool,
    /// What GET on a collection does.
    pub get_collection: GetCollection,
    /// A VEVENT without DTEND is refused.
    pub require_dtend: bool,
    /// calendar-data is CDATA.
    pub cdata: bool,
    /// Objects are served with DTSTAMP twice.
    pub duplicate_dtstamp: bool,
    /// Objects are served with DURATION beside DTEND.
    pub serve_duration_too: bool,
    /// Replies without body have `Content-Type: application/octet-stream`.
    pub octet_stream_when_empty: bool,
    /// OPTIONS on `/` does not advertise CalDAV.
    pub root_hides_caldav: bool,
    /// `calendar-auto-schedule` is advertised.
    pub calendar_auto_schedule: bool,
    /// hrefs write `@` as `%40`.
    pub encode_at: bool,
    /// `current-user-privilege-set` is not answered.
    pub hide_privileges: bool,
    /// There is `free-busy-query` (RFC 4791 §7.10).
    pub free_busy: bool,
    /// App passwords are compared without hyphens and blanks.
    pub loose_app_password: bool,
    /// Largest object accepted, in bytes.
    pub max_resource_size: usize,
    pub(crate) ns: NsStyle,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            digest: None,
            digest_uses: None,
            well_known: WellKnown::Redirect(301),
            absolute_home: false,
            sync: SyncSupport::Collection,
            sync_depth_one_accepted: false,
            sync_depth_zero_refused: false,
            tokens: TokenStyle::Url,
            token_first: false,
            token_refused_status: 403,
            sync_page: None,
            refuse_limit_on_first_sync: false,
            data_in_sync: true,
            sync_lag: SignedDuration::ZERO,
            collection_row: false,
            duplicate_hrefs: false,
            etags: EtagStyle::Counter,
            listing_etag_missing_every: None,
            put_etag: PutEtag::Always,
            rewrite_on_put: false,
            uid_conflict_status: 403,
            delete_with_body: false,
            no_move: false,
            put_multistatus: false,
            get_collection: GetCollection::Refused,
            require_dtend: false,
            cdata: false,
            duplicate_dtstamp: false,
            serve_duration_too: false,
            octet_stream_when_empty: false,
            root_hides_caldav: false,
            calendar_auto_schedule: false,
            encode_at: false,
            hide_privileges: false,
            free_busy: true,
            loose_app_password: false,
            max_resource_size: 10 * 1024 * 1024,
            ns: NsStyle::Lower,
        }
    }
}
