// Places the slots and the taken time of a day on its column.
import type { CalendarEvent, DayAvailability, Reason } from "../../api/types";
import { touchesDay } from "../../lib/events";
import { dateIn, toWall } from "../../lib/time";

export interface Slot {
  start: string;
  end: string;
  /** What clocks show, `09:00`. */
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

/** Where an event lies on a day, in minutes since midnight; undefined when it is elsewhere. */
export function placeEvent(e: CalendarEvent, date: string, timeZone: string): Placed | undefined {
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
