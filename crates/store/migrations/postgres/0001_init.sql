-- The first schema. Instants are microseconds since 1970-01-01T00:00:00Z, dates are 'YYYY-MM-DD'.
-- References between tenant tables are composite, so that no row can point into another workspace.
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);
CREATE TABLE workspace (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (slug)
);
CREATE TABLE account_user (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    UNIQUE (email)
);
CREATE TABLE member (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES account_user (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, user_id)
);
CREATE INDEX member_user ON member (user_id);
CREATE TABLE session (
    id UUID NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    user_id UUID NOT NULL REFERENCES account_user (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT,
    UNIQUE (token_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX session_person ON session (user_id);
CREATE INDEX session_member ON session (workspace_id, member_id);
CREATE INDEX session_expiry ON session (expires_at);
CREATE TABLE api_key (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT,
    UNIQUE (token_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX api_key_member ON api_key (workspace_id, member_id);
CREATE TABLE invitation (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    invited_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    UNIQUE (token_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, invited_by) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX invitation_inviter ON invitation (workspace_id, invited_by);
CREATE TABLE idempotency (
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    status BIGINT,
    response JSONB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, member_id, route, key),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX idempotency_age ON idempotency (created_at);
CREATE TABLE connection (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    account_email TEXT,
    display_name TEXT,
    status TEXT NOT NULL,
    api_url TEXT,
    username TEXT,
    scopes JSONB NOT NULL,
    missing_scopes JSONB NOT NULL,
    access_token BYTEA,
    refresh_token BYTEA,
    password BYTEA,
    token_expires_at BIGINT,
    refresh_token_expires_at BIGINT,
    token_version BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_fence BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT,
    refresh_started_at BIGINT,
    refreshed_at BIGINT,
    last_error JSONB,
    notified_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disconnected_at BIGINT,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, member_id, provider, subject),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX connection_page ON connection (workspace_id, created_at, id);
CREATE INDEX connection_grant ON connection (provider, subject);
CREATE INDEX connection_refresh ON connection (token_expires_at) WHERE status = 'connected' AND refresh_token IS NOT NULL;
CREATE TABLE oauth_flow (
    id UUID NOT NULL PRIMARY KEY,
    state_hash BYTEA NOT NULL,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    session_binding BYTEA NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    verifier BYTEA,
    redirect_uri TEXT NOT NULL,
    return_to TEXT,
    connection_id UUID,
    scopes JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (state_hash),
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_flow_member ON oauth_flow (workspace_id, member_id);
CREATE INDEX oauth_flow_expiry ON oauth_flow (expires_at);
CREATE TABLE client (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    currency TEXT,
    color TEXT,
    email TEXT,
    notes TEXT,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    UNIQUE (workspace_id, id)
);
CREATE INDEX client_page ON client (workspace_id, created_at, id);
CREATE TABLE project (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    client_id UUID,
    name TEXT NOT NULL,
    color TEXT,
    currency TEXT,
    hourly_rate_minor BIGINT,
    billable BOOLEAN NOT NULL DEFAULT TRUE,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id)
);
CREATE INDEX project_page ON project (workspace_id, created_at, id);
CREATE INDEX project_client ON project (workspace_id, client_id);
CREATE TABLE calendar (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    connection_id UUID NOT NULL,
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT,
    access_role TEXT NOT NULL,
    background_color TEXT,
    is_primary BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    listing BIGINT NOT NULL,
    sync_enabled BOOLEAN NOT NULL,
    sync_interval_minutes BIGINT NOT NULL,
    sync_past_days BIGINT NOT NULL,
    sync_future_days BIGINT NOT NULL,
    busy_source BOOLEAN NOT NULL,
    write_target BOOLEAN NOT NULL,
    default_client_id UUID,
    default_project_id UUID,
    cursor TEXT,
    generation BIGINT NOT NULL DEFAULT 0,
    expanded_until BIGINT,
    last_sync_at BIGINT,
    next_sync_at BIGINT,
    sync_errors BIGINT NOT NULL DEFAULT 0,
    confirmed_errors BIGINT NOT NULL DEFAULT 0,
    last_error JSONB,
    last_statistics JSONB,
    lease_owner TEXT,
    lease_fence BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (workspace_id, id),
    UNIQUE (connection_id, external_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES connection (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, default_client_id) REFERENCES client (workspace_id, id),
    FOREIGN KEY (workspace_id, default_project_id) REFERENCES project (workspace_id, id)
);
CREATE INDEX calendar_page ON calendar (workspace_id, created_at, id);
CREATE INDEX calendar_connection ON calendar (workspace_id, connection_id);
CREATE INDEX calendar_due ON calendar (next_sync_at) WHERE sync_enabled AND active;
CREATE INDEX calendar_horizon ON calendar (expanded_until) WHERE sync_enabled AND active;
CREATE INDEX calendar_default_client ON calendar (workspace_id, default_client_id) WHERE default_client_id IS NOT NULL;
CREATE INDEX calendar_default_project ON calendar (workspace_id, default_project_id) WHERE default_project_id IS NOT NULL;
CREATE TABLE event (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    calendar_id UUID NOT NULL,
    provider_event_id TEXT NOT NULL,
    resource TEXT,
    etag TEXT,
    ical_uid TEXT,
    kind TEXT NOT NULL,
    series_provider_id TEXT,
    original_key TEXT,
    original_start JSONB,
    this_and_future BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    all_day BOOLEAN NOT NULL,
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    start_date TEXT,
    end_date TEXT,
    time_zone TEXT,
    end_time_zone TEXT,
    opaque BOOLEAN NOT NULL,
    informational BOOLEAN NOT NULL,
    response_status TEXT NOT NULL,
    search TEXT NOT NULL,
    details JSONB NOT NULL,
    recurrence JSONB,
    zone_definition TEXT,
    content_hash BYTEA NOT NULL,
    seen_generation BIGINT NOT NULL,
    updated_at BIGINT,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, calendar_id, provider_event_id),
    FOREIGN KEY (workspace_id, calendar_id) REFERENCES calendar (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX event_resource ON event (workspace_id, calendar_id, resource) WHERE resource IS NOT NULL;
CREATE INDEX event_series ON event (workspace_id, calendar_id, series_provider_id) WHERE series_provider_id IS NOT NULL;
CREATE TABLE instance (
    id UUID NOT NULL,
    workspace_id UUID NOT NULL,
    calendar_id UUID NOT NULL,
    event_id UUID NOT NULL,
    occurrence_key TEXT,
    override_event_id UUID,
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    all_day BOOLEAN NOT NULL,
    start_date TEXT,
    end_date TEXT,
    busy BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, event_id) REFERENCES event (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, override_event_id) REFERENCES event (workspace_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX instance_event ON instance (workspace_id, event_id);
CREATE INDEX instance_override ON instance (workspace_id, override_event_id) WHERE override_event_id IS NOT NULL;
CREATE INDEX instance_range ON instance (workspace_id, calendar_id, start_us, end_us);
CREATE TABLE time_entry (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    source TEXT NOT NULL,
    status TEXT NOT NULL,
    description TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    duration_minutes BIGINT NOT NULL,
    client_id UUID,
    project_id UUID,
    billable BOOLEAN NOT NULL,
    synced_event_id UUID,
    calendar_id UUID,
    cause_key TEXT,
    tags JSONB NOT NULL,
    rejected_reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (workspace_id, id),
    UNIQUE (workspace_id, member_id, cause_key),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, client_id) REFERENCES client (workspace_id, id),
    FOREIGN KEY (workspace_id, project_id) REFERENCES project (workspace_id, id)
);
CREATE INDEX time_entry_page ON time_entry (workspace_id, started_at, id);
CREATE INDEX time_entry_member ON time_entry (workspace_id, member_id, started_at, id);
CREATE INDEX time_entry_event ON time_entry (workspace_id, synced_event_id) WHERE synced_event_id IS NOT NULL;
CREATE INDEX time_entry_client ON time_entry (workspace_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX time_entry_project ON time_entry (workspace_id, project_id) WHERE project_id IS NOT NULL;
CREATE TABLE activity (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    log_type TEXT NOT NULL,
    integration_type TEXT,
    connection_id UUID,
    calendar_id UUID,
    member_id UUID,
    success BOOLEAN NOT NULL,
    title TEXT NOT NULL,
    detail JSONB NOT NULL,
    duration_ms BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (workspace_id, id)
);
CREATE INDEX activity_page ON activity (workspace_id, created_at, id);
CREATE INDEX activity_age ON activity (created_at);
CREATE TABLE job (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    dedupe_key TEXT,
    workspace_id UUID REFERENCES workspace (id) ON DELETE CASCADE,
    payload JSONB NOT NULL,
    state TEXT NOT NULL,
    priority BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    again_at BIGINT,
    lease_until BIGINT,
    fence BIGINT NOT NULL DEFAULT 0,
    attempt BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX job_due ON job (priority, due_at) WHERE state = 'live';
CREATE UNIQUE INDEX job_kind_dedupe_key_key ON job (kind, dedupe_key) WHERE state = 'live';
CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX job_page ON job (created_at, id);
CREATE INDEX job_workspace ON job (workspace_id) WHERE workspace_id IS NOT NULL;
CREATE TABLE schedule (
    name TEXT NOT NULL PRIMARY KEY,
    next_at BIGINT NOT NULL
);
