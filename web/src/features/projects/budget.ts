// How much of a budget is used, and how bad that is.
import type { Tone } from "../../lib/trouble";

/** From this part on a person should look. */
const NEARLY = 0.8;

export interface Used {
  /** Of the plan, whole percent; may be more than 100. */
  percent: number;
  tone: Tone;
}

export function usedOf(used: number, planned: number): Used {
  if (planned <= 0) return { percent: used > 0 ? 100 : 0, tone: used > 0 ? "bad" : "ok" };
  const part = used / planned;
  return { percent: Math.round(part * 100), tone: part > 1 ? "bad" : part >= NEARLY ? "warn" : "ok" };
}

/** Minutes of `1:30`, `1.5` or `1,5`; undefined when it is none of them. */
export function minutesOf(text: string): number | undefined {
  const clock = /^(\d{1,4}):([0-5]\d)$/.exec(text.trim());
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  const hours = /^\d{1,4}(?:[.,]\d{1,3})?$/.exec(text.trim());
  return hours ? Math.round(Number(hours[0].replace(",", ".")) * 60) : undefined;
}
