// What of a report lives in the URL.
import type { EntryStatus, GroupBy } from "../../api/types";
import { isDate } from "../../lib/time";
import { oneOf, text } from "../../lib/url";
import { PRESETS, type Preset } from "./range";

export const GROUPS = [
  "project",
  "client",
  "member",
  "day",
  "calendar",
  "provider",
] as const satisfies GroupBy[];
export const STATUSES = [
  "draft",
  "pending",
  "approved",
  "rejected",
  "invoiced",
] as const satisfies EntryStatus[];

export interface ReportFilters {
  by?: GroupBy;
  range?: Preset;
  from?: string;
  to?: string;
  status?: EntryStatus;
  client?: string;
  project?: string;
  member?: string;
}

export const parse = (raw: Record<string, unknown>): ReportFilters => ({
  by: oneOf(raw.by, GROUPS),
  range: oneOf(raw.range, PRESETS),
  from: isDate(raw.from) ? raw.from : undefined,
  to: isDate(raw.to) ? raw.to : undefined,
  status: oneOf(raw.status, STATUSES),
  client: text(raw.client),
  project: text(raw.project),
  member: text(raw.member),
});

/** All but the grouping and the days. */
export const NO_FILTER: ReportFilters = {
  status: undefined,
  client: undefined,
  project: undefined,
  member: undefined,
};
export const isFiltered = ({ status, client, project, member }: ReportFilters) =>
  !!(status || client || project || member);
