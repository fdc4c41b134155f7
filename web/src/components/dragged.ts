// What a drag in the week grid means, in the words of the rest of the page.
import { addDays } from "../lib/time";

/** Where an event was dragged to: instants, or dates in the all-day row. `revert` puts the block back. */
export interface Moved {
  id: string;
  start: Date | string;
  end: Date | string;
  revert: () => void;
}

export interface Dropped {
  event: { id: string; startStr: string; endStr: string; allDay: boolean };
  revert: () => void;
}
export function movedBy({ event, revert }: Dropped): Moved {
  const { id, startStr, endStr, allDay } = event;
  if (allDay) {
    const start = startStr.slice(0, 10);
    return { id, start, end: endStr ? endStr.slice(0, 10) : addDays(start, 1), revert };
  }
  const start = new Date(startStr);
  // Dragged out of the all-day row it has no end of its own yet.
  return { id, start, end: endStr ? new Date(endStr) : new Date(start.getTime() + 3_600_000), revert };
}

export interface Selected {
  startStr: string;
  endStr: string;
  allDay: boolean;
}
/** A click is one slot; an hour is what people mean by it. */
export function stretchOf({ startStr, endStr, allDay }: Selected, slotMinutes = 15) {
  if (allDay) return { start: startStr.slice(0, 10), end: endStr.slice(0, 10) };
  const start = startStr.slice(0, 16);
  const end = endStr.slice(0, 16);
  const from = Date.parse(`${start}Z`);
  if (Date.parse(`${end}Z`) - from > slotMinutes * 60_000) return { start, end };
  return { start, end: new Date(from + 3_600_000).toISOString().slice(0, 16) };
}
