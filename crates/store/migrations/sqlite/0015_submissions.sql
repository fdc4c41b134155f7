-- Time that waits for approval, as it is asked about: what comes within a moment is one question.
CREATE TABLE submission (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    handed_in INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    asked_at INTEGER,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
-- Of one member one is being gathered.
CREATE UNIQUE INDEX submission_gathering ON submission (workspace_id, member_id) WHERE asked_at IS NULL;
CREATE INDEX submission_member ON submission (workspace_id, member_id);
CREATE INDEX submission_age ON submission (created_at);
CREATE TABLE submission_entry (
    workspace_id BLOB NOT NULL,
    submission_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    PRIMARY KEY (workspace_id, submission_id, entry_id),
    FOREIGN KEY (workspace_id, submission_id) REFERENCES submission (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, entry_id) REFERENCES time_entry (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX submission_entry_entry ON submission_entry (workspace_id, entry_id);
