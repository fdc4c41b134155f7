// The one place that knows the calendar library; a swap touches this file only.
import "@fullcalendar/react/skeleton.css";
import "@fullcalendar/react/themes/classic/palette.css";
import "@fullcalendar/react/themes/classic/theme.css";
import FullCalendar from "@fullcalendar/react";
import interactionPlugin from "@fullcalendar/react/interaction";
import classicTheme from "@fullcalendar/react/themes/classic";
import timeGridPlugin from "@fullcalendar/react/timegrid";
import { type ReactNode, useMemo, useRef } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useClock } from "../lib/prefs";
import { dateIn, dayOfWeek, toWall } from "../lib/time";
import { BlockMenuArea, type OpenMenu } from "./BlockMenuArea";
import { type GridBlock, shownHours } from "./blocks";
import { type Dropped, type Moved, movedBy, type Selected, stretchOf } from "./dragged";
import { GridBlockFace } from "./GridBlockFace";

/** A quarter of an hour is high enough for one line of text. */
const QUARTER_PX = 19;
const CLOCK = {
  "24": { hour: "2-digit", minute: "2-digit", hour12: false },
  "12": { hour: "numeric", minute: "2-digit", hour12: true },
} as const;
const clockTime = (hour: number, minute = 0) =>
  `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}:00`;

/** Opens the day at 08:00, or earlier when something is. */
function firstHour(blocks: GridBlock[], timeZone: string): string {
  const hours = blocks.filter((b) => !b.allDay).map((b) => toWall(b.start, timeZone).hour);
  return clockTime(Math.min(8, ...hours));
}

/** The same array for as long as it says the same: a block under somebody's pointer must not be drawn anew. */
function useSame(blocks: GridBlock[]): GridBlock[] {
  const kept = useRef(blocks);
  if (JSON.stringify(kept.current) !== JSON.stringify(blocks)) kept.current = blocks;
  return kept.current;
}

export interface WeekGridProps {
  /** Its first day, whichever weekday that is. */
  week: string;
  timeZone: string;
  blocks: GridBlock[];
  onOpen: (id: string) => void;
  /** Present when new blocks can be made: a free stretch was chosen, in wall times of `timeZone`. */
  onSelect?: (stretch: { start: string; end: string }) => void;
  onMove?: (moved: Moved) => void;
  /** Present when blocks have a menu. */
  onMenu?: OpenMenu;
  /** What stands beside the day's name. */
  headerOf?: (date: string) => ReactNode;
  /** Weekdays that are not shown, Sunday being 0. */
  hiddenDays?: number[];
  /** No row for what lasts all day. */
  timedOnly?: boolean;
  /** The minutes by which blocks are drawn and moved. */
  snap?: number;
  /** The hours that are shown, unless blocks need more. */
  hours?: [number, number];
  /** The last day in which nothing can be put or moved any more. */
  closedUntil?: string;
}

export function WeekGrid(props: WeekGridProps) {
  const { week, timeZone, onOpen, onSelect, onMove, headerOf, hiddenDays, timedOnly, closedUntil } = props;
  const t = useTranslations("events");
  const locale = useLocale();
  const [clock] = useClock();
  const { snap = 15, hours = [0, 24] } = props;
  const blocks = useSame(props.blocks);
  const [from, until] = shownHours(blocks, hours, timeZone);
  const closed = closedUntil !== undefined && closedUntil >= week ? closedUntil : undefined;
  const inputs = useMemo(
    () => [
      ...blocks.map((block) => ({
        id: block.id,
        title: block.title,
        start: block.start,
        end: block.end,
        allDay: block.allDay,
        editable: block.movable,
        className: `blk e-${block.look}`,
        extendedProps: { block },
      })),
      ...(closed
        ? [
            {
              id: "closed",
              start: week,
              end: `${closed}T24:00:00`,
              display: "background",
              className: "e-closed",
            },
          ]
        : []),
    ],
    [blocks, closed, week],
  );
  const open = (span: { startStr: string }) => !closed || span.startStr.slice(0, 10) > closed;
  return (
    <BlockMenuArea
      className="panel flush fcx"
      data-days={7 - (hiddenDays?.length ?? 0)}
      titleOf={(id) => blocks.find((block) => block.id === id)?.title ?? ""}
      onMenu={props.onMenu}
    >
      <FullCalendar
        key={[week, timeZone, locale, clock, snap].join()}
        locale={locale}
        allDayText={t("allDay")}
        timedText={t("timed")}
        plugins={[timeGridPlugin, interactionPlugin, classicTheme]}
        initialView="timeGridWeek"
        initialDate={week}
        timeZone={timeZone}
        firstDay={dayOfWeek(week)}
        hiddenDays={hiddenDays ?? []}
        allDaySlot={!timedOnly}
        headerToolbar={false as never}
        nowIndicator
        slotDuration={clockTime(0, snap)}
        slotMinHeight={Math.max(QUARTER_PX, (QUARTER_PX * snap) / 15)}
        slotMinTime={clockTime(from)}
        slotMaxTime={clockTime(until)}
        eventMinHeight={24}
        slotEventOverlap={false}
        slotHeaderInterval="01:00"
        height={timedOnly ? "max(520px, calc(100dvh - 250px))" : "calc(100dvh - 190px)"}
        scrollTime={firstHour(blocks, timeZone)}
        slotLaneClass="lane"
        slotHeaderClass="lane"
        eventInteractive
        eventShortHeight={0}
        slotHeaderFormat={CLOCK[clock]}
        eventTimeFormat={CLOCK[clock]}
        events={inputs}
        selectable={!!onSelect}
        selectMirror
        selectAllow={open}
        eventAllow={open}
        longPressDelay={400}
        select={(info: Selected) => onSelect?.(stretchOf(info, snap))}
        eventDrop={(info: Dropped) => onMove?.(movedBy(info))}
        eventResize={(info: Dropped) => onMove?.(movedBy(info))}
        eventClick={(info: { event: { id: string } }) => onOpen(info.event.id)}
        {...(headerOf && {
          dayHeaderContent: (info: { date: Date; text: string }) => (
            <span className="dayhead">
              <b>{info.text}</b> {headerOf(dateIn(info.date, timeZone))}
            </span>
          ),
        })}
        eventContent={(info: { event: { extendedProps: Record<string, unknown> }; timeText: string }) => {
          const block = info.event.extendedProps.block as GridBlock | undefined;
          return block ? <GridBlockFace block={block} time={info.timeText} timeZone={timeZone} /> : null;
        }}
      />
    </BlockMenuArea>
  );
}
