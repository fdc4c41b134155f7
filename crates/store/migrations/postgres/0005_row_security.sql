-- The second net under tenant isolation: PostgreSQL itself shows a transaction only the rows of the workspace it was begun for
-- (docs/adr/0006-row-security.md). `daybook.workspace` names it; `daybook.system` = 'on' is for what works across workspaces.
-- With neither, a tenant table is empty. Superusers and roles with BYPASSRLS are not held back.
--
-- The function protects every table that has a `workspace_id` and is not protected yet; it is called again after the last
-- migration, so that no later table can be forgotten.
CREATE FUNCTION daybook_protect_tenants() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found record;
    mine text;
    done bigint := 0;
BEGIN
    FOR found IN
        SELECT c.oid::regclass AS name, c.relname, a.attname, a.attnotnull
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
            AND ((a.attname = 'workspace_id') OR (c.relname = 'workspace' AND a.attname = 'id'))
            AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant')
    LOOP
        mine := format('%I = (SELECT nullif(current_setting(''daybook.workspace'', true), '''')::uuid) OR (SELECT current_setting(''daybook.system'', true) = ''on'')', found.attname);
        IF NOT found.attnotnull THEN
            mine := format('%I IS NULL OR %s', found.attname, mine);
        END IF;
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', found.name);
        EXECUTE format('CREATE POLICY tenant ON %s USING (%s) WITH CHECK (%s)', found.name, mine, mine);
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;
SELECT daybook_protect_tenants();
