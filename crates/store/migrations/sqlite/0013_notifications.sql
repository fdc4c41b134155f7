-- What members want to be told by mail, and two more things that they can be told in Slack.
CREATE TABLE mail_preference (
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    approval_needed INTEGER NOT NULL,
    connection_broken INTEGER NOT NULL,
    invoice_overdue INTEGER NOT NULL,
    submit_reminder INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, member_id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
ALTER TABLE slack_preference ADD COLUMN invoice_overdue INTEGER NOT NULL DEFAULT 1;
ALTER TABLE slack_preference ADD COLUMN submit_reminder INTEGER NOT NULL DEFAULT 1;
