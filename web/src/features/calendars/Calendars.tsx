import { Anchor, Button, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Calendar, CalendarPatch, Connection } from "../../api/types";
import { useAction } from "../../app/useAction";
import { PageHeader } from "../../components/PageHeader";
import { ProviderIcon, providerName } from "../../components/ProviderIcon";
import { EmptyState, NoMatch, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { useFilters } from "../../lib/filters";
import { faultText, troubleOf } from "../../lib/trouble";
import { text } from "../../lib/url";
import { colorOfCalendar } from "../calendar/useColors";

const parse = (raw: Record<string, unknown>): { connection?: string } => ({
  connection: text(raw.connection),
});

function Row({ calendar: c }: { calendar: Calendar }) {
  const t = useTranslations("calendars");
  const enable = useAction((enabled: boolean) => actions.enableCalendar(c.id, enabled), {
    done: (out) => t(out.sync_enabled ? "turnedOn" : "turnedOff", { name: c.name }),
    invalidate: ["calendars", "connections", "events", "health"],
  });
  const patch = useAction((change: CalendarPatch) => actions.updateCalendar(c.id, change), {
    done: t("saved", { name: c.name }),
    invalidate: ["calendars"],
  });
  const role = c.provider_details.access_role;
  const writable = /owner|writer|write/i.test(role);
  return (
    <li className="calrow">
      <i className="swatch" style={{ "--c": colorOfCalendar(c) } as CSSProperties} aria-hidden />
      <div className="grow">
        <Anchor component={Link} to={`/integrations/calendar/${c.id}`} fw={550} size="sm" underline="always">
          {c.name}
        </Anchor>
        <Text size="xs" c="dimmed" component="div">
          {c.provider_details.primary ? `${t("primary")} · ` : ""}
          {t(writable ? "writer" : "reader")} ·{" "}
          {c.sync_enabled ? (
            <>
              {t("last")} <Ago at={c.last_sync_at} />
              {c.next_sync_at && (
                <>
                  {" · "}
                  {t("next")} <Ago at={c.next_sync_at} />
                </>
              )}{" "}
              · {t("events", { count: c.events_count })}
            </>
          ) : (
            t("notSynced")
          )}
        </Text>
        {c.sync_errors > 0 && c.sync_enabled && (
          <Text size="xs" className="bad" component="div">
            {t("errors", { count: c.sync_errors })}
            {faultText(c.last_error) ? ` ${faultText(c.last_error)}` : ""}
          </Text>
        )}
      </div>
      <Group gap="lg" className="toggles">
        <Switch
          size="sm"
          label={t("sync")}
          aria-label={t("syncOf", { name: c.name })}
          checked={c.sync_enabled}
          disabled={enable.isPending}
          onChange={(e) => enable.mutate(e.currentTarget.checked)}
        />
        <Switch
          size="sm"
          label={t("busy")}
          aria-label={t("busyOf", { name: c.name })}
          checked={c.busy_source}
          disabled={patch.isPending}
          onChange={(e) => patch.mutate({ busy_source: e.currentTarget.checked })}
        />
        <Switch
          size="sm"
          label={t("write")}
          aria-label={t("writeOf", { name: c.name })}
          checked={c.write_target}
          disabled={patch.isPending || !writable}
          onChange={(e) => patch.mutate({ write_target: e.currentTarget.checked })}
        />
      </Group>
    </li>
  );
}

function Account({ connection: c, calendars }: { connection: Connection; calendars: Calendar[] }) {
  const t = useTranslations("calendars");
  const o = useTranslations("overview");
  const trouble = troubleOf(c, undefined, calendars);
  const name = providerName(c.provider);
  return (
    <section className="panel" aria-labelledby={`acc-${c.id}`}>
      <Group gap="sm" mb="xs">
        <ProviderIcon provider={c.provider} size={30} />
        <div className="acctitle">
          <Title order={2} size="h5" id={`acc-${c.id}`}>
            {c.account_email ?? c.display_name ?? name}
          </Title>
          <Text size="xs" c="dimmed">
            {name}
          </Text>
        </div>
        <StatusBadge
          tone={trouble.tone}
          icon={trouble.state === "needs_reauth" ? "auth" : undefined}
          label={o(`state.${trouble.state}`)}
        />
        {trouble.remedy === "reconnect" && (
          <Button
            component={Link}
            to={`/integrations/connect/${c.provider}`}
            size="compact-sm"
            variant="default"
          >
            {o("reconnect")}
          </Button>
        )}
      </Group>
      {calendars.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("noneHere")}
        </Text>
      ) : (
        <ul className="caltree">
          {calendars.map((calendar) => (
            <Row key={calendar.id} calendar={calendar} />
          ))}
        </ul>
      )}
    </section>
  );
}

export function Calendars() {
  const t = useTranslations("calendars");
  const [{ connection }, set] = useFilters(parse);
  const connections = useQuery(queries.connections());
  const calendars = useQuery(queries.calendars());
  const all = connections.data ?? [];
  const shown = all.filter((c) => (connection ? c.id === connection : c.status !== "disconnected"));
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")}>
        {connection && (
          <Button variant="default" size="xs" onClick={() => set({ connection: undefined })}>
            {t("showAll")}
          </Button>
        )}
      </PageHeader>
      <QueryState
        query={{
          ...calendars,
          error: calendars.error ?? connections.error,
          data: connections.data && calendars.data,
          refetch: () => Promise.all([calendars.refetch(), connections.refetch()]),
        }}
        isEmpty={() => shown.length === 0}
        empty={
          connection ? (
            <NoMatch onClear={() => set({ connection: undefined })} />
          ) : (
            <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
              <Button component={Link} to="/integrations">
                {t("connect")}
              </Button>
            </EmptyState>
          )
        }
      >
        {(list) =>
          shown.map((c) => (
            <Account key={c.id} connection={c} calendars={list.filter((x) => x.connection_id === c.id)} />
          ))
        }
      </QueryState>
    </Stack>
  );
}
