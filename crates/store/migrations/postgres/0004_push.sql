-- Push channels, and where a calendar's sync goes on as a secret: a provider's link may open the calendar by itself.
-- The old cursors cannot be encrypted here, so they go: each calendar is read in full once, ids stay.
ALTER TABLE calendar DROP COLUMN cursor;
ALTER TABLE calendar ADD COLUMN sync_cursor BYTEA;
ALTER TABLE calendar ADD COLUMN changed_at BIGINT;
ALTER TABLE calendar ADD COLUMN watch_after BIGINT;
CREATE TABLE push_channel (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    connection_id UUID NOT NULL,
    calendar_id UUID,
    provider TEXT NOT NULL,
    address TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    remote_id TEXT,
    resource_id TEXT,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    renew_at BIGINT,
    promised_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (token_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, calendar_id) REFERENCES calendar (workspace_id, id)
);
CREATE INDEX push_channel_calendar ON push_channel (workspace_id, calendar_id, state);
CREATE INDEX push_channel_connection ON push_channel (workspace_id, connection_id);
CREATE INDEX push_channel_expiry ON push_channel (expires_at);
