import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Calendar } from "../../api/types";
import { PageHeader } from "../../components/PageHeader";
import { providerName } from "../../components/ProviderIcon";
import { QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { faultText } from "../../lib/trouble";
import { useSyncActions } from "../sync/useSyncActions";
import { BillingFilters } from "./BillingFilters";
import { CalendarForm } from "./CalendarForm";
import { CalendarHistory } from "./CalendarHistory";
import { DangerZone } from "./DangerZone";

function SyncPanel({ calendar: c }: { calendar: Calendar }) {
  const t = useTranslations("calendarSettings");
  const run = useSyncActions(c);
  const last = c.last_result;
  return (
    <section className="panel" aria-labelledby="state">
      <Group justify="space-between" align="flex-start">
        <div className="grow">
          <Title order={2} size="h5" id="state">
            {t("state")}
          </Title>
          <Text size="sm" c="dimmed" component="div" mt={4}>
            {t("last")} <Ago at={c.last_sync_at} />
            {c.sync_enabled && c.next_sync_at && (
              <>
                {" · "}
                {t("next")} <Ago at={c.next_sync_at} />
              </>
            )}{" "}
            · {t("events", { count: c.events_count })}
          </Text>
          {c.sync_enabled && (
            <Text size="sm" c="dimmed">
              {c.push_mode === "push" ? (
                <>
                  {t("push")} <Ago at={c.push_expires_at} />
                </>
              ) : (
                t("polling", { minutes: c.sync_interval_minutes })
              )}
            </Text>
          )}
        </div>
        {c.sync_enabled ? (
          <StatusBadge
            tone={c.sync_errors > 0 ? "warn" : "ok"}
            label={c.sync_errors > 0 ? t("failing", { count: c.sync_errors }) : t("on")}
          />
        ) : (
          <StatusBadge tone="idle" label={t("off")} />
        )}
      </Group>
      {c.sync_errors > 0 && faultText(c.last_error) && (
        <p className="why">
          <span>{faultText(c.last_error)}</span>
        </p>
      )}
      {last && (
        <Text size="sm" mt="xs" className="num">
          {t("result", {
            created: last.created,
            updated: last.updated,
            deleted: last.deleted,
            ms: last.duration_ms,
          })}
        </Text>
      )}
      <Group gap="xs" mt="sm">
        <Button onClick={() => run.sync.mutate(false)} loading={run.sync.isPending && !run.sync.variables}>
          {t("syncNow")}
        </Button>
        <Button
          variant="default"
          onClick={() => run.sync.mutate(true)}
          loading={run.sync.isPending && run.sync.variables}
        >
          {t("full")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={6}>
        {t("fullHint")}
      </Text>
    </section>
  );
}

export function CalendarSettings() {
  const t = useTranslations("calendarSettings");
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const calendar = useQuery(queries.calendar(id));
  return (
    <Stack gap="md" maw={820}>
      <Anchor component={Link} to="/integrations/calendar" size="sm" underline="always">
        {t("back")}
      </Anchor>
      <QueryState query={calendar}>
        {(c) => (
          <>
            <PageHeader
              title={c.name}
              sub={`${providerName(c.provider)} · ${c.provider_details.connection_email ?? ""}`}
            />
            <SyncPanel calendar={c} />
            <CalendarForm key={c.id} calendar={c} />
            <BillingFilters key={`billing-${c.id}`} calendar={c} />
            <CalendarHistory calendar={c} />
            <DangerZone calendar={c} />
          </>
        )}
      </QueryState>
    </Stack>
  );
}
