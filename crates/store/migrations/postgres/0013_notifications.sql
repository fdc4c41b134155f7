-- What members want to be told by mail, and two more things that they can be told in Slack.
CREATE TABLE mail_preference (
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    approval_needed BOOLEAN NOT NULL,
    connection_broken BOOLEAN NOT NULL,
    invoice_overdue BOOLEAN NOT NULL,
    submit_reminder BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, member_id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE slack_preference ADD COLUMN invoice_overdue BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE slack_preference ADD COLUMN submit_reminder BOOLEAN NOT NULL DEFAULT TRUE;
