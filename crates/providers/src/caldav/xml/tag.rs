//! The names that CalDAV uses.

/// `DAV:` (RFC 4918).
const DAV: &str = "DAV:";
/// CalDAV (RFC 4791).
const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// CalendarServer's extensions.
const CALENDAR_SERVER: &str = "http://calendarserver.org/ns/";
/// Apple's extensions.
const APPLE: &str = "http://apple.com/ns/ical/";

macro_rules! tags {
    (text { $($text:ident = $text_name:literal,)* } other { $($other:ident = $other_name:literal,)* }) => {
        /// An element's name, as far as CalDAV needs it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::caldav) enum Tag {
            $(#[doc = concat!("`", $text_name, "`, holds text.")] $text,)*
            $(#[doc = concat!("`", $other_name, "`.")] $other,)*
            /// Anything else.
            Unknown,
        }

        impl Tag {
            /// The name in this namespace.
            ///
            /// Servers are known to write a property in a sister namespace, so the four are not told apart: no local name
            /// means two things in them.
            pub(super) fn of(namespace: &str, local: &str) -> Self {
                if !matches!(namespace, DAV | CALDAV | CALENDAR_SERVER | APPLE) {
                    return Self::Unknown;
                }
                match local {
                    $($text_name => Self::$text,)*
                    $($other_name => Self::$other,)*
                    _ => Self::Unknown,
                }
            }

            /// Whether what counts inside is text.
            pub(super) const fn holds_text(self) -> bool {
                matches!(self, $(Self::$text)|*)
            }
        }
    };
}

tags! {
    text {
        Href = "href",
        Status = "status",
        SyncToken = "sync-token",
        GetEtag = "getetag",
        GetCtag = "getctag",
        GetContentType = "getcontenttype",
        DisplayName = "displayname",
        CalendarData = "calendar-data",
        CalendarTimezone = "calendar-timezone",
        CalendarTimezoneId = "calendar-timezone-id",
        CalendarColor = "calendar-color",
    }
    other {
        Multistatus = "multistatus",
        Response = "response",
        Propstat = "propstat",
        Prop = "prop",
        Error = "error",
        ResourceType = "resourcetype",
        Collection = "collection",
        Calendar = "calendar",
        Principal = "principal",
        Subscribed = "subscribed",
        ScheduleInbox = "schedule-inbox",
        ScheduleOutbox = "schedule-outbox",
        Notification = "notification",
        DropboxHome = "dropbox-home",
        CurrentUserPrincipal = "current-user-principal",
        Unauthenticated = "unauthenticated",
        CalendarHomeSet = "calendar-home-set",
        CalendarUserAddressSet = "calendar-user-address-set",
        ScheduleDefaultCalendar = "schedule-default-calendar-URL",
        SupportedComponents = "supported-calendar-component-set",
        Comp = "comp",
        SupportedReports = "supported-report-set",
        SupportedReport = "supported-report",
        Report = "report",
        SyncCollection = "sync-collection",
        Privileges = "current-user-privilege-set",
        Privilege = "privilege",
        All = "all",
        Read = "read",
        ReadFreeBusy = "read-free-busy",
        Write = "write",
        WriteContent = "write-content",
        WriteAcl = "write-acl",
        Bind = "bind",
        CalendarTransp = "schedule-calendar-transp",
        Transparent = "transparent",
        Opaque = "opaque",
        ValidSyncToken = "valid-sync-token",
        NeedPrivileges = "need-privileges",
        NoUidConflict = "no-uid-conflict",
        ValidCalendarData = "valid-calendar-data",
        ValidCalendarObject = "valid-calendar-object-resource",
        SupportedCalendarData = "supported-calendar-data",
        SupportedComponent = "supported-calendar-component",
        MaxResourceSize = "max-resource-size",
        MaxAttendees = "max-attendees-per-instance",
        MaxInstances = "max-instances",
        MinDateTime = "min-date-time",
        MaxDateTime = "max-date-time",
        Quota = "quota-not-exceeded",
        DiskSpace = "sufficient-disk-space",
        UniqueScheduling = "unique-scheduling-object-resource",
        SameOrganizer = "same-organizer-in-all-components",
        OrganizerChange = "allowed-organizer-scheduling-object-change",
        AttendeeChange = "allowed-attendee-scheduling-object-change",
        MatchesWithinLimits = "number-of-matches-within-limits",
    }
}
