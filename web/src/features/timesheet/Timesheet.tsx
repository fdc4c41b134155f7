import { Button, Group, NativeSelect, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { useTimeZone } from "../../app/session";
import { LoadMore } from "../../components/LoadMore";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, NoMatch, QueryState, Skeletons } from "../../components/States";
import { useFilters } from "../../lib/filters";
import { addDays, formatMinutes, fromWall, isDate, startOfWeek, zoneLabel } from "../../lib/time";
import { oneOf, text } from "../../lib/url";
import { EntriesTable } from "./EntriesTable";
import { EntryDrawer } from "./EntryDrawer";
import { WeekView } from "./WeekView";

const STATUSES = ["draft", "pending", "approved", "rejected", "invoiced"] as const;
const SOURCES = ["calendar", "slack", "manual", "timer", "api", "import"] as const;
const VIEWS = ["list", "week"] as const;
export interface TimesheetFilters {
  status?: (typeof STATUSES)[number];
  source?: (typeof SOURCES)[number];
  client?: string;
  from?: string;
  to?: string;
  /** "new" or an entry's id: what the drawer shows. */
  entry?: string;
  view?: (typeof VIEWS)[number];
  /** The Monday of the week view. */
  week?: string;
  /** The meeting that is being logged. */
  draft?: string;
}
const parse = (raw: Record<string, unknown>): TimesheetFilters => ({
  status: oneOf(raw.status, STATUSES),
  source: oneOf(raw.source, SOURCES),
  client: text(raw.client),
  from: isDate(raw.from) ? raw.from : undefined,
  to: isDate(raw.to) ? raw.to : undefined,
  entry: text(raw.entry),
  view: oneOf(raw.view, VIEWS),
  week: isDate(raw.week) ? startOfWeek(raw.week) : undefined,
  draft: text(raw.draft),
});
const NOTHING: TimesheetFilters = {
  status: undefined,
  source: undefined,
  client: undefined,
  from: undefined,
  to: undefined,
};

interface BarProps {
  filters: TimesheetFilters;
  set: (f: Partial<TimesheetFilters>) => void;
}
function FilterBar({ filters, set }: BarProps) {
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

export function Timesheet() {
  const t = useTranslations("timesheet");
  const words = useTranslations("drafts");
  const [filters, set] = useFilters(parse);
  const timeZone = useTimeZone();
  const view = filters.view ?? "list";
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
  const filtered = !!(status || source || client || from || to);
  const add = () => set({ entry: "new" }, { push: true });
  // The week may show an entry that the list has not loaded.
  const known = items.find((e) => e.id === filters.entry);
  const wanted = !known && filters.entry && filters.entry !== "new" ? filters.entry : "";
  const one = useQuery({ ...queries.timeEntry(wanted), enabled: !!wanted });
  const total = items.reduce((sum, e) => sum + e.duration_minutes, 0);
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("zone", { zone: zoneLabel(timeZone) })}>
        <Group gap="sm">
          <SegmentedControl
            aria-label={words("view")}
            data={VIEWS.map((value) => ({ value, label: words(`views.${value}`) }))}
            value={view}
            onChange={(value) => set({ view: oneOf(value, VIEWS), draft: undefined, entry: undefined })}
          />
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            {t("add")}
          </Button>
        </Group>
      </PageHeader>
      {view === "week" && (
        <WeekView
          week={filters.week}
          draft={filters.draft}
          timeZone={timeZone}
          set={(to) => set(to, { push: true })}
        />
      )}
      {view === "list" && <FilterBar filters={filters} set={set} />}
      {view === "list" && (
        <QueryState
          query={entries}
          skeleton={<Skeletons rows={6} />}
          isEmpty={() => items.length === 0}
          empty={
            filtered ? (
              <NoMatch onClear={() => set(NOTHING)} />
            ) : (
              <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
                <Button variant="default" onClick={add}>
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
      )}
      {view === "list" && <LoadMore query={entries} />}
      <EntryDrawer
        open={filters.entry}
        entry={known ?? (wanted ? one.data : undefined)}
        onClose={() => set({ entry: undefined })}
      />
    </Stack>
  );
}
