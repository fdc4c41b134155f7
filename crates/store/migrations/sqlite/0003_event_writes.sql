-- Writes to calendars: what was meant is stored before the provider is called, so that nothing is done twice or forgotten.
CREATE TABLE event_write (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    calendar_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    request TEXT NOT NULL,
    event_id BLOB,
    error TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, calendar_id) REFERENCES calendar (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX event_write_calendar ON event_write (workspace_id, calendar_id);
CREATE INDEX event_write_member ON event_write (workspace_id, member_id);
CREATE INDEX event_write_event ON event_write (workspace_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX event_write_age ON event_write (finished_at) WHERE finished_at IS NOT NULL;
