-- From now on the switch decides whether new events are written to a calendar. Until now they were written to every calendar that
-- takes them, and that stays so until somebody switches one off.
UPDATE calendar SET write_target = TRUE WHERE access_role IN ('writer', 'owner');

-- Which events are private was not kept, and what private ones of CalDAV servers say was left out, also for their owners. Every
-- calendar is read once as a whole, and those events again.
UPDATE event SET etag = NULL WHERE search = '' AND etag IS NOT NULL AND calendar_id IN (
    SELECT c.id FROM calendar c JOIN connection n ON n.workspace_id = c.workspace_id AND n.id = c.connection_id
    WHERE n.provider IN ('caldav', 'apple')
);
UPDATE calendar SET sync_cursor = NULL;

-- What waits for approval, however old it is, is looked up by its status.
CREATE INDEX time_entry_status ON time_entry (workspace_id, status, started_at);
