// Server-sent events turn into invalidated queries; without a stream the pages poll.
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { SyncEvent } from "./types";

const POLL_MS = 15_000;
const SYNCED = ["calendars", "connections", "events", "drafts", "availability", "health", "logs"];
const WRITTEN = ["events", "drafts", "availability", "calendars"];
const TOUCHED: Record<string, string[]> = {
  connection: ["connections", "calendars", "health", "logs"],
  time_entry: ["time-entries", "approvals", "events", "drafts"],
};

export interface Live {
  connected: boolean;
  progress: ReadonlyMap<string, SyncEvent>;
}
let state: Live = { connected: false, progress: new Map() };
const listeners = new Set<() => void>();

function publish(next: Live) {
  state = next;
  for (const listener of listeners) listener();
}
function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
/** What the stream has said so far: whether it is up, and the latest word on each calendar's sync. */
export const useLive = () => useSyncExternalStore(subscribe, () => state);

const parse = <T>(event: Event): T | undefined => {
  try {
    return JSON.parse((event as MessageEvent<string>).data) as T;
  } catch {
    return undefined;
  }
};

/** Opens the stream for a signed-in page; returns how to close it. */
export function startLive(client: QueryClient): () => void {
  const invalidate = (keys: string[]) => {
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  };
  const source = new EventSource("/api/v1/stream");
  source.onopen = () => publish({ ...state, connected: true });
  source.onerror = () => publish({ ...state, connected: false });
  source.addEventListener("sync", (event) => {
    const sync = parse<SyncEvent>(event);
    if (!sync?.calendar_id) return;
    // A write of ours is no sync: it changes what is shown and says nothing of the calendar's progress.
    if (sync.phase === "written") return invalidate(WRITTEN);
    publish({ ...state, progress: new Map(state.progress).set(sync.calendar_id, sync) });
    if (sync.phase === "finished" || sync.phase === "failed") invalidate(SYNCED);
  });
  for (const [name, keys] of Object.entries(TOUCHED)) source.addEventListener(name, () => invalidate(keys));
  const timer = setInterval(() => {
    if (!state.connected && document.visibilityState === "visible") {
      invalidate([...SYNCED, "time-entries"]);
    }
  }, POLL_MS);
  return () => {
    source.close();
    clearInterval(timer);
    publish({ connected: false, progress: new Map() });
  };
}
