import { Button, Group, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { CalendarEvent } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { AgendaList } from "../../components/AgendaList";
import type { Moved } from "../../components/dragged";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, NoMatch, QueryState, Skeletons } from "../../components/States";
import { useNow } from "../../components/Time";
import { useFilters } from "../../lib/filters";
import { useFirstDay } from "../../lib/prefs";
import { addDays, dateIn, formatDate, fromWall, isDate, startOfWeek, zoneLabel } from "../../lib/time";
import { list, text } from "../../lib/url";
import { MoveEvent } from "../events/MoveEvent";
import { NewEvent } from "../events/NewEvent";
import { canWrite, dayOf, takesNew } from "../events/values";
import { useEventBlocks } from "./blocks";
import { CalendarFilter } from "./CalendarFilter";
import { EventDrawer } from "./EventDrawer";
import { useCalendarLookup } from "./useColors";
import { WeekNav } from "./WeekNav";

const WeekGrid = lazy(() => import("../../components/WeekGrid").then((m) => ({ default: m.WeekGrid })));

interface Filters {
  /** Any day of the week that is shown. */
  week?: string;
  calendars?: string;
  event?: string;
  /** `new`, or the stretch a new event is being written for. */
  add?: string;
}
const parse = (raw: Record<string, unknown>): Filters => ({
  week: isDate(raw.week) ? raw.week : undefined,
  calendars: text(raw.calendars),
  event: text(raw.event),
  add: text(raw.add),
});

export function CalendarPage() {
  const t = useTranslations("calendar");
  const [filters, set] = useFilters(parse);
  const timeZone = useTimeZone();
  const now = useNow();
  const small = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const { byId, colorOf } = useCalendarLookup();
  const blocksOf = useEventBlocks();
  const today = dateIn(now, timeZone);
  const firstDay = useFirstDay();
  const week = startOfWeek(filters.week ?? today, firstDay);
  const days = Array.from({ length: 7 }, (_, i) => addDays(week, i));
  const chosen = list(filters.calendars);
  const calendars = useQuery(queries.calendars());
  const events = useQuery({
    ...queries.events({
      from: fromWall(week, timeZone).toISOString(),
      to: fromWall(addDays(week, 7), timeZone).toISOString(),
      calendar_id: chosen,
    }),
    placeholderData: keepPreviousData,
  });
  const [moved, setMoved] = useState<(Moved & { event: CalendarEvent }) | null>(null);
  const writable = (calendars.data ?? []).filter(takesNew);
  const movable = useCallback(
    (e: CalendarEvent) => e.status !== "cancelled" && canWrite(byId.get(e.calendar_id)),
    [byId],
  );
  const open = (event: string) => set({ event }, { push: true });
  const add = (at: string) => set({ add: at }, { push: true });
  const selected = events.data?.find((e) => e.id === filters.event);
  const nothing = chosen.length > 0 ? <NoMatch onClear={() => set({ calendars: undefined })} /> : null;
  const body = (rows: CalendarEvent[]) => {
    if (small) return <AgendaList {...{ days, timeZone, now, colorOf }} events={rows} onOpen={open} />;
    return (
      <Suspense fallback={<Skeletons rows={8} height={70} />}>
        <WeekGrid
          {...{ week, timeZone }}
          blocks={blocksOf(rows, now, movable)}
          onOpen={open}
          onSelect={writable.length > 0 ? ({ start, end }) => add(`${start}/${end}`) : undefined}
          onMove={(to) => {
            const event = rows.find((e) => e.id === to.id);
            if (event) setMoved({ ...to, event });
          }}
        />
      </Suspense>
    );
  };
  const range = `${formatDate(week, { day: "numeric", month: "long" })} – ${formatDate(addDays(week, 6), { day: "numeric", month: "long", year: "numeric" })}`;
  return (
    <Stack gap="md">
      <PageHeader
        title={t("title")}
        sub={`${range} · ${t("zone", { zone: zoneLabel(timeZone, fromWall(week, timeZone)) })}`}
      >
        <Group gap="sm">
          <WeekNav week={week} current={startOfWeek(today, firstDay)} set={(next) => set({ week: next })} />
          {writable.length > 0 && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => add("new")}>
              {t("new")}
            </Button>
          )}
        </Group>
      </PageHeader>
      {(calendars.data?.length ?? 0) > 0 && (
        <CalendarFilter
          calendars={calendars.data ?? []}
          chosen={chosen}
          onChange={(ids) => set({ calendars: ids.join(",") || undefined })}
        />
      )}
      {calendars.data?.length === 0 ? (
        <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
          <Button component={Link} to="/integrations">
            {t("connect")}
          </Button>
        </EmptyState>
      ) : (
        <>
          <QueryState query={events} skeleton={<Skeletons rows={8} height={70} />}>
            {(rows) => (
              <>
                {rows.length === 0 && nothing}
                {body(rows)}
                {!small && rows.length === 0 && chosen.length === 0 && (
                  <Text c="dimmed">{t("emptyWeek")}</Text>
                )}
              </>
            )}
          </QueryState>
          <EventDrawer
            event={selected}
            calendar={selected && byId.get(selected.calendar_id)}
            onClose={() => set({ event: undefined })}
          />
          <NewEvent
            at={filters.add}
            writable={writable}
            onClose={() => set({ add: undefined })}
            onCreated={(e) => set({ add: undefined, week: dayOf(e, timeZone) })}
          />
          <MoveEvent moved={moved} onClose={() => setMoved(null)} />
        </>
      )}
    </Stack>
  );
}
