// Every write, as a plain function. Components run them through useAction, which tells people how it went.
import { body, http } from "./client";
import type { components } from "./schema";
import type {
  CalendarPatch,
  ClientInput,
  EventScope,
  InvoiceInput,
  InvoicePatch,
  ProjectInput,
  Role,
} from "./types";

type Schemas = components["schemas"];
type NewEntry = Schemas["TimeEntryInput"];
type EntryPatch = Schemas["TimeEntryPatch"];

const at = (id: string) => ({ params: { path: { id } } });

/** The same request sent again with the same key is done once. */
const named = (key: string) => ({ "Idempotency-Key": key });
const once = (id: string, key: string) => ({ params: { path: { id }, header: named(key) } });

const account = {
  setup: (input: Schemas["SetupInput"]) => body(http.POST("/api/v1/auth/setup", { body: input })),
  login: (input: Schemas["LoginInput"]) => body(http.POST("/api/v1/auth/login", { body: input })),
  logout: () => body(http.POST("/api/v1/auth/logout")),
  forgotPassword: (input: Schemas["ForgotInput"]) =>
    body(http.POST("/api/v1/auth/password/forgot", { body: input })),
  resetPassword: (input: Schemas["ResetInput"]) =>
    body(http.POST("/api/v1/auth/password/reset", { body: input })),
  acceptInvitation: (token: string, input: Schemas["AcceptInput"]) =>
    body(http.POST("/api/v1/auth/invitations/{token}/accept", { params: { path: { token } }, body: input })),
  updateMe: (input: Schemas["MePatch"]) => body(http.PATCH("/api/v1/me", { body: input })),
  updateWorkspace: (input: Schemas["WorkspacePatch"]) =>
    body(http.PATCH("/api/v1/workspace", { body: input })),
  createApiKey: (input: Schemas["ApiKeyInput"]) => body(http.POST("/api/v1/api-keys", { body: input })),
  deleteApiKey: (id: string) => body(http.DELETE("/api/v1/api-keys/{id}", at(id))),
  updateMember: (id: string, role: Role) =>
    body(http.PATCH("/api/v1/workspace/members/{id}", { ...at(id), body: { role } })),
  removeMember: (id: string) => body(http.DELETE("/api/v1/workspace/members/{id}", at(id))),
  invite: (input: Schemas["InvitationInput"]) =>
    body(http.POST("/api/v1/workspace/invitations", { body: input })),
  revokeInvitation: (id: string) => body(http.DELETE("/api/v1/workspace/invitations/{id}", at(id))),
};

const connections = {
  /** With a connection only its own account is taken. */
  authorize: (provider: string, return_to: string, connection_id?: string) =>
    body(
      http.GET("/api/v1/integrations/{provider}/authorize", {
        params: { path: { provider }, query: { return_to, connection_id } },
      }),
    ),
  finishOauth: (provider: string, input: Schemas["CallbackInput"]) =>
    body(
      http.POST("/api/v1/integrations/{provider}/callback", { params: { path: { provider } }, body: input }),
    ),
  connectCaldav: (input: Schemas["CaldavInput"]) =>
    body(http.POST("/api/v1/integrations/caldav/connect", { body: input })),
  connectApple: (input: Schemas["AppleInput"]) =>
    body(http.POST("/api/v1/integrations/apple/connect", { body: input })),
  refreshConnection: (id: string) => body(http.POST("/api/v1/integrations/connections/{id}/refresh", at(id))),
  testConnection: (id: string) => body(http.POST("/api/v1/integrations/connections/{id}/test", at(id))),
  disconnect: (id: string) => body(http.POST("/api/v1/integrations/connections/{id}/disconnect", at(id))),
};

const slack = {
  linkSlack: (input: Schemas["SlackLinkInput"]) =>
    body(http.POST("/api/v1/integrations/slack/link", { body: input })),
  unlinkSlack: () => body(http.DELETE("/api/v1/integrations/slack/link")),
  updateNotifications: (input: Schemas["NotificationsInput"]) =>
    body(http.PUT("/api/v1/me/notifications", { body: input })),
};

const calendars = {
  enableCalendar: (id: string, enabled: boolean) =>
    body(http.PUT("/api/v1/integrations/calendars/{id}/enable", { ...at(id), body: { enabled } })),
  updateCalendar: (id: string, patch: CalendarPatch) =>
    body(http.PATCH("/api/v1/integrations/calendars/{id}", { ...at(id), body: patch })),
  removeCalendar: (id: string) => body(http.DELETE("/api/v1/integrations/calendars/{id}", at(id))),
  syncCalendar: (id: string, full = false) =>
    body(
      http.POST("/api/v1/integrations/calendars/{id}/sync", { params: { path: { id }, query: { full } } }),
    ),
  convert: (input: Schemas["ConvertInput"]) =>
    body(http.POST("/api/v1/integrations/calendars/events/convert", { body: input })),
};

