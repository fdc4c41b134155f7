// Which events take time by a configuration's switches. The server decides (domain/availability/busy: BusyRules::count);
// this says the same of an event as the API shows it, so that the grid can draw it.
import type { BusyRules, CalendarEvent, DayAvailability } from "../../api/types";

/** `counts`, or the switch that keeps it from counting; `calendar`: its calendar does not block time. */
export type Standing = "counts" | "calendar" | "cancelled" | "declined" | keyof BusyRules;

export interface Known {
  /** Calendars whose events do not count at all. */
  ignored: ReadonlySet<string>;
  /** Instances that the server refused a slot for: they count, whatever can be seen of them from here. */
  named: ReadonlySet<string>;
}

/** What the answers about some days say of calendars and events. */
export function knownFrom(days: DayAvailability[]): Known {
  const reasons = days.flatMap((day) => day.refused_slots.flatMap((slot) => slot.reasons));
  return {
    ignored: new Set(
      days.flatMap((day) => day.calendars.filter((c) => c.source === "ignored").map((c) => c.id)),
    ),
    named: new Set(reasons.flatMap((r) => (r.instance_id ? [r.instance_id] : []))),
  };
}

/** Which rule keeps an event from counting, in the order in which the server asks. */
export function standingOf(event: CalendarEvent, rules: BusyRules, known: Known): Standing {
  if (known.named.has(event.id)) return "counts";
  if (known.ignored.has(event.calendar_id)) return "calendar";
  const { response_status: answer, billable_hint: hint } = event;
  const perhaps = event.status === "tentative" || answer === "tentative";
  const declined = answer === "declined";
  // `busy` is false of what is declined too: that says nothing of how it is marked.
  const marked = !event.busy && !declined;
  const note = marked && hint?.reason === "informational";
  // Of an all-day event that is marked as free the API does not say whether it is a note: one that counted is named above.
  const unclear = marked && event.all_day;
  const refusals: [Standing, boolean][] = [
    ["cancelled", event.status === "cancelled"],
    ["working_location", note && !rules.working_location],
    ["free", unclear || (marked && !note && !rules.free)],
    ["declined", declined && !rules.declined],
    ["unanswered", answer === "needs_action" && !rules.unanswered],
    ["tentative", perhaps && !rules.tentative],
    ["all_day", event.all_day && !note && !rules.all_day],
  ];
  return refusals.find(([, refused]) => refused)?.[0] ?? "counts";
}

/** What is drawn: everything but what is no meeting at all, and what counts on top. */
export function drawnOf(events: CalendarEvent[], rules: BusyRules, known: Known) {
  return events
    .map((event) => ({ event, standing: standingOf(event, rules, known) }))
    .filter(({ standing }) => standing !== "cancelled" && standing !== "working_location")
    .sort((a, b) => Number(a.standing === "counts") - Number(b.standing === "counts"));
}
export type Drawn = ReturnType<typeof drawnOf>[number];

/** What lasts all day and does not count stands beside the day, not over all of it. */
export const isAside = ({ event, standing }: Drawn) => event.all_day && standing !== "counts";
