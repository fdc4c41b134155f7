-- Scheduling settings over calendars, and time blocked by hand.
CREATE TABLE calendar_configuration (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX calendar_configuration_page ON calendar_configuration (workspace_id, created_at, id);
CREATE INDEX calendar_configuration_member ON calendar_configuration (workspace_id, member_id);
CREATE TABLE calendar_configuration_calendar (
    workspace_id BLOB NOT NULL,
    configuration_id BLOB NOT NULL,
    calendar_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, configuration_id, calendar_id),
    FOREIGN KEY (workspace_id, configuration_id) REFERENCES calendar_configuration (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, calendar_id) REFERENCES calendar (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX calendar_configuration_calendar_calendar ON calendar_configuration_calendar (workspace_id, calendar_id);
CREATE TABLE block (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    title TEXT NOT NULL,
    start_us INTEGER,
    end_us INTEGER,
    weekly TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id),
    CHECK ((weekly IS NULL) = (start_us IS NOT NULL) AND (start_us IS NULL) = (end_us IS NULL)),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX block_page ON block (workspace_id, created_at, id);
CREATE INDEX block_member ON block (workspace_id, member_id, start_us);
