-- The first schema. Instants are microseconds since 1970-01-01T00:00:00Z, dates are 'YYYY-MM-DD'.
-- References between tenant tables are composite, so that no row can point into another workspace.
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
CREATE TABLE workspace (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (slug)
) STRICT;
CREATE TABLE account_user (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    UNIQUE (email)
) STRICT;
CREATE TABLE member (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES account_user (id),
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, user_id)
) STRICT;
CREATE INDEX member_user ON member (user_id);
CREATE TABLE session (
    id BLOB NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES account_user (id) ON DELETE CASCADE,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    user_agent TEXT,
    UNIQUE (token_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX session_person ON session (user_id);
CREATE INDEX session_member ON session (workspace_id, member_id);
CREATE INDEX session_expiry ON session (expires_at);
CREATE TABLE api_key (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER,
    UNIQUE (token_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX api_key_member ON api_key (workspace_id, member_id);
CREATE TABLE invitation (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    invited_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    UNIQUE (token_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, invited_by) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX invitation_inviter ON invitation (workspace_id, invited_by);
CREATE TABLE idempotency (
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    status INTEGER,
    response TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, member_id, route, key),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX idempotency_age ON idempotency (created_at);
CREATE TABLE connection (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    account_email TEXT,
    display_name TEXT,
    status TEXT NOT NULL,
    api_url TEXT,
    username TEXT,
    scopes TEXT NOT NULL,
    missing_scopes TEXT NOT NULL,
    access_token BLOB,
    refresh_token BLOB,
    password BLOB,
    token_expires_at INTEGER,
    refresh_token_expires_at INTEGER,
    token_version INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_fence INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    refresh_started_at INTEGER,
    refreshed_at INTEGER,
    last_error TEXT,
    notified_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    disconnected_at INTEGER,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, member_id, provider, subject),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX connection_page ON connection (workspace_id, created_at, id);
CREATE INDEX connection_grant ON connection (provider, subject);
CREATE INDEX connection_refresh ON connection (token_expires_at) WHERE status = 'connected' AND refresh_token IS NOT NULL;
CREATE TABLE oauth_flow (
    id BLOB NOT NULL PRIMARY KEY,
    state_hash BLOB NOT NULL,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    session_binding BLOB NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    verifier BLOB,
    redirect_uri TEXT NOT NULL,
    return_to TEXT,
    connection_id BLOB,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    UNIQUE (state_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX oauth_flow_member ON oauth_flow (workspace_id, member_id);
CREATE INDEX oauth_flow_expiry ON oauth_flow (expires_at);
CREATE TABLE client (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    currency TEXT,
    color TEXT,
    email TEXT,
    notes TEXT,
    created_at INTEGER NOT NULL,
    archived_at INTEGER,
    UNIQUE (workspace_id, id)
) STRICT;
CREATE INDEX client_page ON client (workspace_id, created_at, id);
CREATE TABLE project (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    client_id BLOB,
    name TEXT NOT NULL,
    color TEXT,
    currency TEXT,
    hourly_rate_minor INTEGER,
    billable INTEGER NOT NULL DEFAULT TRUE,
    created_at INTEGER NOT NULL,
    archived_at INTEGER,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id)
) STRICT;
CREATE INDEX project_page ON project (workspace_id, created_at, id);
CREATE INDEX project_client ON project (workspace_id, client_id);
CREATE TABLE calendar (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT,
    access_role TEXT NOT NULL,
    background_color TEXT,
    is_primary INTEGER NOT NULL,
    active INTEGER NOT NULL,
    listing INTEGER NOT NULL,
    sync_enabled INTEGER NOT NULL,
    sync_interval_minutes INTEGER NOT NULL,
    sync_past_days INTEGER NOT NULL,
    sync_future_days INTEGER NOT NULL,
    busy_source INTEGER NOT NULL,
    write_target INTEGER NOT NULL,
    default_client_id BLOB,
    default_project_id BLOB,
    cursor TEXT,
    generation INTEGER NOT NULL DEFAULT 0,
    expanded_until INTEGER,
    last_sync_at INTEGER,
    next_sync_at INTEGER,
    sync_errors INTEGER NOT NULL DEFAULT 0,
    confirmed_errors INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    last_statistics TEXT,
    lease_owner TEXT,
    lease_fence INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (connection_id, external_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, default_client_id) REFERENCES client (workspace_id, id),
    FOREIGN KEY (workspace_id, default_project_id) REFERENCES project (workspace_id, id)
) STRICT;
CREATE INDEX calendar_page ON calendar (workspace_id, created_at, id);
CREATE INDEX calendar_connection ON calendar (workspace_id, connection_id);
CREATE INDEX calendar_due ON calendar (next_sync_at) WHERE sync_enabled AND active;
CREATE INDEX calendar_horizon ON calendar (expanded_until) WHERE sync_enabled AND active;
CREATE INDEX calendar_default_client ON calendar (workspace_id, default_client_id) WHERE default_client_id IS NOT NULL;
CREATE INDEX calendar_default_project ON calendar (workspace_id, default_project_id) WHERE default_project_id IS NOT NULL;
CREATE TABLE event (
    id BLOB NOT NULL,
    workspace_id BLOB NOT NULL,
    calendar_id BLOB NOT NULL,
    provider_event_id TEXT NOT NULL,
    resource TEXT,
    etag TEXT,
    ical_uid TEXT,
    kind TEXT NOT NULL,
    series_provider_id TEXT,
    original_key TEXT,
    original_start TEXT,
    this_and_future INTEGER NOT NULL,
    status TEXT NOT NULL,
    all_day INTEGER NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    start_date TEXT,
    end_date TEXT,
    time_zone TEXT,
    end_time_zone TEXT,
    opaque INTEGER NOT NULL,
    informational INTEGER NOT NULL,
    response_status TEXT NOT NULL,
    search TEXT NOT NULL,
    details TEXT NOT NULL,
    recurrence TEXT,
    zone_definition TEXT,
    content_hash BLOB NOT NULL,
    seen_generation INTEGER NOT NULL,
    updated_at INTEGER,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, calendar_id, provider_event_id),
    FOREIGN KEY (workspace_id, calendar_id) REFERENCES calendar (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX event_resource ON event (workspace_id, calendar_id, resource) WHERE resource IS NOT NULL;
CREATE INDEX event_series ON event (workspace_id, calendar_id, series_provider_id) WHERE series_provider_id IS NOT NULL;
CREATE TABLE instance (
    id BLOB NOT NULL,
    workspace_id BLOB NOT NULL,
    calendar_id BLOB NOT NULL,
    event_id BLOB NOT NULL,
    occurrence_key TEXT,
    override_event_id BLOB,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    all_day INTEGER NOT NULL,
    start_date TEXT,
    end_date TEXT,
    busy INTEGER NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, event_id) REFERENCES event (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, override_event_id) REFERENCES event (workspace_id, id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX instance_event ON instance (workspace_id, event_id);
CREATE INDEX instance_override ON instance (workspace_id, override_event_id) WHERE override_event_id IS NOT NULL;
CREATE INDEX instance_range ON instance (workspace_id, calendar_id, start_us, end_us);
CREATE TABLE time_entry (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    source TEXT NOT NULL,
    status TEXT NOT NULL,
    description TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    duration_minutes INTEGER NOT NULL,
    client_id BLOB,
    project_id BLOB,
    billable INTEGER NOT NULL,
    synced_event_id BLOB,
    calendar_id BLOB,
    cause_key TEXT,
    tags TEXT NOT NULL,
    rejected_reason TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, member_id, cause_key),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id),
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id)
) STRICT;
CREATE INDEX time_entry_page ON time_entry (workspace_id, started_at, id);
CREATE INDEX time_entry_member ON time_entry (workspace_id, member_id, started_at, id);
CREATE INDEX time_entry_event ON time_entry (workspace_id, synced_event_id) WHERE synced_event_id IS NOT NULL;
CREATE INDEX time_entry_client ON time_entry (workspace_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX time_entry_project ON time_entry (workspace_id, project_id) WHERE project_id IS NOT NULL;
CREATE TABLE activity (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    log_type TEXT NOT NULL,
    integration_type TEXT,
    connection_id BLOB,
    calendar_id BLOB,
    member_id BLOB,
    success INTEGER NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    duration_ms INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (workspace_id, id)
) STRICT;
CREATE INDEX activity_page ON activity (workspace_id, created_at, id);
CREATE INDEX activity_age ON activity (created_at);
CREATE TABLE job (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    dedupe_key TEXT,
    workspace_id BLOB REFERENCES workspace (id) ON DELETE CASCADE,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    priority INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    again_at INTEGER,
    lease_until INTEGER,
    fence INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX job_due ON job (priority, due_at) WHERE state = 'live';
CREATE UNIQUE INDEX job_kind_dedupe_key_key ON job (kind, dedupe_key) WHERE state = 'live';
CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX job_page ON job (created_at, id);
CREATE INDEX job_workspace ON job (workspace_id) WHERE workspace_id IS NOT NULL;
CREATE TABLE schedule (
    name TEXT NOT NULL PRIMARY KEY,
    next_at INTEGER NOT NULL
) STRICT;
