// Preferences of this browser, like the theme and the go-to keys: nobody else sees or needs them.
import { useSyncExternalStore } from "react";
import { type Clock, currentClock } from "./clock";
import { FIRST_DAY, type WeekStart, weekStartOf } from "./week";

const PREFIX = "daybook-";
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", listener);
  };
}

function usePref(name: string): [string | null, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => localStorage.getItem(PREFIX + name));
  const set = (next: string) => {
    localStorage.setItem(PREFIX + name, next);
    for (const listener of listeners) listener();
  };
  return [value, set];
}

const USUAL_HOURS = 40;
/** How many hours a week somebody means to work; 0: no target. */
export function useWeekTarget(): [number, (hours: number) => void] {
  const [text, set] = usePref("week-target");
  const hours = text === null ? USUAL_HOURS : Number(text);
  return [Number.isFinite(hours) && hours >= 0 && hours <= 168 ? hours : USUAL_HOURS, (v) => set(String(v))];
}

export function useClock(): [Clock, (clock: Clock) => void] {
  const [, set] = usePref("clock");
  return [currentClock(), set];
}

/** The day that calendars and lists of weekdays begin with; the weeks of the timesheet are ISO weeks. */
export function useWeekStart(): [WeekStart, (start: WeekStart) => void] {
  const [text, set] = usePref("week-start");
  return [weekStartOf(text, navigator.language), set];
}

/** The same as a number: 0 is Sunday. */
export const useFirstDay = (): number => FIRST_DAY[useWeekStart()[0]];

export const SNAPS = [5, 10, 15, 30] as const;
export type Snap = (typeof SNAPS)[number];
/** The minutes that blocks of time are drawn and moved by. */
export function useSnap(): [Snap, (minutes: number) => void] {
  const [text, set] = usePref("snap");
  return [SNAPS.find((minutes) => String(minutes) === text) ?? 15, (minutes) => set(String(minutes))];
}

/** The hours of the day that the week shows: from, until. */
export type Hours = [number, number];
export function hoursOf(text: string | null): Hours {
  const [from = 0, until = 24] = (text ?? "").split("-").map(Number);
  const fits = Number.isInteger(from) && Number.isInteger(until) && 0 <= from && from < until && until <= 24;
  return text && fits ? [from, until] : [0, 24];
}
export function useHours(): [Hours, (hours: Hours) => void] {
  const [text, set] = usePref("hours");
  return [hoursOf(text), ([from, until]) => set(`${from}-${until}`)];
}

/** Whether the week shows the meetings that were put aside. */
export function useDismissedShown(): [boolean, (on: boolean) => void] {
  const [text, set] = usePref("dismissed");
  return [text !== "off", (on) => set(on ? "on" : "off")];
}

/** Whether the week always shows Saturday and Sunday, also when nothing is in them. */
export function useWeekends(): [boolean, (on: boolean) => void] {
  const [text, set] = usePref("weekends");
  return [text === "on", (on) => set(on ? "on" : "off")];
}
