import { Anchor, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Connection } from "../../api/types";
import { ProviderIcon, providerName } from "../../components/ProviderIcon";
import { EmptyState, QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { faultText, troubleOf } from "../../lib/trouble";

/** An access token is renewed by itself; only one that could not be is worth a person's time. */
function Token({ connection: c }: { connection: Connection }) {
  const t = useTranslations("admin");
  if (c.status === "needs_reauth") return <StatusBadge tone="bad" icon="auth" label={t("tokenDead")} />;
  if (c.status === "disconnected") return <span className="dim">{t("tokenGone")}</span>;
  if (!c.token_expires_at) return <span>{t("tokenForever")}</span>;
  return (
    <span>
      {t("tokenRenews")} <Ago at={c.token_expires_at} />
    </span>
  );
}

function Row({ connection: c }: { connection: Connection }) {
  const t = useTranslations("admin");
  const o = useTranslations("overview");
  const health = useQuery(queries.health()).data;
  const item = health?.integrations.find((h) => h.id === c.id);
  const trouble = troubleOf(c, item);
  const said = faultText(c.last_error) ?? trouble.said;
  return (
    <Table.Tr>
      <Table.Td>
        <span className="titled">
          <ProviderIcon provider={c.provider} size={24} />
          <span className="breakable">
            {c.account_email ?? c.display_name ?? c.account_id}
            <Text size="xs" c="dimmed" component="span" display="block">
              {providerName(c.provider)}
            </Text>
          </span>
        </span>
      </Table.Td>
      <Table.Td data-label={t("owner")}>
        <span className="breakable">{c.member_name}</span>
      </Table.Td>
      <Table.Td data-label={t("status")}>
        <StatusBadge
          tone={trouble.tone}
          icon={trouble.state === "needs_reauth" ? "auth" : undefined}
          label={o(`state.${trouble.state}`)}
        />
        {said && trouble.tone !== "ok" && (
          <Text size="xs" c="dimmed" maw={340} className="breakable">
            {said}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={t("token")}>
        <Token connection={c} />
      </Table.Td>
      <Table.Td data-label={t("synced")}>
        <Ago at={c.last_sync_at} />
      </Table.Td>
      <Table.Td data-label={t("calendars")}>
        <Anchor
          component={Link}
          to="/integrations/calendar"
          search={{ connection: c.id } as never}
          underline="always"
          className="num"
          size="sm"
        >
          {t("calendarsCount", { count: c.calendars_count })}
        </Anchor>
      </Table.Td>
    </Table.Tr>
  );
}

export function AllConnections() {
  const t = useTranslations("admin");
  const connections = useQuery(queries.connections());
  const order = (list: Connection[]) =>
    [...list].sort(
      (a, b) => troubleOf(a).rank - troubleOf(b).rank || a.member_name.localeCompare(b.member_name),
    );
  return (
    <section className="panel" aria-labelledby="connections">
      <Title order={2} size="h5" id="connections" mb="xs">
        {t("connections")}
      </Title>
      <QueryState
        query={connections}
        isEmpty={(list) => list.length === 0}
        empty={<EmptyState title={t("noConnections")} text={t("noConnectionsText")} />}
      >
        {(list) => (
          <Table className="stacked">
            <Table.Thead>
              <Table.Tr>
                {(["account", "owner", "status", "token", "synced", "calendars"] as const).map((h) => (
                  <Table.Th key={h}>{t(h)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {order(list).map((c) => (
                <Row key={c.id} connection={c} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </QueryState>
    </section>
  );
}
