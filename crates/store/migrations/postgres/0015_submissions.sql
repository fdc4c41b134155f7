-- Time that waits for approval, as it is asked about: what comes within a moment is one question.
CREATE TABLE submission (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    handed_in BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    asked_at BIGINT,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
-- Of one member one is being gathered.
CREATE UNIQUE INDEX submission_gathering ON submission (workspace_id, member_id) WHERE asked_at IS NULL;
CREATE INDEX submission_member ON submission (workspace_id, member_id);
CREATE INDEX submission_age ON submission (created_at);
CREATE TABLE submission_entry (
    workspace_id UUID NOT NULL,
    submission_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, submission_id, entry_id),
    FOREIGN KEY (workspace_id, submission_id) REFERENCES submission (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, entry_id) REFERENCES time_entry (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX submission_entry_entry ON submission_entry (workspace_id, entry_id);
