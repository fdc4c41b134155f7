// The shapes of the API, as its contract writes them. When api/openapi.json is generated these become aliases of
// the generated schema; nothing outside src/api needs to change then.
export type Role = "owner" | "admin" | "member";
export type Scope = "read" | "write" | "admin";

export interface List<T> {
  items: T[];
  next_cursor: string | null;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: { pointer: string; detail: string }[];
  request_id?: string;
}

export interface Workspace {
  id: string;
  name: string;
  slug: string;
  time_zone: string;
  currency: string;
}

export interface Session {
  user: { id: string; email: string; name: string; time_zone: string | null; locale: string | null };
  member: { id: string; role: Role };
  workspace: Workspace;
  workspaces: { id: string; name: string; slug: string; role: Role }[];
  auth: "session" | "api_key";
  scopes: Scope[];
  expires_at: string | null;
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  member_id: string;
  member_name: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

export interface Member {
  id: string;
  user_id: string;
  email: string;
  name: string;
  role: Role;
  created_at: string;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  created_at: string;
  expires_at: string;
  accepted_at: string | null;
  url?: string;
}

export interface Provider {
  key: string;
  name: string;
  kinds: string[];
  auth: "oauth" | "password";
  summary: string;
  configured: boolean;
  missing: string[];
  scopes: { scope: string; reason: string; required: boolean }[];
  setup_steps: string[];
  setup_guide: string | null;
  redirect_uri: string | null;
  server_url: string | null;
  password_hint: string | null;
}

export interface Fault {
  kind: string;
  message: string;
  at?: string;
}

export type ConnectionStatus = "connected" | "needs_reauth" | "error" | "disconnected";

export interface Connection {
  id: string;
  provider: string;
  kinds: string[];
  account_email: string | null;
  account_id: string | null;
  display_name: string | null;
  status: ConnectionStatus;
  scopes: string[];
  missing_scopes: string[];
  token_expires_at: string | null;
  calendars_count: number;
  last_sync_at: string | null;
  last_error: Fault | string | null;
  created_at: string;
  member_id?: string;
  member_name?: string;
  api_host?: string | null;
  can_manage?: boolean;
}

export interface ConnectResult {
  success: boolean;
  connection: {
    id: string;
    provider: string;
    account_email: string | null;
    status: ConnectionStatus;
    calendars_count: number;
    created: boolean;
  };
  calendars: { id: string; name: string; primary: boolean; sync_enabled: boolean }[];
  message: string;
}

export interface SyncResult {
  calendar_id: string;
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
  skipped_all_day: number;
  full: boolean;
  pages: number;
  provider_calls: number;
  duration_ms: number;
}

export interface Calendar {
  id: string;
  connection_id: string;
  name: string;
  provider: string;
  active: boolean;
  is_active: boolean;
  sync_enabled: boolean;
  sync_interval_minutes: number;
  sync_past_days: number;
  sync_future_days: number;
  last_sync_at: string | null;
  next_sync_at: string | null;
  sync_errors: number;
  connection_status: ConnectionStatus;
  provider_details: {
    external_id: string;
    summary: string | null;
    primary: boolean;
    access_role: string;
    time_zone: string | null;
    background_color: string | null;
    connection_email: string | null;
  };
  color: string | null;
  default_client_id: string | null;
  default_project_id: string | null;
  busy_source: boolean;
  write_target: boolean;
  last_error: Fault | string | null;
  last_result: SyncResult | null;
  events_count: number;
  token_expired: boolean;
  created_at: string;
}

export type CalendarPatch = Partial<
  Pick<
    Calendar,
    | "sync_interval_minutes"
    | "sync_past_days"
    | "sync_future_days"
    | "default_client_id"
    | "default_project_id"
    | "busy_source"
    | "write_target"
  >
>;

export interface Person {
  email: string | null;
  name: string | null;
  response_status?: string | null;
}

export interface CalendarEvent {
  id: string;
  event_id: string;
  calendar_id: string;
  provider_event_id: string;
  title: string | null;
  description: string | null;
  location: string | null;
  start: string;
  end: string;
  time_zone: string | null;
  all_day: boolean;
  status: "confirmed" | "tentative" | "cancelled";
  busy: boolean;
  response_status: string | null;
  recurring: boolean;
  organizer: Person | null;
  attendees: Person[];
  meeting_url: string | null;
  html_url: string | null;
  categories: string[];
  time_entry_id: string | null;
  updated_at: string | null;
}

export interface Client {
  id: string;
  name: string;
  email: string | null;
  currency: string | null;
  color: string | null;
  notes: string | null;
  archived: boolean;
  projects_count: number;
  created_at: string;
}

export interface Project {
  id: string;
  client_id: string | null;
  client_name: string | null;
  name: string;
  color: string | null;
  billable: boolean;
  hourly_rate_minor: number | null;
  currency: string | null;
  archived: boolean;
  created_at: string;
}

export type EntryStatus = "draft" | "pending" | "approved" | "rejected" | "invoiced";

export interface TimeEntry {
  id: string;
  member_id: string;
  member_name: string | null;
  source: string;
  status: EntryStatus;
  description: string;
  started_at: string;
  ended_at: string | null;
  duration_minutes: number;
  client_id: string | null;
  client_name: string | null;
  project_id: string | null;
  project_name: string | null;
  billable: boolean;
  synced_event_id: string | null;
  rejected_reason: string | null;
  tags: string[];
  created_at: string;
  updated_at: string;
}

export interface HealthItem {
  id: string;
  kind: string;
  provider: string;
  account: string | null;
  status: "healthy" | "degraded" | "unhealthy" | string;
  last_sync_at: string | null;
  error_count: number;
  last_error: Fault | string | null;
  token_expires_at: string | null;
  latency_ms_p50: number | null;
  latency_ms_p95: number | null;
  success_rate_24h: number | null;
  circuit: string | null;
}

export interface Health {
  status: "healthy" | "degraded" | "unhealthy";
  integrations: HealthItem[];
  errors?: unknown;
  performance?: unknown;
}

export interface LogEntry {
  id: string;
  log_type: string;
  integration_type: string | null;
  connection_id: string | null;
  calendar_id: string | null;
  success: boolean;
  title: string;
  detail: Record<string, unknown> | null;
  duration_ms: number | null;
  created_at: string;
}

export interface SyncEvent {
  calendar_id: string;
  phase: "started" | "page" | "finished" | "failed";
  result: SyncResult | null;
  changes: number;
  error: Fault | null;
}
