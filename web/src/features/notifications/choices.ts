// Which notice is told where, and what of it changed.
import type { Notifications, NotificationsInput } from "../../api/types";

export const CHANNELS = ["mail", "slack"] as const;
export type Channel = (typeof CHANNELS)[number];
type Items = Notifications["items"];

export const withChoice = (items: Items, at: number, channel: Channel, on: boolean): Items =>
  items.map((one, i) => (i === at ? { ...one, [channel]: on } : one));

/** Only what was changed: what is left out stays, also what somebody changed in Slack meanwhile. */
export function changesOf(
  before: Pick<Notifications, "items" | "daily_summary_time">,
  now: Pick<Notifications, "items" | "daily_summary_time">,
): NotificationsInput {
  const items = now.items.flatMap((one) => {
    const old = before.items.find((other) => other.kind === one.kind);
    const changed = CHANNELS.filter((channel) => one[channel] !== null && one[channel] !== old?.[channel]);
    return changed.length === 0
      ? []
      : [{ kind: one.kind, ...Object.fromEntries(changed.map((channel) => [channel, one[channel]])) }];
  });
  const timed = now.daily_summary_time !== before.daily_summary_time;
  return { items, ...(timed ? { daily_summary_time: now.daily_summary_time } : {}) };
}
