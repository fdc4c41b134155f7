-- Invoices: what is printed on them, their numbers, lines, entries and payments.
CREATE TABLE workspace_billing (
    workspace_id BLOB NOT NULL PRIMARY KEY REFERENCES workspace (id) ON DELETE CASCADE,
    profile TEXT NOT NULL,
    logo TEXT,
    updated_at INTEGER NOT NULL
) STRICT;
-- Kept for as long as an invoice shows it, so for ever: logos are small and few.
CREATE TABLE billing_logo (
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    data BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, hash)
) STRICT;
CREATE TABLE client_billing (
    workspace_id BLOB NOT NULL,
    client_id BLOB NOT NULL,
    profile TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, client_id),
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id) ON DELETE CASCADE
) STRICT;
-- The last number given in each series. The row is locked by whoever gives the next one until that is committed, so that a
-- number is never given twice, and one that is not committed is given again: no gaps.
CREATE TABLE invoice_series (
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    series TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, series)
) STRICT;
CREATE TABLE invoice (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    client_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    number TEXT,
    series TEXT,
    serial INTEGER,
    credits_id BLOB,
    currency TEXT NOT NULL,
    period_start TEXT,
    period_end TEXT,
    project_id BLOB,
    grouped_by TEXT NOT NULL,
    rounding TEXT NOT NULL,
    tax TEXT NOT NULL,
    discount TEXT,
    fallback_rate_minor INTEGER,
    reference TEXT,
    notes TEXT,
    terms TEXT,
    terms_days INTEGER NOT NULL,
    issued_on TEXT,
    due_on TEXT,
    totals TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    paid_minor INTEGER NOT NULL DEFAULT 0,
    credited_minor INTEGER NOT NULL DEFAULT 0,
    document TEXT,
    void_reason TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    finalized_at INTEGER,
    sent_at INTEGER,
    paid_at INTEGER,
    voided_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, number),
    UNIQUE (workspace_id, series, serial),
    CHECK ((status = 'draft') = (number IS NULL) AND (number IS NULL) = (document IS NULL)),
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id),
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id),
    FOREIGN KEY (workspace_id, credits_id) REFERENCES invoice (workspace_id, id)
) STRICT;
CREATE INDEX invoice_page ON invoice (workspace_id, created_at, id);
CREATE INDEX invoice_client ON invoice (workspace_id, client_id);
CREATE INDEX invoice_project ON invoice (workspace_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX invoice_credits ON invoice (workspace_id, credits_id) WHERE credits_id IS NOT NULL;
CREATE TABLE invoice_line (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    invoice_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    description TEXT NOT NULL,
    unit TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    price_minor INTEGER NOT NULL,
    tax TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    from_entries INTEGER NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX invoice_line_invoice ON invoice_line (workspace_id, invoice_id, position);
-- The entries of invoices that are not void: the key lets an entry be on one of them only.
CREATE TABLE invoice_entry (
    workspace_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    invoice_id BLOB NOT NULL,
    line_id BLOB NOT NULL,
    entry_version INTEGER NOT NULL,
    work TEXT NOT NULL,
    PRIMARY KEY (workspace_id, entry_id),
    FOREIGN KEY (workspace_id, entry_id) REFERENCES time_entry (workspace_id, id),
    FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, line_id) REFERENCES invoice_line (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX invoice_entry_invoice ON invoice_entry (workspace_id, invoice_id);
CREATE INDEX invoice_entry_line ON invoice_entry (workspace_id, line_id);
CREATE TABLE invoice_payment (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    invoice_id BLOB NOT NULL,
    amount_minor INTEGER NOT NULL,
    paid_on TEXT NOT NULL,
    note TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, invoice_id) REFERENCES invoice (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX invoice_payment_invoice ON invoice_payment (workspace_id, invoice_id, paid_on, id);
