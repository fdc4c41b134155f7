// The shapes of the API under the names the pages use; all of them come from the generated schema.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Role = Schemas["Role"];
export type Scope = Schemas["Scope"];
export type Problem = Schemas["Problem"];
export type Workspace = Schemas["Workspace"];
export type Session = Schemas["Session"];
export type ApiKey = Schemas["ApiKey"];
export type Member = Schemas["Member"];
export type Invitation = Schemas["Invitation"];
export type Provider = Schemas["Provider"];
export type Connection = Schemas["Connection"];
export type ConnectionStatus = Schemas["ConnectionStatus"];
export type Calendar = Schemas["Calendar"];
export type BillingFilters = Schemas["BillingFilters"];
export type BillingTraits = Schemas["BillingTraits"];
export type BillingPreview = Schemas["BillingPreview"];
export type CalendarPatch = Schemas["CalendarPatch"];
export type CalendarEvent = Schemas["Event"];
export type EventInput = Schemas["EventInput"];
export type EventPatch = Schemas["EventPatch"];
export type EventScope = Schemas["EventScope"];
export type Conference = Schemas["Conference"];
export type Configuration = Schemas["CalendarConfiguration"];
export type ConfigurationInput = Schemas["ConfigurationInput"];
export type DayHours = Schemas["DayHours"];
export type DateOverride = Schemas["DateOverride"];
export type BusyRules = Schemas["BusyRules"];
export type Block = Schemas["Block"];
export type BlockInput = Schemas["BlockInput"];
export type DayAvailability = Schemas["DayAvailability"];
export type RefusedSlot = Schemas["RefusedDaySlotBody"];
export type Reason = Schemas["ReasonBody"];
export type SlackStatus = Schemas["SlackStatus"];
export type SlackPreferences = Schemas["SlackPreferences"];
export type Job = Schemas["Job"];
export type JobState = Schemas["JobState"];
export type SyncResult = Schemas["SyncResult"];
export type Fault = Pick<Schemas["LastError"], "message">;
export type Client = Schemas["Client"];
export type Project = Schemas["Project"];
export type TimeEntry = Schemas["TimeEntry"];
export type TimeEntryInput = Schemas["TimeEntryInput"];
export type TimeEntryPatch = Schemas["TimeEntryPatch"];
export type TimeEntryChange = Schemas["TimeEntryChange"];
export type Draft = Schemas["Draft"];
export type ChangedMeeting = Schemas["MovedEntry"];
export type Approval = Schemas["Approval"];
export type ApprovalDecision = Schemas["ApprovalDecision"];
export type Report = Schemas["TimeReport"];
export type ReportGroup = Schemas["TimeReportGroup"];
export type ReportSum = Schemas["TimeReportSum"];
export type GroupBy = Schemas["ReportGroupBy"];
export type Rule = Schemas["TimeRule"];
export type RuleInput = Schemas["TimeRuleInput"];
export type EntryStatus = Schemas["TimeEntryStatus"];
export type HealthItem = Schemas["IntegrationHealth"];
export type Health = Schemas["Health"];
export type LogEntry = Schemas["Log"];
export type LogType = Schemas["LogType"];
export type ClientInput = Schemas["ClientInput"] & Schemas["ClientPatch"] & { name: string };
export type ProjectInput = Schemas["ProjectInput"] & Schemas["ProjectPatch"] & { name: string };

/** One `sync` event of the stream, which OpenAPI cannot describe. */
export interface SyncEvent {
  calendar_id: string;
  phase: "started" | "page" | "finished" | "failed" | "written";
  result: SyncResult | null;
  changes: number;
  error: Fault | null;
}
export type Invoice = Schemas["Invoice"];
export type InvoiceSummary = Schemas["InvoiceSummary"];
export type InvoiceStatus = Schemas["InvoiceStatus"];
export type InvoiceInput = Schemas["InvoiceInput"];
export type InvoicePatch = Schemas["InvoicePatch"];
