// Every read, as TanStack Query options: one key and one function per resource.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { body, http } from "./client";
import type { paths } from "./schema";
import type { BillingFilters, InvoiceInput, JobState, RuleInput } from "./types";

interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}
type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : never;
export type EventsQuery = QueryOf<"/api/v1/integrations/events">;
export type EntriesQuery = QueryOf<"/api/v1/time-entries">;
export type InvoicesQuery = QueryOf<"/api/v1/invoices">;
export type ApprovalsQuery = QueryOf<"/api/v1/approvals">;
export type ReportQuery = QueryOf<"/api/v1/reports/time">;
export type RatesQuery = QueryOf<"/api/v1/rates">;
export type LogsQuery = QueryOf<"/api/v1/integrations/logs">;

const MOST_PAGES = 10;
/** Lists that a person sees whole: follows the cursor, up to 2,000 rows. */
async function everything<T>(
  read: (query: { limit: number; cursor?: string }) => Promise<{ data?: Page<T> }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await body(read({ limit: 200, cursor }));
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
    if (!cursor) break;
  }
  return items;
}

function paged<T>(
  key: readonly unknown[],
  read: (cursor: string | undefined) => Promise<{ data?: Page<T> }>,
) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) => body(read(pageParam)),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

export const queries = {
  session: () =>
    queryOptions({
      queryKey: ["session"],
      queryFn: () => body(http.GET("/api/v1/auth/session")),
      staleTime: 60_000,
      retry: false,
    }),
  slack: () =>
    queryOptions({
      queryKey: ["slack"],
      queryFn: () => body(http.GET("/api/v1/integrations/slack/status")),
    }),
  slackMembers: () =>
    queryOptions({
      queryKey: ["slack", "members"],
      queryFn: () => everything(() => http.GET("/api/v1/integrations/slack/members")),
    }),
  notifications: () =>
    queryOptions({
      queryKey: ["notifications"],
      queryFn: () => body(http.GET("/api/v1/me/notifications")),
    }),
  signInMethods: () =>
    queryOptions({
      queryKey: ["signInMethods"],
      queryFn: () => body(http.GET("/api/v1/auth/methods")),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  providers: () =>
    queryOptions({
      queryKey: ["providers"],
      queryFn: () => everything(() => http.GET("/api/v1/integrations/providers")),
    }),
  connections: () =>
    queryOptions({
      queryKey: ["connections"],
      queryFn: () =>
        everything((query) => http.GET("/api/v1/integrations/connections", { params: { query } })),
    }),
  calendars: () =>
    queryOptions({
      queryKey: ["calendars"],
      queryFn: () => everything((query) => http.GET("/api/v1/integrations/calendars", { params: { query } })),
    }),
  calendar: (id: string) =>
    queryOptions({
      queryKey: ["calendars", id],
      queryFn: () => body(http.GET("/api/v1/integrations/calendars/{id}", { params: { path: { id } } })),
    }),
  /** What these filters would do; nothing is saved. */
  billingPreview: (id: string, billing_filters: BillingFilters) =>
    queryOptions({
      queryKey: ["billing-preview", id, billing_filters],
      queryFn: () =>
        body(
          http.POST("/api/v1/integrations/calendars/{id}/billing-filters/preview", {
            params: { path: { id } },
            body: { billing_filters },
          }),
        ),
    }),
  events: (filter: EventsQuery) =>
    queryOptions({
      queryKey: ["events", filter],
      queryFn: () =>
        everything((page) =>
          http.GET("/api/v1/integrations/events", { params: { query: { ...filter, ...page } } }),
        ),
    }),
  configurations: () =>
    queryOptions({
      queryKey: ["configurations"],
      queryFn: () =>
        everything((query) => http.GET("/api/v1/calendar-configurations", { params: { query } })),
    }),
  blocks: () =>
    queryOptions({
      queryKey: ["blocks"],
      queryFn: () => everything((query) => http.GET("/api/v1/blocks", { params: { query } })),
    }),
  /** One day of a configuration, with the reasons for what is refused. */
  availability: (id: string, date: string) =>
    queryOptions({
      queryKey: ["availability", id, date],
      queryFn: () =>
        body(
          http.POST("/api/v1/calendar-configurations/{id}/check_availability", {
            params: { path: { id } },
            body: { date, explain: true },
          }),
        ),
    }),
  jobs: (state?: JobState) =>
    paged(["jobs", state ?? ""], (cursor) =>
      http.GET("/api/v1/jobs", { params: { query: { limit: 50, state, cursor } } }),
    ),
  invoices: (filter: InvoicesQuery) =>
    paged(["invoices", "list", filter], (cursor) =>
      http.GET("/api/v1/invoices", { params: { query: { ...filter, limit: 50, cursor } } }),
    ),
  invoice: (id: string) =>
    queryOptions({
      queryKey: ["invoices", id],
      queryFn: () => body(http.GET("/api/v1/invoices/{id}", { params: { path: { id } } })),
      // A mail on its way is looked after until it has arrived or was given up.
      refetchInterval: ({ state }) => (state.data?.delivery_state === "queued" ? 2_000 : false),
    }),
  numbering: () =>
    queryOptions({
      queryKey: ["invoices", "numbering"],
      queryFn: () => body(http.GET("/api/v1/invoices/numbering")),
    }),
  /** What a draft would be; nothing is kept. */
  invoicePreview: (input: InvoiceInput) =>
    queryOptions({
      queryKey: ["invoices", "preview", input],
      queryFn: () => body(http.POST("/api/v1/invoices/preview", { body: input })),
      retry: false,
    }),
  billing: () =>
    queryOptions({ queryKey: ["billing"], queryFn: () => body(http.GET("/api/v1/workspace/billing")) }),
  clientBilling: (id: string) =>
    queryOptions({
      queryKey: ["clients", id, "billing"],
      queryFn: () => body(http.GET("/api/v1/clients/{id}/billing", { params: { path: { id } } })),
    }),
  budget: (id: string) =>
    queryOptions({
      queryKey: ["projects", id, "budget"],
      queryFn: () => body(http.GET("/api/v1/projects/{id}/budget", { params: { path: { id } } })),
    }),
  rates: (filter: RatesQuery) =>
    queryOptions({
      queryKey: ["rates", filter],
      queryFn: () =>
        everything((page) => http.GET("/api/v1/rates", { params: { query: { ...filter, ...page } } })),
    }),
  /** All of them, also archived ones: what is offered leaves those out by itself. */
  clients: () =>
    queryOptions({
      queryKey: ["clients"],
      queryFn: () =>
        everything((page) => http.GET("/api/v1/clients", { params: { query: { archived: true, ...page } } })),
    }),
  /** Likewise. */
  projects: () =>
    queryOptions({
      queryKey: ["projects"],
      queryFn: () =>
        everything((page) =>
          http.GET("/api/v1/projects", { params: { query: { archived: true, ...page } } }),
        ),
    }),
  timeEntries: (filter: EntriesQuery) =>
    paged(["time-entries", filter], (cursor) =>
      http.GET("/api/v1/time-entries", { params: { query: { limit: 50, ...filter, cursor } } }),
    ),
  /** All of one's own entries that begin in a stretch. */
  ownWeek: (range: { from: string; to: string }) =>
    queryOptions({
      queryKey: ["time-entries", "week", range],
      queryFn: async () => {
        const session = await body(http.GET("/api/v1/auth/session"));
        const member_id = session.member.id;
        return everything((page) =>
          http.GET("/api/v1/time-entries", { params: { query: { ...range, member_id, ...page } } }),
        );
      },
    }),
  /** All of one member's entries that begin in a stretch. */
  week: (filter: { from: string; to: string; member_id: string }) =>
    queryOptions({
      queryKey: ["time-entries", "week", filter],
      queryFn: () =>
        everything((page) => http.GET("/api/v1/time-entries", { params: { query: { ...filter, ...page } } })),
    }),
  timer: () =>
    queryOptions({
      queryKey: ["time-entries", "timer"],
      queryFn: () => body(http.GET("/api/v1/time-entries/timer")),
    }),
  entryHistory: (id: string) =>
    queryOptions({
      queryKey: ["time-entries", "history", id],
      queryFn: () =>
        everything((query) =>
          http.GET("/api/v1/time-entries/{id}/history", { params: { path: { id }, query } }),
        ),
    }),
  /** Logged meetings that changed since. */
  changedMeetings: () =>
    queryOptions({
      queryKey: ["drafts", "changes"],
      queryFn: async () => (await body(http.GET("/api/v1/drafts/changes"))).items,
    }),
  /** Members' weeks, as those who approve them see them. */
  approvals: (filter: ApprovalsQuery) =>
    paged(["approvals", filter], (cursor) =>
      http.GET("/api/v1/approvals", { params: { query: { limit: 50, ...filter, cursor } } }),
    ),
  approvalWeek: (member_id: string, week: string) =>
    queryOptions({
      queryKey: ["approvals", member_id, week],
      queryFn: () =>
        body(http.GET("/api/v1/approvals/{member_id}/{week}", { params: { path: { member_id, week } } })),
    }),
  report: (query: ReportQuery) =>
    queryOptions({
      queryKey: ["time-entries", "report", query],
      queryFn: () => body(http.GET("/api/v1/reports/time", { params: { query } })),
    }),
  /** Meetings that are not logged; or those that were put aside. */
  drafts: (range: { from: string; to: string; dismissed?: boolean }) =>
    queryOptions({
      queryKey: ["drafts", range],
      queryFn: () =>
        everything((page) => http.GET("/api/v1/drafts", { params: { query: { ...range, ...page } } })),
    }),
  rules: () =>
    queryOptions({
      queryKey: ["rules"],
      queryFn: () => everything((query) => http.GET("/api/v1/time-rules", { params: { query } })),
    }),
  /** What a rule, or a change of one, would do with the last 30 days; nothing is saved. */
  rulePreview: (input: RuleInput, rule_id?: string) =>
    queryOptions({
      queryKey: ["rules", "preview", input, rule_id ?? ""],
      queryFn: () =>
        body(http.POST("/api/v1/time-rules/preview", { params: { query: { rule_id } }, body: input })),
      retry: false,
    }),
  timeEntry: (id: string) =>
    queryOptions({
      queryKey: ["time-entries", "one", id],
      queryFn: () => body(http.GET("/api/v1/time-entries/{id}", { params: { path: { id } } })),
    }),
  health: () =>
    queryOptions({ queryKey: ["health"], queryFn: () => body(http.GET("/api/v1/integrations/health")) }),
  logs: (filter: LogsQuery) =>
    paged(["logs", filter], (cursor) =>
      http.GET("/api/v1/integrations/logs", { params: { query: { limit: 50, ...filter, cursor } } }),
    ),
  apiKeys: () =>
    queryOptions({
      queryKey: ["api-keys"],
      queryFn: () => everything((query) => http.GET("/api/v1/api-keys", { params: { query } })),
    }),
  members: () =>
    queryOptions({
      queryKey: ["members"],
      queryFn: () => everything(() => http.GET("/api/v1/workspace/members")),
    }),
  invitations: () =>
    queryOptions({
      queryKey: ["invitations"],
      queryFn: () => everything((query) => http.GET("/api/v1/workspace/invitations", { params: { query } })),
    }),
};
