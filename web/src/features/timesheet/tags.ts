// The tags of many entries, changed at once.
import type { TimeEntry } from "../../api/types";

type Tagged = Pick<TimeEntry, "id" | "tags">;

/** The tags that all of them have. */
export const commonTags = (entries: Tagged[]): string[] =>
  (entries[0]?.tags ?? []).filter((tag) => entries.every((e) => e.tags.includes(tag)));

/** What was added to, and taken from, the tags that all have; of its own each entry keeps the others. Only what changes, those that come to the same together. */
export function retagged(entries: Tagged[], chosen: string[]): { ids: string[]; tags: string[] }[] {
  const common = commonTags(entries);
  const groups = new Map<string, { ids: string[]; tags: string[] }>();
  for (const { id, tags: was } of entries) {
    const kept = was.filter((tag) => chosen.includes(tag) || !common.includes(tag));
    const tags = [...new Set([...kept, ...chosen])];
    const key = JSON.stringify(tags);
    if (key === JSON.stringify(was)) continue;
    const group = groups.get(key) ?? { ids: [], tags };
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
