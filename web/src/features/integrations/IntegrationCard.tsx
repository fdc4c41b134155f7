import { Button, Group, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnected } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import type { Calendar, Connection, HealthItem } from "../../api/types";
import { ProviderIcon, providerName } from "../../components/ProviderIcon";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { type Trouble, troubleOf } from "../../lib/trouble";
import { ConnectionMenu } from "./ConnectionMenu";
import { useConnectionActions } from "./useConnectionActions";

function Fix({ trouble, connection, run }: { trouble: Trouble; connection: Connection; run: Runs }) {
  const t = useTranslations("overview");
  if (trouble.remedy === "reconnect") {
    return (
      <Button
        component={Link}
        to={`/integrations/connect/${connection.provider}`}
        search={{ connection: connection.id } as never}
        size="xs"
        leftSection={<IconPlugConnected size={16} aria-hidden />}
        variant={trouble.tone === "idle" ? "default" : "filled"}
      >
        {t("reconnect")}
      </Button>
    );
  }
  if (trouble.remedy === "choose") {
    return (
      <Button
        component={Link}
        to="/integrations/calendar"
        search={{ connection: connection.id } as never}
        size="xs"
        variant="default"
      >
        {t("choose")}
      </Button>
    );
  }
  if (trouble.remedy === "test") {
    return (
      <Button
        size="xs"
        variant="default"
        loading={run.test.isPending}
        onClick={() => run.test.mutate(connection)}
      >
        {t("test")}
      </Button>
    );
  }
  return null;
}
type Runs = ReturnType<typeof useConnectionActions>;

const WHEN = { dateStyle: "medium", timeStyle: "short" } as const;

interface Props {
  connection: Connection;
  health?: HealthItem;
  calendars: Calendar[];
}

export function IntegrationCard({ connection: c, health, calendars }: Props) {
  const t = useTranslations("overview");
  const format = useFormatter();
  const name = providerName(c.provider);
  const run = useConnectionActions(name);
  const trouble = troubleOf(c, health, calendars);
  const syncing = run.sync.isPending || run.refresh.isPending;
  const on = calendars.filter((x) => x.sync_enabled).length;
  const rate = health?.success_rate_24h;
  const icon = ["needs_reauth", "missing_scopes", "ending"].includes(trouble.state) ? "auth" : undefined;
  return (
    <article className="card" data-tone={trouble.tone} aria-labelledby={`${c.id}-name`}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <ProviderIcon provider={c.provider} />
        <div className="grow">
          <Title order={2} size="h5" id={`${c.id}-name`}>
            {name}
          </Title>
          <Text size="sm" c="dimmed" truncate>
            {c.account_email ?? c.display_name}
          </Text>
        </div>
        <ConnectionMenu connection={c} calendars={calendars} name={name} run={run} />
      </Group>
      <Group justify="space-between" gap="xs">
        {syncing ? (
          <StatusBadge tone="ok" icon="busy" label={t("state.syncing")} />
        ) : (
          <StatusBadge tone={trouble.tone} icon={icon} label={t(`state.${trouble.state}`)} />
        )}
        <Text size="xs" c="dimmed" component="span">
          <Ago at={c.last_sync_at} />
        </Text>
      </Group>
      {trouble.state === "healthy" ? (
        <Text size="sm" c="dimmed" className="num">
          {t("calendarsOn", { on, total: calendars.length || c.calendars_count })}
          {rate !== null && rate !== undefined
            ? ` · ${t("rate", { rate: format.number(rate, { style: "percent", maximumFractionDigits: 1 }) })}`
            : ""}
        </Text>
      ) : (
        <p className="why">
          <IconAlertTriangle size={15} aria-hidden />
          <span>
            {trouble.said ? `${trouble.said.replace(/[.\s]+$/, "")}. ` : ""}
            {trouble.at
              ? t("why.ending", { date: format.dateTime(new Date(trouble.at), WHEN) })
              : t(`why.${trouble.state}`)}
          </span>
        </p>
      )}
      <Fix trouble={trouble} connection={c} run={run} />
    </article>
  );
}
