// Places the slots and the taken time of a day on its column.
import type { Block, CalendarEvent, DayAvailability, Reason } from "../../api/types";
import { touchesDay } from "../../lib/events";
import { addDays, dateIn, formatClock, fromWall, toWall } from "../../lib/time";

export interface Slot {
  start: string;
  end: string;
  /** Its wall time, `09:00`. */
  from: string;
  to: string;
  free: boolean;
  reasons: Reason[];
}

/** All slots of a day in order, free and refused. */
export function slotsOf(day: DayAvailability): Slot[] {
  const shown = (s: { start: string; end: string; start_time: string; end_time: string }) => ({
    start: s.start,
    end: s.end,
    from: s.start_time.slice(0, 5),
    to: s.end_time.slice(0, 5),
  });
  return [
    ...day.available_slots.map((s) => ({ ...shown(s), free: true, reasons: [] })),
    ...day.refused_slots.map((s) => ({ ...shown(s), free: false, reasons: s.reasons })),
  ].sort((a, b) => a.start.localeCompare(b.start));
}

const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

export interface Placed {
  top: number;
  height: number;
}
/** A slot is as high as the way to the next one, so that slots that overlap in time do not on the page. */
export function placeSlots(slots: Slot[]): Placed[] {
  return slots.map((slot, i) => {
    const next = slots[i + 1];
    const length = (Date.parse(slot.end) - Date.parse(slot.start)) / 60_000;
    const step = next ? minutes(next.from) - minutes(slot.from) : length;
    return { top: minutes(slot.from), height: Math.max(1, Math.min(length, step > 0 ? step : length)) };
  });
}

type Span = Pick<CalendarEvent, "start" | "end" | "all_day">;

/** Where an event lies on a day, in minutes since midnight; undefined when it is elsewhere. */
export function placeEvent(e: Span, date: string, timeZone: string): Placed | undefined {
  if (!touchesDay(e, date, timeZone)) return undefined;
  if (e.all_day) return { top: 0, height: 1440 };
  const at = (instant: string) => {
    const w = toWall(instant, timeZone);
    return w.hour * 60 + w.minute;
  };
  const top = dateIn(e.start, timeZone) < date ? 0 : at(e.start);
  const bottom = dateIn(e.end, timeZone) > date ? 1440 : at(e.end);
  return { top, height: Math.max(15, bottom - top) };
}

/** When a block is around a day: once, or on that weekday by the clocks of its own zone. */
function spansOf({ weekly: w, start, end }: Block, date: string): Span[] {
  if (!w) return start && end ? [{ start, end, all_day: false }] : [];
  return [addDays(date, -1), date, addDays(date, 1)]
    .filter((day) => w.days.includes((new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7))
    .filter((day) => day >= (w.from_date ?? day) && day <= (w.until_date ?? day))
    .map((day) => {
      const from = w.from_time.slice(0, 5);
      const to = w.to_time.slice(0, 5);
      return {
        start: fromWall(`${day}T${from}`, w.time_zone).toISOString(),
        end: fromWall(to === "00:00" ? addDays(day, 1) : `${day}T${to}`, w.time_zone).toISOString(),
        all_day: false,
      };
    });
}

/** Where a block lies on a day. */
export const placeBlock = (block: Block, date: string, timeZone: string): Placed[] =>
  spansOf(block, date).flatMap((span) => placeEvent(span, date, timeZone) ?? []);

/** What the clock shows at a place of the day. */
export const clockOf = (minute: number) => formatClock(`0:${minute}`);

/** The stretch of the day worth showing: from the first slot to the last, on full hours. */
export function windowOf(days: Slot[][]): { from: number; to: number } {
  const all = days.flat();
  if (all.length === 0) return { from: 9 * 60, to: 17 * 60 };
  const from = Math.min(...all.map((s) => minutes(s.from)));
  const to = Math.max(
    ...all.map((s) => minutes(s.from) + (Date.parse(s.end) - Date.parse(s.start)) / 60_000),
  );
  return { from: Math.floor(from / 60) * 60, to: Math.min(1440, Math.ceil(to / 60) * 60) };
}

/** How high a minute is, so that the shortest step still holds a line and can be hit (24 px). */
export const pixelsFor = (days: Slot[][]) =>
  Math.min(6, Math.max(1, ...days.flatMap(placeSlots).map((p) => 26 / p.height)));

export const isUnknown = (slot: Slot) => slot.reasons.some((r) => r.rule === "unknown");

const DAY = 86_400_000;
/** A day before and after a slot: what is kept free around it reaches no further. */
export const around = (slot: Slot) => ({
  from: new Date(Date.parse(slot.start) - DAY).toISOString(),
  to: new Date(Date.parse(slot.end) + DAY).toISOString(),
});
