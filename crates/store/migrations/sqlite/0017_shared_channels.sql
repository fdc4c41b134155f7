-- A mailbox that is connected twice has one channel at a provider that keeps one for each calendar: its notices are known to both
-- connections by the same token. SQLite gives up a constraint only with its table.
CREATE TABLE push_channel_again (
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
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, calendar_id) REFERENCES calendar (workspace_id, id)
) STRICT;
INSERT INTO push_channel_again (id, workspace_id, connection_id, calendar_id, provider, address, token_hash, remote_id, resource_id, state, expires_at, renew_at, promised_at, created_at)
SELECT id, workspace_id, connection_id, calendar_id, provider, address, token_hash, remote_id, resource_id, state, expires_at, renew_at, promised_at, created_at FROM push_channel;
DROP TABLE push_channel;
ALTER TABLE push_channel_again RENAME TO push_channel;
CREATE INDEX push_channel_calendar ON push_channel (workspace_id, calendar_id, state);
CREATE INDEX push_channel_connection ON push_channel (workspace_id, connection_id);
CREATE INDEX push_channel_expiry ON push_channel (expires_at);
CREATE INDEX push_channel_token ON push_channel (token_hash);
CREATE INDEX push_channel_remote ON push_channel (provider, remote_id);
