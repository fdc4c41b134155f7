import { Button, Group, SegmentedControl, Select, Stack, Table } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCopy } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../../api/queries";
import type { Project, TimeEntry } from "../../../api/types";
import { EmptyState, QueryState, Skeletons } from "../../../components/States";
import { addDays, formatDate, formatMinutes } from "../../../lib/time";
import { list } from "../../../lib/url";
import type { TimesheetFilters } from "../filters";
import { rangeOf, useLock, useWeek } from "../useWeek";
import { weekDays } from "../week";
import { Cell } from "./Cell";
import { dayMinutes, freeStart, type GridRow, minutesOf, missing, rowsOf } from "./grid";

interface Props {
  filters: Pick<TimesheetFilters, "week" | "rows">;
  set: (to: Partial<TimesheetFilters>) => void;
}

const short = (day: string) => formatDate(day, { weekday: "short", day: "numeric" });

/** Another project, or all that had time the week before. */
function MoreRows({
  rows,
  projects,
  set,
  added,
  week,
}: {
  rows: GridRow[];
  projects: Project[];
  added: string[];
  week: string;
  set: Props["set"];
}) {
  const t = useTranslations("timesheet");
  const client = useQueryClient();
  const { timeZone } = useWeek(week);
  const [none, setNone] = useState(false);
  const there = new Set(rows.map((row) => row.project_id));
  const put = (ids: string[]) => set({ rows: [...added, ...ids].join(",") || undefined });
  const copy = async () => {
    const before = await client.fetchQuery(queries.ownWeek(rangeOf(addDays(week, -7), timeZone)));
    const ids = missing(before, rows);
    setNone(ids.length === 0);
    if (ids.length > 0) put(ids);
  };
  return (
    <Group gap="sm" align="flex-end">
      <Select
        label={t("addRow")}
        placeholder={t("chooseProject")}
        searchable
        value={null}
        data={projects
          .filter((p) => !p.archived && !there.has(p.id))
          .map((p) => ({ value: p.id, label: p.client_name ? `${p.name} · ${p.client_name}` : p.name }))}
        onChange={(id) => id && put([id])}
      />
      <Button variant="default" leftSection={<IconCopy size={16} aria-hidden />} onClick={() => void copy()}>
        {t("copyRows")}
      </Button>
      <span className="dim" role="status">
        {none && t("copyNone")}
      </span>
    </Group>
  );
}

interface GridProps {
  week: string;
  days: string[];
  rows: GridRow[];
  entries: TimeEntry[];
}

function Grid({ week, days, rows, entries }: GridProps) {
  const t = useTranslations("timesheet");
  const { timeZone, now, today } = useWeek(week);
  const lock = useLock();
  const totals = new Map(weekDays(week).map((day, i) => [day, dayMinutes(week, entries, timeZone)[i] ?? 0]));
  const hours = (minutes: number) => (minutes > 0 ? formatMinutes(minutes) : "–");
  return (
    <section className="panel flush" aria-label={t("views.projects")}>
      <Table className="projectgrid" verticalSpacing={4} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("project")}</Table.Th>
            {days.map((day) => (
              <Table.Th key={day} scope="col" data-today={day === today ? "" : undefined}>
                {short(day)}
              </Table.Th>
            ))}
            <Table.Th scope="col">{t("sum")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.key}>
              <Table.Th scope="row">
                {row.project ?? t("noProject")}
                <span className="dim">{row.client ?? t("unassigned")}</span>
              </Table.Th>
              {days.map((day) => (
                <Table.Td key={day}>
                  <Cell
                    {...{ row, day }}
                    entries={row.days.get(day) ?? []}
                    closed={!!lock.until && day <= lock.until}
                    start={freeStart(day, entries, timeZone, now)}
                    label={`${row.project ?? t("noProject")}, ${formatDate(day)}`}
                  />
                </Table.Td>
              ))}
              <Table.Td className="num">{hours(row.minutes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th scope="row">{t("sum")}</Table.Th>
            {days.map((day) => (
              <Table.Td key={day} className="num">
                {hours(totals.get(day) ?? 0)}
              </Table.Td>
            ))}
            <Table.Td className="num">
              <b>{hours(minutesOf(entries))}</b>
            </Table.Td>
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </section>
  );
}

/** A week as projects × days, to be typed: an empty cell gets an entry, another length changes the one that is there. */
export function ProjectGrid({ filters, set }: Props) {
  const t = useTranslations("timesheet");
  const { week, entries, timeZone, today } = useWeek(filters.week);
  const projects = useQuery(queries.projects()).data ?? [];
  const small = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });
  const days = weekDays(week);
  const [day, setDay] = useState<string>();
  const chosen = day && days.includes(day) ? day : days.includes(today) ? today : week;
  const added = list(filters.rows);
  return (
    <QueryState query={entries} skeleton={<Skeletons rows={5} />}>
      {(logged) => {
        const rows = rowsOf(
          logged,
          projects.filter((p) => added.includes(p.id)),
          timeZone,
        );
        return (
          <Stack gap="sm">
            {small && (
              <SegmentedControl
                aria-label={t("day")}
                fullWidth
                size="xs"
                data={days.map((value) => ({
                  value,
                  label: formatDate(value, { weekday: "narrow", day: "numeric" }),
                }))}
                value={chosen}
                onChange={setDay}
              />
            )}
            {rows.length > 0 ? (
              <Grid {...{ week, rows }} days={small ? [chosen] : days} entries={logged} />
            ) : (
              <EmptyState title={t("gridEmptyTitle")} text={t("gridEmptyText")} />
            )}
            <p className="dim">{t("gridHint")}</p>
            <MoreRows {...{ rows, projects, added, week, set }} />
          </Stack>
        );
      }}
    </QueryState>
  );
}