const inCalendar = (calendar: string, event: string) => ({ id: calendar, event_id: event });

const events = {
  createEvent: (calendar: string, input: Schemas["EventInput"], key: string) =>
    body(http.POST("/api/v1/integrations/calendars/{id}/events", { ...once(calendar, key), body: input })),
  updateEvent: (
    calendar: string,
    event: string,
    patch: Schemas["EventPatch"],
    scope: EventScope | undefined,
    key: string,
  ) =>
    body(
      http.PATCH("/api/v1/integrations/calendars/{id}/events/{event_id}", {
        params: { path: inCalendar(calendar, event), query: { scope } },
        headers: named(key),
        body: patch,
      }),
    ),
  deleteEvent: (calendar: string, event: string, notify_attendees: boolean, scope?: EventScope) =>
    body(
      http.DELETE("/api/v1/integrations/calendars/{id}/events/{event_id}", {
        params: { path: inCalendar(calendar, event), query: { scope, notify_attendees } },
      }),
    ),
  moveEvent: (
    calendar: string,
    event: string,
    input: Schemas["MoveInput"],
    scope: EventScope | undefined,
    key: string,
  ) =>
    body(
      http.POST("/api/v1/integrations/calendars/{id}/events/{event_id}/move", {
        params: { path: inCalendar(calendar, event), query: { scope } },
        headers: named(key),
        body: input,
      }),
    ),
  respond: (calendar: string, event: string, response: string, scope?: EventScope) =>
    body(
      http.POST("/api/v1/integrations/calendars/{id}/events/{event_id}/respond", {
        params: { path: inCalendar(calendar, event), query: { scope } },
        body: { response },
      }),
    ),
};

const availability = {
  saveConfiguration: (id: string | null, input: Schemas["ConfigurationInput"]) =>
    id
      ? body(http.PATCH("/api/v1/calendar-configurations/{id}", { ...at(id), body: input }))
      : body(http.POST("/api/v1/calendar-configurations", { body: input })),
  deleteConfiguration: (id: string) => body(http.DELETE("/api/v1/calendar-configurations/{id}", at(id))),
  saveBlock: (id: string | null, input: Schemas["BlockInput"]) =>
    id
      ? body(http.PATCH("/api/v1/blocks/{id}", { ...at(id), body: input }))
      : body(http.POST("/api/v1/blocks", { body: input })),
  deleteBlock: (id: string) => body(http.DELETE("/api/v1/blocks/{id}", at(id))),
  retryJob: (id: string) => body(http.POST("/api/v1/jobs/{id}/retry", at(id))),
};

const invoices = {
  draftInvoice: (input: InvoiceInput) => body(http.POST("/api/v1/invoices", { body: input })),
  updateInvoice: (id: string, patch: InvoicePatch) =>
    body(http.PATCH("/api/v1/invoices/{id}", { ...at(id), body: patch })),
  refreshInvoice: (id: string) => body(http.POST("/api/v1/invoices/{id}/refresh", at(id))),
  deleteInvoice: (id: string) => body(http.DELETE("/api/v1/invoices/{id}", at(id))),
  finalizeInvoice: (id: string, input: Schemas["FinalizeInput"]) =>
    body(http.POST("/api/v1/invoices/{id}/finalize", { ...at(id), body: input })),
  sendInvoice: (id: string, input: Schemas["SendInput"], key: string) =>
    body(http.POST("/api/v1/invoices/{id}/send", { ...once(id, key), body: input })),
  payInvoice: (id: string, input: Schemas["PaymentInput"], key: string) =>
    body(http.POST("/api/v1/invoices/{id}/pay", { ...once(id, key), body: input })),
  removePayment: (id: string, payment_id: string) =>
    body(
      http.DELETE("/api/v1/invoices/{id}/payments/{payment_id}", { params: { path: { id, payment_id } } }),
    ),
  voidInvoice: (id: string, reason: string) =>
    body(http.POST("/api/v1/invoices/{id}/void", { ...at(id), body: { reason: reason || null } })),
  creditInvoice: (id: string) =>
    body(http.POST("/api/v1/invoices/{id}/credit-note", { ...at(id), body: {} })),
};

