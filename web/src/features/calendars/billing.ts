// What the form about a calendar's billing filters holds.
import type { BillingFilters, BillingTraits } from "../../api/types";

export const SIDES = ["include", "exclude"] as const;
export type Side = (typeof SIDES)[number];
export const TEXT_LISTS = ["titles", "categories", "attendee_domains"] as const;
/** By whose link a meeting is held; names are the same in every language. */
export const MEETING_PROVIDERS = [
  { value: "google_meet", label: "Google Meet" },
  { value: "microsoft_teams", label: "Microsoft Teams" },
  { value: "zoom", label: "Zoom" },
  { value: "webex", label: "Webex" },
];

export type Values = Record<Side, Required<BillingTraits>>;

const traits = (t: BillingTraits | undefined): Required<BillingTraits> => ({
  titles: t?.titles ?? [],
  categories: t?.categories ?? [],
  providers: t?.providers ?? [],
  attendee_domains: t?.attendee_domains ?? [],
});

export const valuesOf = (f: BillingFilters | undefined): Values => ({
  include: traits(f?.include),
  exclude: traits(f?.exclude),
});

export const filtersOf = (v: Values): BillingFilters => ({ include: v.include, exclude: v.exclude });

/** The field that a problem points at: `/billing_filters/exclude/titles/2` is the third value of `exclude.titles`. */
export function fieldOf(pointer: string): { name: string; value?: number } | undefined {
  const found = /^\/billing_filters\/(include|exclude)\/(\w+)(?:\/(\d+))?$/.exec(pointer);
  if (!found) return undefined;
  const [, side, list, at] = found;
  return { name: `${side}.${list}`, ...(at === undefined ? {} : { value: Number(at) + 1 }) };
}
