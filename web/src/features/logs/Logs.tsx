import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { downloadUrl } from "../../api/client";
import { queries } from "../../api/queries";
import { ActivityTable } from "../../components/ActivityTable";
import { LoadMore } from "../../components/LoadMore";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, NoMatch, QueryState, Skeletons } from "../../components/States";
import { useFilters } from "../../lib/filters";
import { oneOf, text } from "../../lib/url";
import { LogDrawer } from "./LogDrawer";

const TYPES = ["calendar_sync", "oauth", "token_refresh", "error"] as const;
const SERVICES = ["google", "caldav", "apple"] as const;
const RESULTS = ["ok", "failed"] as const;
const PERIODS = ["1h", "24h", "7d", "30d"] as const;
const HOURS = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;

interface Filters {
  type?: (typeof TYPES)[number];
  service?: (typeof SERVICES)[number];
  result?: (typeof RESULTS)[number];
  period?: (typeof PERIODS)[number];
  q?: string;
  log?: string;
}
const parse = (raw: Record<string, unknown>): Filters => ({
  type: oneOf(raw.type, TYPES),
  service: oneOf(raw.service, SERVICES),
  result: oneOf(raw.result, RESULTS),
  period: oneOf(raw.period, PERIODS),
  q: text(raw.q),
  log: text(raw.log),
});
const NOTHING: Filters = {
  type: undefined,
  service: undefined,
  result: undefined,
  period: undefined,
  q: undefined,
};

function FilterBar({ filters, set }: { filters: Filters; set: (f: Partial<Filters>) => void }) {
  const t = useTranslations("logs");
  const [typed, setTyped] = useState(filters.q ?? "");
  const search = useDebouncedCallback((q: string) => set({ q: q || undefined }), 300);
  const any = { value: "", label: t("any") };
  return (
    <Group gap="sm" align="flex-end" role="search">
      <TextInput
        label={t("search")}
        type="search"
        value={typed}
        onChange={(e) => {
          setTyped(e.currentTarget.value);
          search(e.currentTarget.value);
        }}
        className="searchbox"
      />
      <NativeSelect
        label={t("type")}
        data={[any, ...TYPES.map((v) => ({ value: v, label: t(`types.${v}`) }))]}
        value={filters.type ?? ""}
        onChange={(e) => set({ type: oneOf(e.currentTarget.value, TYPES) })}
      />
      <NativeSelect
        label={t("service")}
        data={[any, ...SERVICES.map((v) => ({ value: v, label: t(`services.${v}`) }))]}
        value={filters.service ?? ""}
        onChange={(e) => set({ service: oneOf(e.currentTarget.value, SERVICES) })}
      />
      <NativeSelect
        label={t("result")}
        data={[any, ...RESULTS.map((v) => ({ value: v, label: t(v) }))]}
        value={filters.result ?? ""}
        onChange={(e) => set({ result: oneOf(e.currentTarget.value, RESULTS) })}
      />
      <NativeSelect
        label={t("period")}
        data={[
          { value: "", label: t("always") },
          ...PERIODS.map((v) => ({ value: v, label: t(`periods.${v}`) })),
        ]}
        value={filters.period ?? ""}
        onChange={(e) => set({ period: oneOf(e.currentTarget.value, PERIODS) })}
      />
    </Group>
  );
}

export function Logs() {
  const t = useTranslations("logs");
  const [filters, set] = useFilters(parse);
  const { type, service, result, period, q } = filters;
  const query = useMemo(
    () => ({
      log_type: type,
      provider: service,
      success: result && result === "ok",
      q,
      // To the minute, so that the same filter is the same query.
      from:
        period &&
        new Date(Math.floor(Date.now() / 60_000) * 60_000 - HOURS[period] * 3_600_000).toISOString(),
    }),
    [type, service, result, q, period],
  );
  const logs = useInfiniteQuery(queries.logs(query));
  const items = logs.data?.pages.flatMap((p) => p.items) ?? [];
  const filtered = !!(type || service || result || q || period);
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")}>
        <Button
          component="a"
          href={downloadUrl("/api/v1/integrations/logs/export.csv", query)}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t("export")}
        </Button>
      </PageHeader>
      <FilterBar filters={filters} set={set} key={q === undefined ? "empty" : "typed"} />
      <QueryState
        query={logs}
        skeleton={<Skeletons rows={8} height={34} />}
        isEmpty={() => items.length === 0}
        empty={
          filtered ? (
            <NoMatch onClear={() => set(NOTHING)} />
          ) : (
            <EmptyState title={t("emptyTitle")} text={t("emptyText")} />
          )
        }
      >
        {() => (
          <section className="panel" aria-label={t("title")}>
            <ActivityTable items={items} onOpen={(log) => set({ log }, { push: true })} />
            <Text size="xs" c="dimmed" mt="xs" className="num" role="status">
              {t("shown", { count: items.length })}
            </Text>
          </section>
        )}
      </QueryState>
      <LoadMore query={logs} />
      <LogDrawer log={items.find((i) => i.id === filters.log)} onClose={() => set({ log: undefined })} />
    </Stack>
  );
}