const billing = {
  updateBilling: (patch: Schemas["BillingPatch"]) =>
    body(http.PATCH("/api/v1/workspace/billing", { body: patch })),
  setLogo: (data: string) => body(http.PUT("/api/v1/workspace/billing/logo", { body: { data } })),
  removeLogo: () => body(http.DELETE("/api/v1/workspace/billing/logo")),
  updateClientBilling: (id: string, patch: Schemas["ClientBillingPatch"]) =>
    body(http.PATCH("/api/v1/clients/{id}/billing", { ...at(id), body: patch })),
  createRate: (input: Schemas["RateInput"]) => body(http.POST("/api/v1/rates", { body: input })),
  updateRate: (id: string, patch: Schemas["RatePatch"]) =>
    body(http.PATCH("/api/v1/rates/{id}", { ...at(id), body: patch })),
  deleteRate: (id: string) => body(http.DELETE("/api/v1/rates/{id}", at(id))),
};

const time = {
  createEntry: (input: NewEntry) => body(http.POST("/api/v1/time-entries", { body: input })),
  updateEntry: (id: string, patch: EntryPatch) =>
    body(http.PATCH("/api/v1/time-entries/{id}", { ...at(id), body: patch })),
  splitEntry: (id: string, when: string) =>
    body(http.POST("/api/v1/time-entries/{id}/split", { ...at(id), body: { at: when } })),
  duplicateEntry: (id: string, started_at: string) =>
    body(http.POST("/api/v1/time-entries/{id}/duplicate", { ...at(id), body: { started_at } })),
  mergeEntries: (ids: string[]) => body(http.POST("/api/v1/time-entries/merge", { body: { ids } })),
  followEvent: (id: string, action: Schemas["FollowAction"]) =>
    body(http.POST("/api/v1/time-entries/{id}/follow-event", { ...at(id), body: { action } })),
  startTimer: (input: Schemas["TimerInput"]) =>
    body(http.POST("/api/v1/time-entries/timer", { body: input })),
  stopTimer: () => body(http.POST("/api/v1/time-entries/timer/stop")),
  discardTimer: () => body(http.DELETE("/api/v1/time-entries/timer")),
  deleteEntry: (id: string) => body(http.DELETE("/api/v1/time-entries/{id}", at(id))),
  bulkEntries: (input: Schemas["BulkInput"]) => body(http.POST("/api/v1/time-entries/bulk", { body: input })),
  logDraft: (event_id: string, input: Schemas["DraftLogInput"]) =>
    body(http.POST("/api/v1/drafts/{event_id}/log", { params: { path: { event_id } }, body: input })),
  logDrafts: (items: Schemas["DraftItemInput"][]) =>
    body(http.POST("/api/v1/drafts/log", { body: { items } })),
  dismissDraft: (event_id: string) =>
    body(http.POST("/api/v1/drafts/{event_id}/dismiss", { params: { path: { event_id } } })),
  restoreDraft: (event_id: string) =>
    body(http.DELETE("/api/v1/drafts/{event_id}/dismiss", { params: { path: { event_id } } })),
  saveRule: (id: string | null, input: Schemas["TimeRuleInput"]) =>
    id
      ? body(http.PATCH("/api/v1/time-rules/{id}", { ...at(id), body: input }))
      : body(http.POST("/api/v1/time-rules", { body: input })),
  placeRule: (id: string, position: number) =>
    body(http.PATCH("/api/v1/time-rules/{id}", { ...at(id), body: { position } })),
  deleteRule: (id: string) => body(http.DELETE("/api/v1/time-rules/{id}", at(id))),
  submitEntry: (id: string) => body(http.POST("/api/v1/time-entries/{id}/submit", at(id))),
  approveEntry: (id: string) => body(http.POST("/api/v1/time-entries/{id}/approve", at(id))),
  rejectEntry: (id: string, reason: string) =>
    body(http.POST("/api/v1/time-entries/{id}/reject", { ...at(id), body: { reason } })),
  approveWeek: (member_id: string, week: string) =>
    body(
      http.POST("/api/v1/approvals/{member_id}/{week}/approve", { params: { path: { member_id, week } } }),
    ),
  rejectWeek: (member_id: string, week: string, reason: string) =>
    body(
      http.POST("/api/v1/approvals/{member_id}/{week}/reject", {
        params: { path: { member_id, week } },
        body: { reason },
      }),
    ),
  saveClient: (id: string | null, input: ClientInput) =>
    id
      ? body(http.PATCH("/api/v1/clients/{id}", { ...at(id), body: input }))
      : body(http.POST("/api/v1/clients", { body: input })),
  deleteClient: (id: string) => body(http.DELETE("/api/v1/clients/{id}", at(id))),
  saveProject: (id: string | null, input: ProjectInput) =>
    id
      ? body(http.PATCH("/api/v1/projects/{id}", { ...at(id), body: input }))
      : body(http.POST("/api/v1/projects", { body: input })),
  deleteProject: (id: string) => body(http.DELETE("/api/v1/projects/{id}", at(id))),
};

export const actions = {
  ...account,
  ...connections,
  ...slack,
  ...calendars,
  ...events,
  ...availability,
  ...invoices,
  ...billing,
  ...time,
};
