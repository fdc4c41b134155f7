-- How invoices went to clients: each sending by hand or by mail, each reminder once for its number of days after the due date. And
-- since when an invoice is overdue, and when its owners were told.
CREATE TABLE invoice_delivery (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    invoice_id UUID NOT NULL,
    kind TEXT NOT NULL,
    step BIGINT NOT NULL,
    recipient TEXT,
    member_id UUID,
    mail_id UUID,
    state TEXT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, invoice_id, kind, step),
    FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX invoice_delivery_mail ON invoice_delivery (workspace_id, mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX invoice_delivery_member ON invoice_delivery (workspace_id, member_id) WHERE member_id IS NOT NULL;
ALTER TABLE invoice ADD COLUMN overdue_at BIGINT;
ALTER TABLE invoice ADD COLUMN overdue_told_at BIGINT;
