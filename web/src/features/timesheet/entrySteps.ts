// What can be done with an entry, and why something of it cannot now.
import type { TimeEntry } from "../../api/types";
import { isClosed, type Lock } from "./week";

export type Step = "edit" | "duplicate" | "split" | "merge" | "delete";
export type Obstacle = "invoiced" | "closed" | "running" | "short";

/** Why a step cannot be taken; undefined when it can. A copy is a new entry: what stands in the way of changes does not stop it. */
export function obstacleOf(step: Step, entry: TimeEntry, lock: Lock): Obstacle | undefined {
  if (step !== "duplicate" && entry.status === "invoiced") return "invoiced";
  if (step !== "duplicate" && isClosed(entry.started_at, lock)) return "closed";
  if (step === "edit" || step === "delete") return undefined;
  if (entry.running) return "running";
  return step === "split" && entry.duration_minutes < 2 ? "short" : undefined;
}
