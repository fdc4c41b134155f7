// Every read, as TanStack Query options: one key and one function per resource.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Query } from "./client";
import type {
  ApiKey,
  Calendar,
  CalendarEvent,
  Client,
  Connection,
  Health,
  Invitation,
  List,
  LogEntry,
  Member,
  Project,
  Provider,
  Session,
  TimeEntry,
} from "./types";

const ALL = { limit: 200 };
/** Lists that a person sees whole: follows the cursor, up to 2,000 rows. */
async function everything<T>(path: string, query: Query = {}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < 10; page++) {
    const answer = await api.get<List<T>>(path, { ...ALL, ...query, cursor });
    items.push(...answer.items);
    cursor = answer.next_cursor;
    if (!cursor) break;
  }
  return items;
}

const paged = <T>(key: string, path: string, query: Query) =>
  infiniteQueryOptions({
    queryKey: [key, query],
    queryFn: ({ pageParam }) => api.get<List<T>>(path, { limit: 50, ...query, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });

export const queries = {
  session: () =>
    queryOptions({
      queryKey: ["session"],
      queryFn: () => api.get<Session>("/auth/session"),
      staleTime: 60_000,
      retry: false,
    }),
  providers: () =>
    queryOptions({ queryKey: ["providers"], queryFn: () => everything<Provider>("/integrations/providers") }),
  connections: () =>
    queryOptions({
      queryKey: ["connections"],
      queryFn: () => everything<Connection>("/integrations/connections"),
    }),
  calendars: () =>
    queryOptions({ queryKey: ["calendars"], queryFn: () => everything<Calendar>("/integrations/calendars") }),
  calendar: (id: string) =>
    queryOptions({
      queryKey: ["calendars", id],
      queryFn: () => api.get<Calendar>(`/integrations/calendars/${id}`),
    }),
  events: (query: { from: string; to: string; calendar_id?: string[]; converted?: boolean; q?: string }) =>
    queryOptions({
      queryKey: ["events", query],
      queryFn: () => everything<CalendarEvent>("/integrations/events", query),
    }),
  clients: () => queryOptions({ queryKey: ["clients"], queryFn: () => everything<Client>("/clients") }),
  projects: () => queryOptions({ queryKey: ["projects"], queryFn: () => everything<Project>("/projects") }),
  timeEntries: (query: Query) => paged<TimeEntry>("time-entries", "/time-entries", query),
  timeEntry: (id: string) =>
    queryOptions({
      queryKey: ["time-entries", "one", id],
      queryFn: () => api.get<TimeEntry>(`/time-entries/${id}`),
    }),
  health: () =>
    queryOptions({ queryKey: ["health"], queryFn: () => api.get<Health>("/integrations/health") }),
  logs: (query: Query) => paged<LogEntry>("logs", "/integrations/logs", query),
  apiKeys: () => queryOptions({ queryKey: ["api-keys"], queryFn: () => everything<ApiKey>("/api-keys") }),
  members: () =>
    queryOptions({ queryKey: ["members"], queryFn: () => everything<Member>("/workspace/members") }),
  invitations: () =>
    queryOptions({
      queryKey: ["invitations"],
      queryFn: () => everything<Invitation>("/workspace/invitations"),
    }),
};
