// What of the timesheet lives in the URL.
import { isDate, startOfWeek } from "../../lib/time";
import { oneOf, text } from "../../lib/url";

export const STATUSES = ["draft", "pending", "approved", "rejected", "invoiced"] as const;
export const SOURCES = ["calendar", "slack", "manual", "timer", "api", "import"] as const;
export const VIEWS = ["week", "projects", "list"] as const;
export type View = (typeof VIEWS)[number];

export interface TimesheetFilters {
  status?: (typeof STATUSES)[number];
  source?: (typeof SOURCES)[number];
  client?: string;
  from?: string;
  to?: string;
  /** "new" or an entry's id: what the drawer shows. */
  entry?: string;
  /** With `entry=new`: the stretch it is for, as wall times `start/end`. */
  at?: string;
  view?: View;
  /** The Monday of the week and project views. */
  week?: string;
  /** The meeting that is being logged. */
  draft?: string;
  /** Projects that have a row in the project view before anything is in it, separated by commas. */
  rows?: string;
}

export const parse = (raw: Record<string, unknown>): TimesheetFilters => ({
  status: oneOf(raw.status, STATUSES),
  source: oneOf(raw.source, SOURCES),
  client: text(raw.client),
  from: isDate(raw.from) ? raw.from : undefined,
  to: isDate(raw.to) ? raw.to : undefined,
  entry: text(raw.entry),
  at: text(raw.at),
  view: oneOf(raw.view, VIEWS),
  week: isDate(raw.week) ? startOfWeek(raw.week) : undefined,
  draft: text(raw.draft),
  rows: text(raw.rows),
});

export const NOTHING: Partial<TimesheetFilters> = {
  status: undefined,
  source: undefined,
  client: undefined,
  from: undefined,
  to: undefined,
};
export const isFiltered = ({ status, source, client, from, to }: TimesheetFilters) =>
  !!(status || source || client || from || to);

/** A link with filters is to the list; everything else begins with the week. */
export const viewOf = (filters: TimesheetFilters): View =>
  filters.view ?? (isFiltered(filters) ? "list" : "week");
