// Says, for one connection, how bad it is, why, and what a person should do next.
import type { Calendar, Connection, Fault, HealthItem } from "../api/types";

export type Tone = "ok" | "warn" | "bad" | "idle";
export type Remedy = "reconnect" | "choose" | "wait" | "test" | "none";

export interface Trouble {
  /** Key of the status word in the catalogue. */
  state:
    | "healthy"
    | "degraded"
    | "needs_reauth"
    | "error"
    | "missing_scopes"
    | "ending"
    | "no_calendars"
    | "disconnected";
  tone: Tone;
  /** Worse first. */
  rank: number;
  /** What the server said, when it said something. */
  said?: string;
  /** When it happens. */
  at?: string;
  remedy: Remedy;
}

export const faultText = (fault: Fault | null | undefined): string | undefined => fault?.message || undefined;

export function troubleOf(connection: Connection, health?: HealthItem, calendars: Calendar[] = []): Trouble {
  const said = faultText(connection.last_error) ?? faultText(health?.last_error);
  const failing = calendars.find((c) => c.sync_errors > 0 && c.sync_enabled);
  switch (connection.status) {
    case "needs_reauth":
      return { state: "needs_reauth", tone: "bad", rank: 0, said, remedy: "reconnect" };
    case "error":
      return { state: "error", tone: "bad", rank: 1, said, remedy: "test" };
    case "disconnected":
      return { state: "disconnected", tone: "idle", rank: 6, remedy: "reconnect" };
    default:
  }
  if (connection.missing_scopes.length > 0) {
    return { state: "missing_scopes", tone: "warn", rank: 2, remedy: "reconnect" };
  }
  if (health?.access_ends_at) {
    return { state: "ending", tone: "warn", rank: 2, at: health.access_ends_at, remedy: "reconnect" };
  }
  if (
    health?.circuit === "open" ||
    health?.status === "degraded" ||
    health?.status === "unhealthy" ||
    failing
  ) {
    return {
      state: "degraded",
      tone: "warn",
      rank: 3,
      said: said ?? faultText(failing?.last_error),
      remedy: "wait",
    };
  }
  if (calendars.length > 0 && !calendars.some((c) => c.sync_enabled)) {
    return { state: "no_calendars", tone: "warn", rank: 4, remedy: "choose" };
  }
  return { state: "healthy", tone: "ok", rank: 5, remedy: "none" };
}
