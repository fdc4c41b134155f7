// A week of time as the grid shows it: what is logged solid, what is not as a ghost.
import type { Draft, TimeEntry } from "../../api/types";
import type { GridBlock, Look } from "../../components/blocks";
import { addDays, dateIn } from "../../lib/time";

const ENTRY = "entry:";

export const isEntry = (block: string) => block.startsWith(ENTRY);
export const entryOf = (block: string) => block.slice(ENTRY.length);
export const weekDays = (week: string) => Array.from({ length: 7 }, (_, i) => addDays(week, i));

/** When an entry ends. One without an end (an old import) is as long as it says; one that runs has come to now. */
export function endOf(entry: TimeEntry, now: Date): string {
  if (entry.running) return now.toISOString();
  return (
    entry.ended_at ?? new Date(Date.parse(entry.started_at) + entry.duration_minutes * 60_000).toISOString()
  );
}

export const bookedOn = (entry: Pick<TimeEntry, "client_name" | "project_name">) =>
  [entry.client_name, entry.project_name].filter(Boolean).join(" / ");

/** The last day whose time nobody changes any more is counted where the workspace is. */
export interface Lock {
  until: string | null;
  timeZone: string;
}
export const isClosed = (instant: string, { until, timeZone }: Lock) =>
  !!until && dateIn(instant, timeZone) <= until;

/** What nobody changes any more: what is on an invoice, and what lies in a closed period. */
export const isFixed = (entry: TimeEntry, lock: Lock) =>
  entry.status === "invoiced" || isClosed(entry.started_at, lock);

/** Dragging changes only what nobody has approved yet; a running timer has no end to drag. */
export const isMovable = (entry: TimeEntry, lock: Lock) =>
  !isFixed(entry, lock) && !entry.running && entry.status !== "approved";

export interface Shown {
  now: Date;
  lock: Lock;
  wordOf: (look: Look) => string;
  /** Whom a suggestion is for. */
  nameOf: (draft: Draft) => string;
}

function entryBlock(entry: TimeEntry, { now, lock, wordOf }: Shown): GridBlock {
  const look = entry.running ? "running" : entry.status;
  return {
    id: ENTRY + entry.id,
    title: entry.description,
    start: entry.started_at,
    end: endOf(entry, now),
    allDay: false,
    look,
    word: wordOf(look),
    note: entry.client_name ?? entry.project_name ?? undefined,
    movable: isMovable(entry, lock),
  };
}

function draftBlock(draft: Draft, { wordOf, nameOf }: Shown, look: Look): GridBlock {
  const { id, title, start, end } = draft.event;
  return {
    id,
    title: title ?? "",
    start,
    end,
    allDay: false,
    look,
    word: wordOf(look),
    note: nameOf(draft) || undefined,
    movable: false,
  };
}

export const isOver = (draft: Draft, now: Date) => Date.parse(draft.event.end) <= now.getTime();

export const blocksOf = (
  entries: TimeEntry[],
  drafts: Draft[],
  shown: Shown,
  dismissed: Draft[] = [],
): GridBlock[] => [
  ...entries.map((entry) => entryBlock(entry, shown)),
  ...drafts.map((draft) => draftBlock(draft, shown, isOver(draft, shown.now) ? "unlogged" : "upcoming")),
  ...dismissed.map((draft) => draftBlock(draft, shown, "dismissed")),
];

export interface DayTotal {
  date: string;
  logged: number;
  open: number;
}

/** What each day of a week has: logged, and not yet. */
export function totalsOf(week: string, entries: TimeEntry[], drafts: Draft[], timeZone: string): DayTotal[] {
  const days = weekDays(week).map((date) => ({ date, logged: 0, open: 0 }));
  const at = (instant: string) => days.find((day) => day.date === dateIn(instant, timeZone));
  for (const entry of entries) {
    const day = at(entry.started_at);
    if (day) day.logged += entry.duration_minutes;
  }
  for (const draft of drafts) {
    const day = at(draft.event.start);
    if (day) day.open += draft.duration_minutes;
  }
  return days;
}

/** Weekdays without anything that need no column (0 is Sunday). */
export function emptyWeekend(blocks: GridBlock[], timeZone: string): number[] {
  const work = blocks.filter((b) => b.look !== "dismissed");
  const taken = new Set(work.map((b) => new Date(`${dateIn(b.start, timeZone)}T00:00Z`).getUTCDay()));
  return [6, 0].some((day) => taken.has(day)) ? [] : [6, 0];
}

const NO_CLAIM: Look[] = ["upcoming", "running", "dismissed"];

/** Pairs of blocks that take the same time: of each only one can be work. What is yet to come, or was put aside, does not count. */
export function clashes(blocks: GridBlock[]): [GridBlock, GridBlock][] {
  const sorted = blocks
    .filter((b) => !NO_CLAIM.includes(b.look))
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  return sorted.flatMap((a, i) =>
    sorted
      .slice(i + 1)
      .filter((b) => Date.parse(b.start) < Date.parse(a.end))
      .map((b): [GridBlock, GridBlock] => [a, b]),
  );
}

/** What an entry becomes when its block is put elsewhere. A break that was taken out of its length stays a break. */
export function placed(entry: TimeEntry, start: Date, end: Date) {
  const span = (from: number, to: number) => Math.round((to - from) / 60_000);
  const was = span(Date.parse(entry.started_at), Date.parse(endOf(entry, start)));
  const pause = Math.max(0, was - entry.duration_minutes);
  return {
    started_at: start.toISOString(),
    ended_at: end.toISOString(),
    duration_minutes: Math.max(1, span(start.getTime(), end.getTime()) - pause),
  };
}

/** Money by currency and the hours of suggestions: what logging them brings. */
export function worthOf(drafts: Draft[]) {
  const amounts = new Map<string, number>();
  for (const { amount_minor, currency } of drafts) {
    if (amount_minor !== null && currency) amounts.set(currency, (amounts.get(currency) ?? 0) + amount_minor);
  }
  return { minutes: drafts.reduce((sum, d) => sum + d.duration_minutes, 0), amounts: [...amounts] };
}
