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
export type CalendarPatch = Schemas["CalendarPatch"];
export type CalendarEvent = Schemas["Event"];
export type SyncResult = Schemas["SyncResult"];
export type Fault = Pick<Schemas["LastError"], "message">;
export type Client = Schemas["Client"];
export type Project = Schemas["Project"];
export type TimeEntry = Schemas["TimeEntry"];
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
  phase: "started" | "page" | "finished" | "failed";
  result: SyncResult | null;
  changes: number;
  error: Fault | null;
}
