import { Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import type { TimeEntry } from "../../api/types";
import type { Moved } from "../../components/dragged";
import { QueryState, Skeletons } from "../../components/States";
import { useHours, useSnap, useWeekends } from "../../lib/prefs";
import { formatDate } from "../../lib/time";
import { BlockMenu, useMenu } from "./BlockMenu";
import { Clashes } from "./Clashes";
import { DayHead } from "./DayHead";
import { DraftDrawer } from "./DraftDrawer";
import type { TimesheetFilters } from "./filters";
import { Legend } from "./Legend";
import { TimeList } from "./TimeList";
import { useMoveEntry } from "./useMoveEntry";
import { useBookedNames, useDismissed, useLock, useStateWord, useWeek } from "./useWeek";
import { blocksOf, clashes, emptyWeekend, entryOf, isEntry, totalsOf, weekDays } from "./week";

const WeekGrid = lazy(() => import("../../components/WeekGrid").then((m) => ({ default: m.WeekGrid })));

interface Props {
  filters: Pick<TimesheetFilters, "week" | "draft">;
  set: (to: Partial<TimesheetFilters>) => void;
}

/** A week: what is logged solid, what is not as a ghost that is one click away from being logged. */
export function WeekView({ filters, set }: Props) {
  const t = useTranslations("timesheet");
  const { timeZone, now, week, entries, suggested } = useWeek(filters.week);
  const dismissed = useDismissed(week, timeZone);
  const isAside = dismissed.some((d) => d.event.id === filters.draft);
  const small = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const [weekends] = useWeekends();
  const [snap] = useSnap();
  const [hours] = useHours();
  const lock = useLock();
  const wordOf = useStateWord();
  const { clientOf } = useBookedNames();
  const move = useMoveEntry();
  const menu = useMenu();
  const open = (id: string) => set(isEntry(id) ? { entry: entryOf(id) } : { draft: id });
  const closed = lock.until !== null && week <= lock.until ? lock.until : undefined;
  const body = (logged: TimeEntry[]) => {
    const blocks = blocksOf(logged, suggested, { now, lock, wordOf, nameOf: clientOf }, dismissed);
    const totals = totalsOf(week, logged, suggested, timeZone);
    const onMove = (to: Moved) => {
      const entry = logged.find((e) => isEntry(to.id) && e.id === entryOf(to.id));
      if (entry) move(entry, to);
    };
    return (
      <>
        <Clashes pairs={clashes(blocks)} timeZone={timeZone} onOpen={open} />
        <Legend blocks={blocks} closedUntil={closed} />
        {small ? (
          <TimeList
            days={weekDays(week)}
            {...{ blocks, totals, timeZone }}
            onOpen={open}
            onMenu={menu.open}
          />
        ) : (
          <Suspense fallback={<Skeletons rows={8} height={70} />}>
            {/* The grid names its columns by their dates alone. */}
            <ul className="sr" aria-label={t("totals")}>
              {totals.map((total) => (
                <li key={total.date}>
                  {formatDate(total.date)} <DayHead total={total} />
                </li>
              ))}
            </ul>
            <WeekGrid
              {...{ week, timeZone, blocks, onMove, snap, hours }}
              timedOnly
              onOpen={open}
              onMenu={menu.open}
              onSelect={({ start, end }) => set({ entry: "new", at: `${start}/${end}` })}
              hiddenDays={weekends ? [] : emptyWeekend(blocks, timeZone)}
              headerOf={(date) => <DayHead total={totals.find((day) => day.date === date)} />}
              closedUntil={lock.until ?? undefined}
            />
          </Suspense>
        )}
        <BlockMenu {...{ menu, logged, suggested, dismissed }} onOpen={open} />
        {blocks.length === 0 && <Text c="dimmed">{t("emptyWeek")}</Text>}
      </>
    );
  };
  return (
    <Stack gap="sm">
      <QueryState query={entries} skeleton={<Skeletons rows={8} height={70} />}>
        {body}
      </QueryState>
      <DraftDrawer
        draft={[...suggested, ...dismissed].find((d) => d.event.id === filters.draft)}
        dismissed={isAside}
        onClose={() => set({ draft: undefined })}
      />
    </Stack>
  );
}
