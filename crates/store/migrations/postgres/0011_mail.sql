-- E-mails that wait to be sent or were sent, and password resets that are under way. What a mail says is a secret: it may hold a
-- link that opens an account. It goes when the mail is sent. Resets belong to people, not to workspaces.
CREATE TABLE mail (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    dedupe_key TEXT NOT NULL,
    recipient TEXT NOT NULL,
    member_id UUID,
    letter BYTEA,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, dedupe_key),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX mail_age ON mail (created_at);
CREATE TABLE password_reset (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES account_user (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX password_reset_user ON password_reset (user_id);
CREATE INDEX password_reset_expiry ON password_reset (expires_at);
