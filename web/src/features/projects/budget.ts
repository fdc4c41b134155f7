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
