-- E-mails that wait to be sent or were sent, and password resets that are under way. What a mail says is a secret: it may hold a
-- link that opens an account. It goes when the mail is sent. Resets belong to people, not to workspaces.
CREATE TABLE mail (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    dedupe_key TEXT NOT NULL,
    recipient TEXT NOT NULL,
    member_id BLOB,
    letter BLOB,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    settled_at INTEGER,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, dedupe_key),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX mail_age ON mail (created_at);
CREATE TABLE password_reset (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES account_user (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX password_reset_user ON password_reset (user_id);
CREATE INDEX password_reset_expiry ON password_reset (expires_at);
