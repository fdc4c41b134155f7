// The clock that times are written by: 24 hours, or twice 12. A preference of this browser.

export const CLOCKS = ["24", "12"] as const;
export type Clock = (typeof CLOCKS)[number];
export const CLOCK_PREF = "daybook-clock";

export const currentClock = (): Clock => (localStorage.getItem(CLOCK_PREF) === "12" ? "12" : "24");

/** How a time of day is written. */
export const timeOfDay = (): Intl.DateTimeFormatOptions =>
  currentClock() === "12"
    ? { hour: "numeric", minute: "2-digit", hourCycle: "h12" }
    : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
