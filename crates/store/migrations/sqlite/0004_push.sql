-- Push channels, and where a calendar's sync goes on as a secret: a provider's link may open the calendar by itself.
-- The old cursors cannot be encrypted here, so they go: each calendar is read in full once, ids stay.
ALTER TABLE calendar DROP COLUMN cursor;
ALTER TABLE calendar ADD COLUMN sync_cursor BLOB;
ALTER TABLE calendar ADD COLUMN changed_at INTEGER;
ALTER TABLE calendar ADD COLUMN watch_after INTEGER;
CREATE TABLE push_channel (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    calendar_id BLOB,
    provider TEXT NOT NULL,
    address TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    remote_id TEXT,
    resource_id TEXT,
    state TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    renew_at INTEGER,
    promised_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (token_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, calendar_id) REFERENCES calendar (workspace_id, id)
) STRICT;
CREATE INDEX push_channel_calendar ON push_channel (workspace_id, calendar_id, state);
CREATE INDEX push_channel_connection ON push_channel (workspace_id, connection_id);
CREATE INDEX push_channel_expiry ON push_channel (expires_at);
