-- Scheduling settings over calendars, and time blocked by hand.
CREATE TABLE calendar_configuration (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    name TEXT NOT NULL,
    settings JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (workspace_id, id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX calendar_configuration_page ON calendar_configuration (workspace_id, created_at, id);
CREATE INDEX calendar_configuration_member ON calendar_configuration (workspace_id, member_id);
CREATE TABLE calendar_configuration_calendar (
    workspace_id UUID NOT NULL,
    configuration_id UUID NOT NULL,
    calendar_id UUID NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, configuration_id, calendar_id),
    FOREIGN KEY (workspace_id, configuration_id) REFERENCES calendar_configuration (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, calendar_id) REFERENCES calendar (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX calendar_configuration_calendar_calendar ON calendar_configuration_calendar (workspace_id, calendar_id);
CREATE TABLE block (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    title TEXT NOT NULL,
    start_us BIGINT,
    end_us BIGINT,
    weekly JSONB,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (workspace_id, id),
    CHECK ((weekly IS NULL) = (start_us IS NOT NULL) AND (start_us IS NULL) = (end_us IS NULL)),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX block_page ON block (workspace_id, created_at, id);
CREATE INDEX block_member ON block (workspace_id, member_id, start_us);
