import { Group, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { AgendaList } from "../../components/AgendaList";
import { QueryState, Skeletons } from "../../components/States";
import { useNow } from "../../components/Time";
import { addDays, dateIn, formatDate, formatMinutes, fromWall, startOfWeek } from "../../lib/time";
import { WeekNav } from "../calendar/WeekNav";
import { DraftDrawer } from "./DraftDrawer";
import { LogAll } from "./LogAll";
import { blocksOf, type DayTotal, entryOf, isEntry, totalsOf } from "./week";

const WeekGrid = lazy(() => import("../../components/WeekGrid").then((m) => ({ default: m.WeekGrid })));

function Totals({ days }: { days: DayTotal[] }) {
  const t = useTranslations("drafts");
  const logged = days.reduce((sum, day) => sum + day.logged, 0);
  return (
    <ul className="daytotals" aria-label={t("totals")}>
      {days.map(({ date, logged, open }) => (
        <li key={date}>
          <span>{formatDate(date, { weekday: "short", day: "numeric" })}</span>
          <b className="num">{formatMinutes(logged)} h</b>
          <Text size="xs" c="dimmed" component="span" className="num">
            {open > 0 ? t("open", { hours: formatMinutes(open) }) : " "}
          </Text>
        </li>
      ))}
      <li>
        <span>{t("week")}</span>
        <b className="num">{formatMinutes(logged)} h</b>
      </li>
    </ul>
  );
}

interface Props {
  week?: string;
  draft?: string;
  timeZone: string;
  set: (to: { week?: string; draft?: string; entry?: string }) => void;
}

/** A week: what is logged solid, what is not as a ghost that is one click away from being logged. */
export function WeekView({ week: asked, draft, timeZone, set }: Props) {
  const t = useTranslations("drafts");
  const now = useNow();
  const small = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const today = dateIn(now, timeZone);
  const week = asked ?? startOfWeek(today);
  const range = {
    from: fromWall(week, timeZone).toISOString(),
    to: fromWall(addDays(week, 7), timeZone).toISOString(),
  };
  const entries = useQuery({ ...queries.ownWeek(range), placeholderData: keepPreviousData });
  const drafts = useQuery({ ...queries.drafts(range), placeholderData: keepPreviousData });
  const open = (id: string) => (isEntry(id) ? set({ entry: entryOf(id) }) : set({ draft: id }));
  const suggested = drafts.data ?? [];
  const over = suggested.filter((d) => Date.parse(d.event.end) <= now.getTime());
  const days = Array.from({ length: 7 }, (_, i) => addDays(week, i));
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <WeekNav week={week} today={today} set={(next) => set({ week: next })} />
        <LogAll drafts={over} />
      </Group>
      <QueryState query={entries} skeleton={<Skeletons rows={8} height={70} />}>
        {(logged) => {
          const events = blocksOf(logged, suggested, now);
          const shown = { timeZone, now, events, colorOf: () => null, onOpen: open };
          return (
            <>
              <Totals days={totalsOf(week, logged, suggested, timeZone)} />
              {events.length === 0 && <Text c="dimmed">{t("emptyWeek")}</Text>}
              {small ? (
                <AgendaList days={days} {...shown} />
              ) : (
                <Suspense fallback={<Skeletons rows={8} height={70} />}>
                  <WeekGrid week={week} {...shown} />
                </Suspense>
              )}
            </>
          );
        }}
      </QueryState>
      <DraftDrawer
        draft={suggested.find((d) => d.event.id === draft)}
        onClose={() => set({ draft: undefined })}
      />
    </Stack>
  );
}
