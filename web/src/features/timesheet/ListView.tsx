import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { useTimeZone } from "../../app/session";
import { LoadMore } from "../../components/LoadMore";
import { EmptyState, NoMatch, QueryState, Skeletons } from "../../components/States";
import { addDays, formatMinutes, fromWall } from "../../lib/time";
import { oneOf } from "../../lib/url";
import { EntriesTable } from "./EntriesTable";
import { isFiltered, NOTHING, SOURCES, STATUSES, type TimesheetFilters } from "./filters";

interface Props {
  filters: TimesheetFilters;
  set: (f: Partial<TimesheetFilters>, options?: { push?: boolean }) => void;
}

function FilterBar({ filters, set }: Props) {
  const t = useTranslations("timesheet");
  const clients = useQuery(queries.clients()).data ?? [];
  const any = { value: "", label: t("any") };
  return (
    <Group gap="sm" align="flex-end" role="search">
      <NativeSelect
        label={t("state")}
        data={[any, ...STATUSES.map((v) => ({ value: v, label: t(`status.${v}`) }))]}
        value={filters.status ?? ""}
        onChange={(e) => set({ status: oneOf(e.currentTarget.value, STATUSES) })}
      />
      <NativeSelect
        label={t("source")}
        data={[any, ...SOURCES.map((v) => ({ value: v, label: t(`sources.${v}`) }))]}
        value={filters.source ?? ""}
        onChange={(e) => set({ source: oneOf(e.currentTarget.value, SOURCES) })}
      />
      <NativeSelect
        label={t("client")}
        data={[any, ...clients.map((c) => ({ value: c.id, label: c.name }))]}
        value={filters.client ?? ""}
        onChange={(e) => set({ client: e.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={t("from")}
        value={filters.from ?? ""}
        onChange={(e) => set({ from: e.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={t("to")}
        value={filters.to ?? ""}
        onChange={(e) => set({ to: e.currentTarget.value || undefined })}
      />
    </Group>
  );
}

/** Entries of any time, to be found and to be changed many at once. */
export function ListView({ filters, set }: Props) {
  const t = useTranslations("timesheet");
  const timeZone = useTimeZone();
  const { status, source, client, from, to } = filters;
  const entries = useInfiniteQuery(
    queries.timeEntries({
      status,
      source,
      client_id: client,
      from: from && fromWall(from, timeZone).toISOString(),
      to: to && fromWall(addDays(to, 1), timeZone).toISOString(),
    }),
  );
  const items = entries.data?.pages.flatMap((p) => p.items) ?? [];
  const total = items.reduce((sum, e) => sum + e.duration_minutes, 0);
  return (
    <Stack gap="md">
      <FilterBar filters={filters} set={(next) => set({ ...next, view: "list" })} />
      <QueryState
        query={entries}
        skeleton={<Skeletons rows={6} />}
        isEmpty={() => items.length === 0}
        empty={
          isFiltered(filters) ? (
            <NoMatch onClear={() => set({ ...NOTHING, view: "list" })} />
          ) : (
            <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
              <Button variant="default" onClick={() => set({ entry: "new" }, { push: true })}>
                {t("add")}
              </Button>
            </EmptyState>
          )
        }
      >
        {() => (
          <>
            <EntriesTable items={items} onOpen={(entry) => set({ entry }, { push: true })} />
            <Text size="sm" c="dimmed" className="num" role="status">
              {t("total", { count: items.length, hours: formatMinutes(total) })}
            </Text>
          </>
        )}
      </QueryState>
      <LoadMore query={entries} />
    </Stack>
  );
}
