// Every write, as a plain function. Components run them through useAction, which tells people how it went.
import { api } from "./client";
import type {
  ApiKey,
  Calendar,
  CalendarPatch,
  Client,
  Connection,
  ConnectResult,
  Invitation,
  Project,
  Role,
  Scope,
  Session,
  SyncResult,
  TimeEntry,
  Workspace,
} from "./types";

export interface SetupInput {
  email: string;
  password: string;
  name: string;
  workspace_name: string;
  time_zone: string;
  currency: string;
  setup_token?: string;
}
export interface EntryInput {
  description: string;
  started_at: string;
  duration_minutes: number;
  client_id: string | null;
  project_id: string | null;
  billable: boolean;
}
export interface ConvertInput {
  synced_event_id: string;
  client_id?: string | null;
  project_id?: string | null;
  billable?: boolean;
  description?: string;
  force?: boolean;
}

export const actions = {
  setup: (input: SetupInput) => api.post<Session>("/auth/setup", input),
  login: (input: { email: string; password: string }) => api.post<Session>("/auth/login", input),
  logout: () => api.post<void>("/auth/logout"),
  acceptInvitation: (token: string, input: { name?: string; password?: string }) =>
    api.post<Session>(`/auth/invitations/${encodeURIComponent(token)}/accept`, input),
  updateMe: (input: Record<string, unknown>) => api.patch<unknown>("/me", input),
  updateWorkspace: (input: Partial<Workspace>) => api.patch<Workspace>("/workspace", input),

  authorize: (provider: string, return_to: string) =>
    api.get<{ authorization_url: string; state: string }>(`/integrations/${provider}/authorize`, {
      return_to,
    }),
  finishOauth: (provider: string, input: { code: string; state: string }) =>
    api.post<ConnectResult>(`/integrations/${provider}/callback`, input),
  connectPassword: (provider: string, input: { url?: string; username: string; password: string }) =>
    api.post<ConnectResult>(`/integrations/${provider}/connect`, input),
  refreshConnection: (id: string) =>
    api.post<{ connection: Connection; calendars_count: number; message: string }>(
      `/integrations/connections/${id}/refresh`,
    ),
  testConnection: (id: string) =>
    api.post<{ ok: boolean; latency_ms: number | null; error: { kind: string; message: string } | null }>(
      `/integrations/connections/${id}/test`,
    ),
  disconnect: (id: string) =>
    api.post<{ connection: Connection; revoked: boolean; message: string }>(
      `/integrations/connections/${id}/disconnect`,
    ),

  enableCalendar: (id: string, enabled: boolean) =>
    api.put<Calendar>(`/integrations/calendars/${id}/enable`, { enabled }),
  updateCalendar: (id: string, patch: CalendarPatch) =>
    api.patch<Calendar>(`/integrations/calendars/${id}`, patch),
  removeCalendar: (id: string) => api.delete(`/integrations/calendars/${id}`),
  syncCalendar: (id: string, full = false) =>
    api.post<SyncResult | { job_id: string; message: string }>(
      `/integrations/calendars/${id}/sync`,
      {},
      { full },
    ),

  convert: (input: ConvertInput) => api.post<TimeEntry>("/integrations/calendars/events/convert", input),
  createEntry: (input: EntryInput) => api.post<TimeEntry>("/time-entries", input),
  updateEntry: (id: string, input: Partial<EntryInput>) => api.patch<TimeEntry>(`/time-entries/${id}`, input),
  deleteEntry: (id: string) => api.delete(`/time-entries/${id}`),
  moveEntry: (id: string, step: "submit" | "approve" | "reject", reason?: string) =>
    api.post<TimeEntry>(`/time-entries/${id}/${step}`, reason ? { reason } : {}),

  saveClient: (id: string | null, input: Partial<Client>) =>
    id ? api.patch<Client>(`/clients/${id}`, input) : api.post<Client>("/clients", input),
  deleteClient: (id: string) => api.delete(`/clients/${id}`),
  saveProject: (id: string | null, input: Partial<Project>) =>
    id ? api.patch<Project>(`/projects/${id}`, input) : api.post<Project>("/projects", input),
  deleteProject: (id: string) => api.delete(`/projects/${id}`),

  createApiKey: (input: { name: string; scopes: Scope[]; expires_at?: string | null }) =>
    api.post<ApiKey & { key: string }>("/api-keys", input),
  deleteApiKey: (id: string) => api.delete(`/api-keys/${id}`),
  updateMember: (id: string, role: Role) => api.patch<unknown>(`/workspace/members/${id}`, { role }),
  removeMember: (id: string) => api.delete(`/workspace/members/${id}`),
  invite: (input: { email: string; role: Role }) => api.post<Invitation>("/workspace/invitations", input),
  revokeInvitation: (id: string) => api.delete(`/workspace/invitations/${id}`),
};
