import { Button, Group, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { useTimeZone } from "../../app/session";
import { PageHeader } from "../../components/PageHeader";
import { useFilters } from "../../lib/filters";
import { addDays, formatDays, fromWall, zoneLabel } from "../../lib/time";
import { ChangedMeetings } from "./ChangedMeetings";
import { EntryDrawer } from "./EntryDrawer";
import { parse, type TimesheetFilters, viewOf } from "./filters";
import { ListView } from "./ListView";
import { LogAll } from "./LogAll";
import { ProjectGrid } from "./projectgrid/ProjectGrid";
import { useLock, useStateWord, useWeek } from "./useWeek";
import { ViewSwitch, WeekToolbar } from "./WeekToolbar";
import { WeekView } from "./WeekView";
import { blocksOf, clashes, isClosed } from "./week";

/** Logs what of the week is over, once it is known what of it overlaps. */
function LogWeek({ week: asked }: { week?: string }) {
  const { now, entries, over: all } = useWeek(asked);
  const lock = useLock();
  const over = all.filter((draft) => !isClosed(draft.event.start, lock));
  const wordOf = useStateWord();
  const blocks = blocksOf(entries.data ?? [], over, { now, lock, wordOf, nameOf: () => "" });
  return <LogAll drafts={over} clashing={clashes(blocks).flatMap((pair) => pair.map((b) => b.id))} />;
}

/** The entry the URL asks for, wherever it is. */
function useAsked(id?: string) {
  const wanted = id && id !== "new" ? id : "";
  return useQuery({ ...queries.timeEntry(wanted), enabled: !!wanted }).data;
}

export function Timesheet() {
  const t = useTranslations("timesheet");
  const [filters, set] = useFilters<TimesheetFilters>(parse);
  const timeZone = useTimeZone();
  const { week } = useWeek(filters.week);
  const view = viewOf(filters);
  const entry = useAsked(filters.entry);
  const push = (to: Partial<TimesheetFilters>) => set(to, { push: true });
  const range = formatDays(week, addDays(week, 6));
  const zone = t("zone", { zone: zoneLabel(timeZone, fromWall(week, timeZone)) });
  const toolbar = <WeekToolbar view={view} asked={filters.week} set={push} />;
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={view === "list" ? zone : `${range} · ${zone}`}>
        <Group gap="sm">
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => push({ entry: "new", at: undefined })}
          >
            {t("add")}
          </Button>
          {view === "week" && <LogWeek week={filters.week} />}
        </Group>
      </PageHeader>
      <ChangedMeetings />
      {view === "list" ? (
        <Group>
          <ViewSwitch view={view} set={(next) => push({ view: next })} />
        </Group>
      ) : (
        toolbar
      )}
      {view === "week" && <WeekView filters={filters} set={push} />}
      {view === "projects" && <ProjectGrid filters={filters} set={push} />}
      {view === "list" && <ListView filters={filters} set={set} />}
      <EntryDrawer
        open={filters.entry}
        at={filters.at}
        entry={entry}
        onClose={() => set({ entry: undefined, at: undefined })}
      />
    </Stack>
  );
}
