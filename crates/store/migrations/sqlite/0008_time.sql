-- Rates and budgets, the running timer, rules, drafts that were put aside, what was chosen before, and who did what to an entry.
ALTER TABLE workspace ADD COLUMN self_approval INTEGER NOT NULL DEFAULT TRUE;
ALTER TABLE workspace ADD COLUMN time_locked_until TEXT;
ALTER TABLE project ADD COLUMN budget_minutes INTEGER;
ALTER TABLE project ADD COLUMN budget_minor INTEGER;
ALTER TABLE time_entry ADD COLUMN running INTEGER NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX time_entry_running_key ON time_entry (workspace_id, member_id) WHERE running;
CREATE TABLE rate (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    member_id BLOB,
    project_id BLOB,
    client_id BLOB,
    currency TEXT NOT NULL,
    hourly_minor INTEGER NOT NULL,
    from_date TEXT,
    to_date TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id),
    CHECK (client_id IS NULL OR (member_id IS NULL AND project_id IS NULL)),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX rate_page ON rate (workspace_id, created_at, id);
CREATE INDEX rate_member ON rate (workspace_id, member_id);
CREATE INDEX rate_project ON rate (workspace_id, project_id);
CREATE INDEX rate_client ON rate (workspace_id, client_id);
CREATE TABLE time_rule (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    conditions TEXT NOT NULL,
    exclude INTEGER NOT NULL,
    client_id BLOB,
    project_id BLOB,
    billable INTEGER,
    tags TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id),
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id)
) STRICT;
CREATE INDEX time_rule_order ON time_rule (workspace_id, position, id);
CREATE INDEX time_rule_client ON time_rule (workspace_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX time_rule_project ON time_rule (workspace_id, project_id) WHERE project_id IS NOT NULL;
CREATE TABLE draft_dismissal (
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    cause_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, member_id, cause_key),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
-- What a member booked such a meeting on the last time: by series, by title, by the others' domain.
CREATE TABLE draft_choice (
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    client_id BLOB,
    project_id BLOB,
    billable INTEGER NOT NULL,
    chosen_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, member_id, kind, name),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX draft_choice_client ON draft_choice (workspace_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX draft_choice_project ON draft_choice (workspace_id, project_id) WHERE project_id IS NOT NULL;
-- The entry by which a meeting is billed, of all the members who were there.
CREATE TABLE billed_meeting (
    workspace_id BLOB NOT NULL,
    cause_key TEXT NOT NULL,
    time_entry_id BLOB NOT NULL,
    PRIMARY KEY (workspace_id, cause_key),
    FOREIGN KEY (workspace_id, time_entry_id) REFERENCES time_entry (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX billed_meeting_entry ON billed_meeting (workspace_id, time_entry_id);
INSERT INTO billed_meeting (workspace_id, cause_key, time_entry_id)
    SELECT workspace_id, cause_key, id FROM time_entry WHERE billable AND cause_key LIKE 'ical:%' ORDER BY created_at, id
    ON CONFLICT (workspace_id, cause_key) DO NOTHING;
-- What an entry's event said when somebody last looked at both.
CREATE TABLE entry_event (
    workspace_id BLOB NOT NULL,
    time_entry_id BLOB NOT NULL,
    instance_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    title TEXT NOT NULL,
    gone INTEGER NOT NULL DEFAULT FALSE,
    PRIMARY KEY (workspace_id, time_entry_id),
    FOREIGN KEY (workspace_id, time_entry_id) REFERENCES time_entry (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX entry_event_member ON entry_event (workspace_id, member_id, start_us);
-- Append-only. It outlives the entry.
CREATE TABLE time_entry_change (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    time_entry_id BLOB NOT NULL,
    owner_id BLOB NOT NULL,
    member_id BLOB,
    action TEXT NOT NULL,
    reason TEXT,
    before TEXT,
    after TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id)
) STRICT;
CREATE INDEX time_entry_change_entry ON time_entry_change (workspace_id, time_entry_id, created_at, id);
CREATE TRIGGER time_entry_change_stays BEFORE UPDATE ON time_entry_change BEGIN
    SELECT RAISE(ABORT, 'the history of time entries is append-only');
END;
