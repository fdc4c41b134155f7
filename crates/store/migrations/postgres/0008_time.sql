-- Rates and budgets, the running timer, rules, drafts that were put aside, what was chosen before, and who did what to an entry.
ALTER TABLE workspace ADD COLUMN self_approval BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE workspace ADD COLUMN time_locked_until TEXT;
ALTER TABLE project ADD COLUMN budget_minutes BIGINT;
ALTER TABLE project ADD COLUMN budget_minor BIGINT;
ALTER TABLE time_entry ADD COLUMN running BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX time_entry_running_key ON time_entry (workspace_id, member_id) WHERE running;
CREATE TABLE rate (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    member_id UUID,
    project_id UUID,
    client_id UUID,
    currency TEXT NOT NULL,
    hourly_minor BIGINT NOT NULL,
    from_date TEXT,
    to_date TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (workspace_id, id),
    CHECK (client_id IS NULL OR (member_id IS NULL AND project_id IS NULL)),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX rate_page ON rate (workspace_id, created_at, id);
CREATE INDEX rate_member ON rate (workspace_id, member_id);
CREATE INDEX rate_project ON rate (workspace_id, project_id);
CREATE INDEX rate_client ON rate (workspace_id, client_id);
CREATE TABLE time_rule (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    conditions JSONB NOT NULL,
    exclude BOOLEAN NOT NULL,
    client_id UUID,
    project_id UUID,
    billable BOOLEAN,
    tags JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id),
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id)
);
CREATE INDEX time_rule_order ON time_rule (workspace_id, position, id);
CREATE INDEX time_rule_client ON time_rule (workspace_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX time_rule_project ON time_rule (workspace_id, project_id) WHERE project_id IS NOT NULL;
CREATE TABLE draft_dismissal (
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    cause_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, member_id, cause_key),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
-- What a member booked such a meeting on the last time: by series, by title, by the others' domain.
CREATE TABLE draft_choice (
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    client_id UUID,
    project_id UUID,
    billable BOOLEAN NOT NULL,
    chosen_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, member_id, kind, name),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX draft_choice_client ON draft_choice (workspace_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX draft_choice_project ON draft_choice (workspace_id, project_id) WHERE project_id IS NOT NULL;
-- The entry by which a meeting is billed, of all the members who were there.
CREATE TABLE billed_meeting (
    workspace_id UUID NOT NULL,
    cause_key TEXT NOT NULL,
    time_entry_id UUID NOT NULL,
    PRIMARY KEY (workspace_id, cause_key),
    FOREIGN KEY (workspace_id, time_entry_id) REFERENCES time_entry (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX billed_meeting_entry ON billed_meeting (workspace_id, time_entry_id);
INSERT INTO billed_meeting (workspace_id, cause_key, time_entry_id)
    SELECT workspace_id, cause_key, id FROM time_entry WHERE billable AND cause_key LIKE 'ical:%' ORDER BY created_at, id
    ON CONFLICT (workspace_id, cause_key) DO NOTHING;
-- What an entry's event said when somebody last looked at both.
CREATE TABLE entry_event (
    workspace_id UUID NOT NULL,
    time_entry_id UUID NOT NULL,
    instance_id UUID NOT NULL,
    member_id UUID NOT NULL,
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    title TEXT NOT NULL,
    gone BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (workspace_id, time_entry_id),
    FOREIGN KEY (workspace_id, time_entry_id) REFERENCES time_entry (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX entry_event_member ON entry_event (workspace_id, member_id, start_us);
-- Append-only. It outlives the entry.
CREATE TABLE time_entry_change (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    time_entry_id UUID NOT NULL,
    owner_id UUID NOT NULL,
    member_id UUID,
    action TEXT NOT NULL,
    reason TEXT,
    before JSONB,
    after JSONB,
    created_at BIGINT NOT NULL,
    UNIQUE (workspace_id, id)
);
CREATE INDEX time_entry_change_entry ON time_entry_change (workspace_id, time_entry_id, created_at, id);
CREATE FUNCTION daybook_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of time entries is append-only';
END
$$;
CREATE TRIGGER time_entry_change_stays BEFORE UPDATE ON time_entry_change FOR EACH ROW EXECUTE FUNCTION daybook_append_only();
