// A week as projects × days: what lies in each cell, and where something new in it begins.
import type { Project, TimeEntry } from "../../../api/types";
import { dateIn, fromWall } from "../../../lib/time";
import { endOf, weekDays } from "../week";

export interface GridRow {
  /** Client and project; either may be missing. */
  key: string;
  client_id: string | null;
  project_id: string | null;
  project: string | null;
  client: string | null;
  /** The entries of each day. */
  days: ReadonlyMap<string, TimeEntry[]>;
  minutes: number;
}

type Booked = Pick<TimeEntry, "client_id" | "project_id">;
export const keyOf = ({ client_id, project_id }: Booked) => `${client_id ?? ""}/${project_id ?? ""}`;
export const minutesOf = (entries: TimeEntry[]) => entries.reduce((sum, e) => sum + e.duration_minutes, 0);

const rowOf = (of: Booked & Pick<TimeEntry, "client_name" | "project_name">): GridRow => ({
  key: keyOf(of),
  client_id: of.client_id,
  project_id: of.project_id,
  project: of.project_name,
  client: of.client_name,
  days: new Map(),
  minutes: 0,
});

/** The rows of a week: what has time in it, and the projects that were put there to get some; by name. */
export function rowsOf(entries: TimeEntry[], added: Project[], timeZone: string): GridRow[] {
  const rows = new Map<string, GridRow & { days: Map<string, TimeEntry[]> }>();
  const at = (row: GridRow) => {
    const known = rows.get(row.key) ?? { ...row, days: new Map<string, TimeEntry[]>() };
    rows.set(row.key, known);
    return known;
  };
  for (const p of added) {
    at(rowOf({ client_id: p.client_id, project_id: p.id, client_name: p.client_name, project_name: p.name }));
  }
  for (const entry of [...entries].sort((a, b) => a.started_at.localeCompare(b.started_at))) {
    const row = at(rowOf(entry));
    const day = dateIn(entry.started_at, timeZone);
    row.days.set(day, [...(row.days.get(day) ?? []), entry]);
    row.minutes += entry.duration_minutes;
  }
  const name = (row: GridRow) => `${row.client ?? ""} ${row.project ?? ""}`;
  return [...rows.values()].sort((a, b) => name(a).localeCompare(name(b)));
}

/** What each day of a week comes to. */
export const dayMinutes = (week: string, entries: TimeEntry[], timeZone: string) =>
  weekDays(week).map((date) => minutesOf(entries.filter((e) => dateIn(e.started_at, timeZone) === date)));

const OPENING = "09:00";
/** Where time typed into a day begins: at nine, or when the last work of that day ends. */
export function freeStart(day: string, entries: TimeEntry[], timeZone: string, now: Date): string {
  const nine = fromWall(`${day}T${OPENING}`, timeZone).toISOString();
  const ends = entries
    .filter((e) => !e.running && dateIn(e.started_at, timeZone) === day)
    .map((e) => endOf(e, now))
    .filter((end) => dateIn(end, timeZone) === day);
  return [nine, ...ends.map((end) => new Date(end).toISOString())].sort().at(-1) ?? nine;
}

/** Projects that had time in other entries and have no row yet. */
export function missing(entries: TimeEntry[], there: GridRow[]): string[] {
  const known = new Set(there.map((row) => row.project_id));
  const ids = entries.map((e) => e.project_id).filter((id): id is string => !!id && !known.has(id));
  return [...new Set(ids)];
}
