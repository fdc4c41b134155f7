// A rule's conditions as its form holds them, and in words.
import type { Rule, RuleInput, RulePreview } from "../../api/types";

export const LISTS = ["titles", "attendee_domains", "organizers", "categories"] as const;
export type ListName = (typeof LISTS)[number];

/** A rule may leave it to the project whether time is billed. */
export const BILLING = ["project", "billed", "unbilled"] as const;
export type Billing = (typeof BILLING)[number];
const SAID = { project: null, billed: true, unbilled: false } as const;
const billingOf = (billable: boolean | null | undefined): Billing =>
  BILLING.find((one) => SAID[one] === (billable ?? null)) ?? "project";

export interface RuleValues extends Record<ListName | "calendar_ids" | "providers" | "tags", string[]> {
  name: string;
  enabled: boolean;
  min_minutes: number | string;
  max_minutes: number | string;
  exclude: boolean;
  billing: Billing;
  client_id: string | null;
  project_id: string | null;
}

export function valuesOf(rule?: Rule): RuleValues {
  const said = rule?.conditions;
  return {
    name: rule?.name ?? "",
    enabled: rule?.enabled ?? true,
    titles: said?.titles ?? [],
    attendee_domains: said?.attendee_domains ?? [],
    organizers: said?.organizers ?? [],
    categories: said?.categories ?? [],
    calendar_ids: said?.calendar_ids ?? [],
    providers: said?.providers ?? [],
    min_minutes: said?.min_minutes ?? "",
    max_minutes: said?.max_minutes ?? "",
    exclude: rule?.exclude ?? false,
    billing: billingOf(rule?.billable),
    client_id: rule?.client_id ?? null,
    project_id: rule?.project_id ?? null,
    tags: rule?.tags ?? [],
  };
}

const number = (value: number | string) => (value === "" ? null : Number(value));

/** A rule that leaves meetings out books them on nothing. */
export function inputOf(v: RuleValues): RuleInput {
  return {
    name: v.name,
    enabled: v.enabled,
    exclude: v.exclude,
    conditions: {
      titles: v.titles,
      attendee_domains: v.attendee_domains,
      organizers: v.organizers,
      categories: v.categories,
      calendar_ids: v.calendar_ids,
      providers: v.providers,
      min_minutes: number(v.min_minutes),
      max_minutes: number(v.max_minutes),
    },
    client_id: v.exclude ? null : v.client_id,
    project_id: v.exclude ? null : v.project_id,
    billable: v.exclude ? null : SAID[v.billing],
    tags: v.exclude ? [] : v.tags,
  };
}

/** Whether there is anything to try: a rule without a condition fits nothing. */
export const hasCondition = (v: RuleValues) =>
  [...LISTS, "calendar_ids" as const, "providers" as const].some((list) => v[list].length > 0) ||
  v.min_minutes !== "" ||
  v.max_minutes !== "";

export type ConditionKind = ListName | "calendars" | "providers" | "min" | "max";
/** Each condition with the values that it names; several values of one mean any of them. */
export function conditionsOf(rule: Rule, nameOf: (calendar: string) => string): [ConditionKind, string[]][] {
  const c = rule.conditions;
  const all: [ConditionKind, string[]][] = [
    ...LISTS.map((list): [ConditionKind, string[]] => [list, c[list] ?? []]),
    ["calendars", (c.calendar_ids ?? []).map(nameOf)],
    ["providers", c.providers ?? []],
    ["min", c.min_minutes == null ? [] : [String(c.min_minutes)]],
    ["max", c.max_minutes == null ? [] : [String(c.max_minutes)]],
  ];
  return all.filter(([, values]) => values.length > 0);
}

/** How many meetings a rule would decide beyond those that are shown: rules above it take the others. */
export const restOf = (found: Pick<RulePreview, "matched" | "shadowed" | "items">, shown: number) =>
  Math.max(0, found.matched - found.shadowed - Math.min(shown, found.items.length));
