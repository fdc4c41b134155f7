import { Button, Stack } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { downloadUrl } from "../../api/client";
import { queries } from "../../api/queries";
import type { Report, ReportGroup } from "../../api/types";
import { useSession } from "../../app/session";
import { Choice } from "../../components/Choice";
import { PageHeader } from "../../components/PageHeader";
import { providerName } from "../../components/ProviderIcon";
import { EmptyState, NoMatch, QueryState, Skeletons } from "../../components/States";
import { useNow } from "../../components/Time";
import { useFilters } from "../../lib/filters";
import { addDays, dateIn, formatDate, formatDays, formatMinutes, fromWall, isDate } from "../../lib/time";
import { Bars } from "./Bars";
import { Columns } from "./Columns";
import { GROUPS, isFiltered, NO_FILTER, parse, type ReportFilters } from "./filters";
import { ReportBar } from "./ReportBar";
import { ReportTable, Stats } from "./ReportTable";
import { chosenDays, columnsOf, type Days } from "./range";

/** More bars than this are read in the table. */
const MOST_BARS = 12;

/** What a group is called: days as dates, and words for entries that belong to none. */
function useGroupName() {
  const t = useTranslations("reports");
  return ({ key, name }: ReportGroup, by: Report["group_by"]) => {
    if (key === null) return t(`without.${by}`);
    if (by === "day" && isDate(key))
      return formatDate(key, { weekday: "short", day: "numeric", month: "long" });
    if (by === "provider") return providerName(key);
    return name ?? key;
  };
}

function Chart({ report, days }: { report: Report; days: Days }) {
  const t = useTranslations("reports");
  const nameOf = useGroupName();
  const { group_by, groups, total } = report;
  const longest = [...groups].sort((a, b) => b.minutes - a.minutes)[0];
  const summary = t("summary", {
    total: formatMinutes(total.minutes),
    name: longest ? nameOf(longest, group_by) : "",
    longest: formatMinutes(longest?.minutes ?? 0),
  });
  const { by, columns } = columnsOf(groups, days);
  return (
    <figure className="panel chart">
      {group_by === "day" ? (
        <Columns columns={columns} summary={summary} />
      ) : (
        <Bars groups={groups.slice(0, MOST_BARS)} nameOf={(g) => nameOf(g, group_by)} summary={summary} />
      )}
      <figcaption>
        <span className="key billed" aria-hidden /> {t("billable")}
        <span className="key unbilled" aria-hidden /> {t("notBillable")}
        {group_by === "day" && by === "week" && <span>· {t("byWeek")}</span>}
        {group_by !== "day" && groups.length > MOST_BARS && (
          <span>· {t("moreInTable", { count: groups.length - MOST_BARS })}</span>
        )}
      </figcaption>
    </figure>
  );
}

/** Time added up: by what, over which days, and of which entries. */
export function Reports() {
  const t = useTranslations("reports");
  const { workspace } = useSession();
  const now = useNow();
  const [filters, set] = useFilters<ReportFilters>(parse);
  const nameOf = useGroupName();
  const by = filters.by ?? "project";
  // Days are counted where the workspace is: a report is the same for everybody who reads it.
  const days = chosenDays(filters, dateIn(now, workspace.time_zone));
  const which = {
    from: fromWall(days.from, workspace.time_zone).toISOString(),
    to: fromWall(addDays(days.to, 1), workspace.time_zone).toISOString(),
    status: filters.status,
    client_id: filters.client,
    project_id: filters.project,
    member_id: filters.member,
  };
  const report = useQuery({
    ...queries.report({ ...which, group_by: by }),
    placeholderData: keepPreviousData,
  });
  const long = { day: "numeric", month: "long", year: "numeric" } as const;
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={formatDays(days.from, days.to, long)}>
        <Button
          component="a"
          href={downloadUrl("/api/v1/reports/export.csv", which)}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t("export")}
        </Button>
      </PageHeader>
      <ReportBar filters={filters} days={days} set={set} />
      <Choice
        label={t("groupBy")}
        value={by}
        options={GROUPS.map((value) => ({ value, label: t(`groups.${value}`) }))}
        onChange={(value) => set({ by: value })}
      />
      <QueryState
        query={report}
        skeleton={<Skeletons rows={5} height={56} />}
        isEmpty={(data) => data.groups.length === 0}
        empty={
          isFiltered(filters) ? (
            <NoMatch onClear={() => set(NO_FILTER)} />
          ) : (
            <EmptyState title={t("emptyTitle")} text={t("emptyText")} />
          )
        }
      >
        {(data) => (
          <Stack gap="md">
            <Stats total={data.total} />
            <Chart report={data} days={days} />
            <ReportTable report={data} nameOf={(group) => nameOf(group, data.group_by)} />
          </Stack>
        )}
      </QueryState>
    </Stack>
  );
}
