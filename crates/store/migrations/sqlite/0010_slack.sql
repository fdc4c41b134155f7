-- Slack: the app in Slack workspaces, who is who there, what people want to be told, links that are used once, requests that were
-- answered, and notices that are sent at most once. An installation's tokens are those of its connection.
CREATE TABLE slack_installation (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    enterprise_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    team_name TEXT,
    app_id TEXT,
    bot_user_id TEXT,
    installer_id TEXT,
    fixed INTEGER NOT NULL,
    installed_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_because TEXT,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, enterprise_id, team_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX slack_installation_team ON slack_installation (team_id, enterprise_id);
CREATE INDEX slack_installation_connection ON slack_installation (workspace_id, connection_id);
CREATE TABLE slack_binding (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    installation_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    slack_user_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    name TEXT,
    channel_id TEXT,
    linked_by TEXT NOT NULL,
    silent_because TEXT,
    summarised_on TEXT,
    linked_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, installation_id, slack_user_id),
    UNIQUE (workspace_id, installation_id, member_id),
    FOREIGN KEY (workspace_id, installation_id) REFERENCES slack_installation (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX slack_binding_member ON slack_binding (workspace_id, member_id);
CREATE INDEX slack_binding_user ON slack_binding (slack_user_id);
CREATE TABLE slack_preference (
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    time_entry_created INTEGER NOT NULL,
    invoice_ready INTEGER NOT NULL,
    daily_summary INTEGER NOT NULL,
    daily_summary_time TEXT NOT NULL,
    log_this_meeting INTEGER NOT NULL,
    approval_needed INTEGER NOT NULL,
    connection_broken INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, member_id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE TABLE slack_link (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    installation_id BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    slack_user_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    member_id BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    UNIQUE (workspace_id, id),
    UNIQUE (token_hash),
    FOREIGN KEY (workspace_id, installation_id) REFERENCES slack_installation (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX slack_link_expiry ON slack_link (expires_at);
CREATE TABLE slack_request (
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    request_key BLOB NOT NULL,
    answer TEXT,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, request_key)
) STRICT;
CREATE INDEX slack_request_expiry ON slack_request (expires_at);
CREATE TABLE slack_notice (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    subject TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    connection_id BLOB,
    channel_id TEXT,
    message_ts TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, member_id, kind, cause),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX slack_notice_subject ON slack_notice (workspace_id, subject) WHERE subject IS NOT NULL;
CREATE INDEX slack_notice_age ON slack_notice (created_at);
