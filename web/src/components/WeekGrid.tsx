// The one place that knows the calendar library; a swap touches this file only.
import "@fullcalendar/react/skeleton.css";
import "@fullcalendar/react/themes/classic/palette.css";
import "@fullcalendar/react/themes/classic/theme.css";
import FullCalendar from "@fullcalendar/react";
import interactionPlugin from "@fullcalendar/react/interaction";
import classicTheme from "@fullcalendar/react/themes/classic";
import timeGridPlugin from "@fullcalendar/react/timegrid";
import { IconCheck, IconClock, IconSparkles, IconX } from "@tabler/icons-react";
import { useMemo } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { CalendarEvent } from "../api/types";
import { type LogState, logState } from "../lib/events";
import { formatTime, toWall } from "../lib/time";
import { type Dropped, type Moved, movedBy, type Selected, stretchOf } from "./dragged";

const ICONS = {
  logged: IconCheck,
  unlogged: IconSparkles,
  upcoming: IconClock,
  filtered: IconX,
  off: IconX,
} as const;
/** A quarter of an hour is high enough for one line of text. */
const SLOT_PX = 16;
const CLOCK = { hour: "2-digit", minute: "2-digit", hour12: false } as const;

interface Shown {
  event: CalendarEvent;
  state: LogState;
  color: string | null;
}

/** How much fits: a quarter of an hour is one line high, half an hour two, and from there the title may wrap. */
function roomFor({ all_day, start, end }: CalendarEvent): "line" | "two" | "more" {
  const minutes = (Date.parse(end) - Date.parse(start)) / 60_000;
  if (all_day || minutes < 30) return "line";
  return minutes < 45 ? "two" : "more";
}

interface BlockProps {
  shown: Shown;
  title: string;
  time: string;
  timeZone: string;
  label: string;
}
function Block({ shown, title, time, timeZone, label }: BlockProps) {
  const { event, state } = shown;
  const Icon = ICONS[state];
  const room = roomFor(event);
  const stateWord = <span className="sr">, {label}</span>;
  if (room === "line") {
    return (
      <span className="ev" data-room="line" title={event.all_day ? title : `${title} · ${time}`}>
        <b>{title}</b>
        {!event.all_day && <span> · {formatTime(event.start, timeZone)}</span>}
        {stateWord}
      </span>
    );
  }
  return (
    <span className="ev" data-room={room} title={`${title} · ${time}`}>
      <b>{title}</b>
      <span>
        <Icon size={12} aria-hidden /> {formatTime(event.start, timeZone)}
        <span className="till">–{formatTime(event.end, timeZone)}</span>
        {stateWord}
      </span>
    </span>
  );
}

/** Opens the day at 08:00, or earlier when something is. */
function firstHour(events: CalendarEvent[], timeZone: string): string {
  const hours = events.filter((e) => !e.all_day).map((e) => toWall(e.start, timeZone).hour);
  return `${String(Math.min(8, ...hours)).padStart(2, "0")}:00:00`;
}

export interface WeekGridProps {
  /** The Monday. */
  week: string;
  timeZone: string;
  now: Date;
  events: CalendarEvent[];
  colorOf: (calendarId: string) => string | null;
  onOpen: (id: string) => void;
  /** Present when new events can be written: a free stretch was chosen, in wall times of `timeZone`. */
  onSelect?: (stretch: { start: string; end: string }) => void;
  /** Which events may be dragged. */
  movable?: (event: CalendarEvent) => boolean;
  onMove?: (moved: Moved) => void;
}

export function WeekGrid({
  week,
  timeZone,
  now,
  events,
  colorOf,
  onOpen,
  onSelect,
  movable,
  onMove,
}: WeekGridProps) {
  const t = useTranslations("events");
  const locale = useLocale();
  const inputs = useMemo(
    () =>
      events.map((event) => {
        const state = logState(event, now);
        const shown: Shown = { event, state, color: colorOf(event.calendar_id) };
        return {
          id: event.id,
          title: event.title ?? "",
          start: event.start,
          end: event.end,
          allDay: event.all_day,
          editable: movable?.(event) ?? false,
          className: `e-${state}`,
          extendedProps: { shown },
        };
      }),
    [events, now, colorOf, movable],
  );
  return (
    <div className="panel flush fcx">
      <FullCalendar
        key={week + timeZone + locale}
        locale={locale}
        allDayText={t("allDay")}
        timedText={t("timed")}
        plugins={[timeGridPlugin, interactionPlugin, classicTheme]}
        initialView="timeGridWeek"
        initialDate={week}
        timeZone={timeZone}
        firstDay={1}
        allDaySlot
        headerToolbar={false as never}
        nowIndicator
        slotDuration="00:15:00"
        slotMinHeight={SLOT_PX}
        eventMinHeight={24}
        slotEventOverlap={false}
        slotHeaderInterval="01:00"
        height="calc(100dvh - 190px)"
        scrollTime={firstHour(events, timeZone)}
        slotLaneClass="lane"
        slotHeaderClass="lane"
        eventInteractive
        eventShortHeight={0}
        slotHeaderFormat={CLOCK}
        eventTimeFormat={CLOCK}
        events={inputs}
        selectable={!!onSelect}
        selectMirror
        longPressDelay={400}
        select={(info: Selected) => onSelect?.(stretchOf(info))}
        eventDrop={(info: Dropped) => onMove?.(movedBy(info))}
        eventResize={(info: Dropped) => onMove?.(movedBy(info))}
        eventClick={(info: { event: { id: string } }) => onOpen(info.event.id)}
        eventContent={(info: { event: { extendedProps: Record<string, unknown> }; timeText: string }) => {
          const shown = info.event.extendedProps.shown as Shown | undefined;
          return shown ? (
            <Block
              shown={shown}
              title={shown.event.title || t("untitled")}
              time={info.timeText}
              timeZone={timeZone}
              label={t(shown.state === "filtered" ? "off" : shown.state)}
            />
          ) : null;
        }}
      />
    </div>
  );
}
