import { Anchor, Button, Group, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { Connection, Provider } from "../../api/types";
import { ActivityTable } from "../../components/ActivityTable";
import { PageHeader } from "../../components/PageHeader";
import { ProviderIcon } from "../../components/ProviderIcon";
import { EmptyState, QueryState } from "../../components/States";
import { troubleOf } from "../../lib/trouble";
import { IntegrationCard } from "./IntegrationCard";

const GRID = { base: 1, xs: 2, lg: 3, xl: 4 };

function Cards({ connections }: { connections: Connection[] }) {
  const calendars = useQuery(queries.calendars()).data ?? [];
  const health = useQuery(queries.health()).data;
  const rows = connections
    .map((connection) => {
      const mine = calendars.filter((c) => c.connection_id === connection.id);
      const item = health?.integrations.find((h) => h.id === connection.id);
      return { connection, mine, item, rank: troubleOf(connection, item, mine).rank };
    })
    .sort((a, b) => a.rank - b.rank || a.connection.created_at.localeCompare(b.connection.created_at));
  return (
    <SimpleGrid cols={GRID}>
      {rows.map(({ connection, mine, item }) => (
        <IntegrationCard key={connection.id} connection={connection} calendars={mine} health={item} />
      ))}
    </SimpleGrid>
  );
}

/** What a service brings, or why it cannot be connected now. */
function standing(provider: Provider, t: (key: "notYet" | "notConfigured") => string) {
  if (!provider.available) return t("notYet");
  return provider.configured ? provider.summary : t("notConfigured");
}

function Available() {
  const t = useTranslations("overview");
  const providers = useQuery(queries.providers());
  return (
    <section aria-labelledby="available">
      <Title order={2} size="h5" id="available" mb="xs">
        {t("available")}
      </Title>
      <QueryState query={providers} skeleton={<Skeleton h={56} />}>
        {(list) => (
          <Group gap="sm" align="stretch">
            {list.map((p) => (
              <div className="avail" key={p.key}>
                <ProviderIcon provider={p.key} size={30} />
                <div className="grow">
                  <Text size="sm" fw={550}>
                    {p.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {standing(p, t)}
                  </Text>
                </div>
                {p.available && (
                  <Button
                    component={Link}
                    to={`/integrations/connect/${p.key}`}
                    size="compact-sm"
                    variant="default"
                  >
                    {p.configured ? t("connect") : t("setUp")}
                    <span className="sr"> {p.name}</span>
                  </Button>
                )}
              </div>
            ))}
          </Group>
        )}
      </QueryState>
    </section>
  );
}

function Recent() {
  const t = useTranslations("overview");
  const logs = useInfiniteQuery(queries.logs({ limit: 8 }));
  return (
    <section aria-labelledby="activity" className="panel">
      <Group justify="space-between" mb={4}>
        <Title order={2} size="h5" id="activity">
          {t("activity")}
        </Title>
        <Anchor component={Link} to="/integrations/logs" size="sm" underline="always">
          {t("allLogs")}
        </Anchor>
      </Group>
      <QueryState
        query={logs}
        isEmpty={(d) => (d.pages[0]?.items.length ?? 0) === 0}
        empty={
          <Text c="dimmed" size="sm">
            {t("noActivity")}
          </Text>
        }
      >
        {(d) => <ActivityTable items={(d.pages[0]?.items ?? []).slice(0, 8)} />}
      </QueryState>
    </section>
  );
}

export function Overview() {
  const t = useTranslations("overview");
  const connections = useQuery(queries.connections());
  const calendars = useQuery(queries.calendars()).data ?? [];
  const health = useQuery(queries.health()).data;
  const live = connections.data?.filter((c) => c.status !== "disconnected") ?? [];
  const attention = live.filter((c) => {
    const item = health?.integrations.find((h) => h.id === c.id);
    return (
      troubleOf(
        c,
        item,
        calendars.filter((x) => x.connection_id === c.id),
      ).rank < 5
    );
  });
  return (
    <Stack gap="lg">
      <PageHeader
        title={t("title")}
        sub={
          connections.data &&
          [
            t("connected", { count: live.length }),
            live.length > 0 && t("attention", { count: attention.length }),
          ]
            .filter(Boolean)
            .join(" · ")
        }
      >
        <Button component="a" href="#available" leftSection={<IconPlus size={16} aria-hidden />}>
          {t("add")}
        </Button>
      </PageHeader>
      <QueryState
        query={connections}
        skeleton={
          <SimpleGrid cols={GRID}>
            {["a", "b", "c"].map((key) => (
              <Skeleton key={key} h={170} />
            ))}
          </SimpleGrid>
        }
        isEmpty={(list) => list.length === 0}
        empty={<EmptyState title={t("emptyTitle")} text={t("emptyText")} />}
      >
        {(list) => <Cards connections={list} />}
      </QueryState>
      <Available />
      <Recent />
    </Stack>
  );
}
