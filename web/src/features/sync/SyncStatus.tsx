import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useLive } from "../../api/live";
import { queries } from "../../api/queries";
import type { Calendar, SyncEvent } from "../../api/types";
import { PageHeader } from "../../components/PageHeader";
import { ProviderIcon } from "../../components/ProviderIcon";
import { EmptyState, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { faultText } from "../../lib/trouble";
import { useSyncActions } from "./useSyncActions";

function Phase({ calendar: c, event }: { calendar: Calendar; event?: SyncEvent }) {
  const t = useTranslations("sync");
  if (event?.phase === "started") return <StatusBadge tone="ok" icon="busy" label={t("started")} />;
  if (event?.phase === "page") {
    return <StatusBadge tone="ok" icon="busy" label={t("page", { count: event.changes })} />;
  }
  if (!c.sync_enabled) return <StatusBadge tone="idle" label={t("off")} />;
  if (c.connection_status === "needs_reauth")
    return <StatusBadge tone="bad" icon="auth" label={t("reauth")} />;
  if (c.sync_errors > 0) return <StatusBadge tone="warn" label={t("failing", { count: c.sync_errors })} />;
  if (!c.last_sync_at) return <StatusBadge tone="idle" label={t("waiting")} />;
  return <StatusBadge tone="ok" label={t("fresh")} />;
}

function Row({ calendar: c, event }: { calendar: Calendar; event?: SyncEvent }) {
  const t = useTranslations("sync");
  const run = useSyncActions(c);
  const result = event?.result ?? c.last_result;
  const error = faultText(event?.phase === "failed" ? event.error : c.sync_errors > 0 ? c.last_error : null);
  return (
    <li className="syncrow">
      <ProviderIcon provider={c.provider} size={30} />
      <div className="grow">
        <Anchor component={Link} to={`/integrations/calendar/${c.id}`} fw={550} size="sm" underline="always">
          {c.name}
        </Anchor>
        <Text size="xs" c="dimmed" truncate>
          {c.provider_details.connection_email}
        </Text>
        {error && (
          <Text size="xs" className="bad">
            {error}
          </Text>
        )}
      </div>
      <div className="phase">
        <Phase calendar={c} event={event} />
        <Text size="xs" c="dimmed" component="div">
          <Ago at={c.last_sync_at} />
          {c.sync_enabled && c.next_sync_at && (
            <>
              {" · "}
              {t("next")} <Ago at={c.next_sync_at} />
            </>
          )}
        </Text>
        {result && (
          <Text size="xs" c="dimmed" className="num">
            {t("result", { created: result.created, updated: result.updated, deleted: result.deleted })}
          </Text>
        )}
      </div>
      <Button
        size="compact-sm"
        variant="default"
        disabled={!c.sync_enabled}
        loading={run.sync.isPending}
        onClick={() => run.sync.mutate(false)}
      >
        {c.sync_errors > 0 ? t("retry") : t("now")}
        <span className="sr"> {c.name}</span>
      </Button>
    </li>
  );
}

export function SyncStatus() {
  const t = useTranslations("sync");
  const { progress, connected } = useLive();
  const calendars = useQuery(queries.calendars());
  const order = (c: Calendar) => (c.sync_enabled ? (c.sync_errors > 0 ? 0 : 1) : 2);
  return (
    <Stack gap="md">
      <PageHeader
        title={t("title")}
        sub={<span aria-live="polite">{connected ? t("live") : t("polling")}</span>}
      />
      <QueryState
        query={calendars}
        isEmpty={(list) => list.length === 0}
        empty={
          <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
            <Button component={Link} to="/integrations">
              {t("connect")}
            </Button>
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="panel caltree">
            {[...list]
              .sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name))
              .map((c) => (
                <Row key={c.id} calendar={c} event={progress.get(c.id)} />
              ))}
          </ul>
        )}
      </QueryState>
    </Stack>
  );
}
