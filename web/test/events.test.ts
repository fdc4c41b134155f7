import { describe, expect, it } from "vitest";
import type { Calendar, CalendarEvent } from "../src/api/types";
import {
  addresses,
  canWrite,
  conferenceOf,
  destinations,
  emptyValues,
  inputOf,
  nextHour,
  parseStretch,
  patchOf,
  takesNew,
  valuesOf,
  withAllDay,
  withStart,
  wrongWith,
} from "../src/features/events/values";
import { recurrenceLines, repetitionOf } from "../src/lib/recurrence";

const ZONE = "Europe/Madrid";
const blank = emptyValues(undefined, { start: "2026-11-30T10:00", end: "2026-11-30T11:00" }, ZONE);
const event = {
  id: "e",
  calendar_id: "c",
  title: "Review",
  all_day: false,
  start: "2026-11-30T09:00:00Z",
  end: "2026-11-30T10:00:00Z",
  time_zone: ZONE,
  location: "Room 4",
  description: null,
  attendees: [{ email: "bo@studio.example", name: null, response_status: "accepted" }],
} as unknown as CalendarEvent;

describe("repeat presets", () => {
  const line = (repeat: Parameters<typeof recurrenceLines>[0]["repeat"], start: string) =>
    recurrenceLines({ repeat, end: "never", until: "", count: 1 }, start, ZONE, false)[0];
  it("become rules of RFC 5545", () => {
    expect(recurrenceLines({ repeat: "none", end: "never", until: "", count: 1 }, "", ZONE, false)).toEqual(
      [],
    );
    expect(line("daily", "2026-11-30T10:00")).toBe("RRULE:FREQ=DAILY");
    expect(line("weekdays", "2026-11-30T10:00")).toBe("RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
    expect(line("weekly", "2026-12-06T10:00")).toBe("RRULE:FREQ=WEEKLY;BYDAY=SU");
    expect(line("biweekly", "2026-12-01T10:00")).toBe("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU");
    expect(line("monthly", "2026-12-05T10:00")).toBe("RRULE:FREQ=MONTHLY;BYMONTHDAY=5");
    expect(line("yearly", "2026-12-05T10:00")).toBe("RRULE:FREQ=YEARLY");
  });
  it("say the second Tuesday, and the last one for a fifth", () => {
    expect(line("monthlyDay", "2026-12-08T10:00")).toBe("RRULE:FREQ=MONTHLY;BYDAY=2TU");
    expect(line("monthlyDay", "2026-12-29T10:00")).toBe("RRULE:FREQ=MONTHLY;BYDAY=-1TU");
  });
  it("end after so many, or with the last second of a day in the event's zone", () => {
    const upTo = (end: "until" | "count", allDay: boolean, zone = ZONE) =>
      recurrenceLines(
        { repeat: "daily", end, until: "2026-12-24", count: 5 },
        "2026-12-01T10:00",
        zone,
        allDay,
      )[0];
    expect(upTo("count", false)).toBe("RRULE:FREQ=DAILY;COUNT=5");
    expect(upTo("until", false)).toBe("RRULE:FREQ=DAILY;UNTIL=20261224T225959Z");
    expect(upTo("until", false, "America/New_York")).toBe("RRULE:FREQ=DAILY;UNTIL=20261225T045959Z");
    expect(upTo("until", true)).toBe("RRULE:FREQ=DAILY;UNTIL=20261224");
  });
});

describe("the event form", () => {
  it("sends wall times with their zone, and leaves the instant to the server", () => {
    const input = inputOf({ ...blank, summary: "Review", attendee_emails: "a@b.example" }, undefined);
    expect(input).toMatchObject({
      summary: "Review",
      start_time: "2026-11-30T10:00:00",
      end_time: "2026-11-30T11:00:00",
      time_zone: ZONE,
      attendee_emails: ["a@b.example"],
      notify_attendees: false,
    });
    expect(input).not.toHaveProperty("conference");
  });
  it("writes the last day of an all-day event as the exclusive day after it", () => {
    const all = withAllDay(blank, true);
    expect([all.start_time, all.end_time]).toEqual(["2026-11-30", "2026-11-30"]);
    const input = inputOf(all, undefined);
    expect([input.start_time, input.end_time, input.time_zone]).toEqual([
      "2026-11-30",
      "2026-12-01",
      undefined,
    ]);
    const back = withAllDay(all, false);
    expect([back.start_time, back.end_time]).toEqual(["2026-11-30T09:00", "2026-11-30T10:00"]);
  });
  it("mails nobody without attendees, and asks for a link only where the provider makes one", () => {
    expect(inputOf({ ...blank, notify_attendees: true }, undefined).notify_attendees).toBe(false);
    expect(inputOf({ ...blank, conference: true }, conferenceOf("google")).conference).toBe("google_meet");
    expect(inputOf({ ...blank, conference: true }, conferenceOf("caldav"))).not.toHaveProperty("conference");
    expect(conferenceOf("microsoft")).toBe("microsoft_teams");
  });
  it("reads an event in its own zone and sends back only what changed", () => {
    const before = valuesOf({ ...event, time_zone: "America/New_York" }, ZONE);
    expect(before.start_time).toBe("2026-11-30T04:00");
    expect(patchOf(before, before)).toEqual({});
    expect(patchOf({ ...before, location: "" }, before)).toEqual({ location: null });
    expect(patchOf({ ...before, attendee_emails: " bo@studio.example " }, before)).toEqual({});
    expect(patchOf({ ...before, end_time: "2026-11-30T05:30" }, before)).toEqual({
      start_time: "2026-11-30T04:00:00",
      end_time: "2026-11-30T05:30:00",
      time_zone: "America/New_York",
    });
  });
  it("keeps the length when the start moves, over midnight too", () => {
    const moved = withStart(blank, "2026-11-30T23:30");
    expect(moved.end_time).toBe("2026-12-01T00:30");
    expect(withStart(blank, "").end_time).toBe("2026-11-30T11:00");
  });
  it("sees what is wrong before anything is sent", () => {
    expect(wrongWith(blank)).toEqual({});
    expect(wrongWith({ ...blank, start_time: "", end_time: "" })).toEqual({
      start_time: "startBad",
      end_time: "endBad",
    });
    expect(wrongWith({ ...blank, end_time: blank.start_time })).toEqual({ end_time: "endBefore" });
    expect(wrongWith({ ...withAllDay(blank, true) })).toEqual({});
    expect(wrongWith({ ...blank, start_time: "2026-11-28T10:00", recurrence: "weekdays" }).recurrence).toBe(
      "notWeekday",
    );
    expect(wrongWith({ ...blank, recurrence: "daily", repeat_end: "until", until: "" }).until).toBe(
      "untilBefore",
    );
  });
  it("takes addresses with any separator, each once", () => {
    expect(addresses(" a@b.example, c@d.example;\na@b.example ")).toEqual(["a@b.example", "c@d.example"]);
  });
});

describe("a stretch in the address", () => {
  it("is read, and anything else is not", () => {
    expect(parseStretch("2026-11-30T10:00/2026-11-30T11:30")).toEqual({
      start: "2026-11-30T10:00",
      end: "2026-11-30T11:30",
    });
    expect(parseStretch("2026-11-30/2026-12-02")).toEqual({ start: "2026-11-30", end: "2026-12-02" });
    for (const bad of [
      "new",
      "",
      undefined,
      "2026-11-30T10:00/2026-11-30T10:00",
      "2026-11-30/2026-11-30T11:00",
      "2026-13-45T10:00/2026-13-45T11:00",
    ])
      expect(parseStretch(bad)).toBeUndefined();
  });
  it("otherwise is the next full hour in the person's zone", () => {
    expect(nextHour(new Date("2026-11-27T22:10:00Z"), ZONE)).toEqual({
      start: "2026-11-28T00:00",
      end: "2026-11-28T01:00",
    });
  });
});

describe("where events can be written", () => {
  const calendar = (access_role: string, connection_status = "connected") =>
    ({ active: true, connection_status, provider_details: { access_role } }) as unknown as Calendar;
  it("is where the account may write and is connected", () => {
    expect(canWrite(calendar("owner"))).toBe(true);
    expect(canWrite(calendar("writer"))).toBe(true);
    expect(canWrite(calendar("reader"))).toBe(false);
    expect(canWrite(calendar("free_busy_reader"))).toBe(false);
    expect(canWrite(calendar("owner", "needs_reauth"))).toBe(false);
    expect(canWrite(undefined)).toBe(false);
  });
});

describe("the repetition of a series", () => {
  const shown = (lines: string[], start = "2026-12-01T10:00") => repetitionOf(lines, start, ZONE);
  it("is shown as the preset that says the same", () => {
    for (const repeat of [
      "daily",
      "weekdays",
      "weekly",
      "biweekly",
      "monthly",
      "monthlyDay",
      "yearly",
    ] as const)
      for (const end of ["never", "until", "count"] as const) {
        const said = { repeat, end, until: "2027-01-31", count: 7 };
        const found = shown(recurrenceLines(said, "2026-12-01T10:00", ZONE, false));
        expect(found).toMatchObject({ repeat, end });
        if (end === "until") expect(found?.until).toBe("2027-01-31");
        if (end === "count") expect(found?.count).toBe(7);
      }
    expect(shown(["RRULE:FREQ=WEEKLY"])?.repeat).toBe("weekly");
    expect(shown(["RRULE:FREQ=WEEKLY;WKST=SU;INTERVAL=1;BYDAY=TU", "EXDATE:20261208T090000Z"])?.repeat).toBe(
      "weekly",
    );
    expect(shown(["RRULE:FREQ=YEARLY;BYMONTHDAY=1;BYMONTH=12"])?.repeat).toBe("yearly");
  });
  it("is kept when there is no preset for it", () => {
    for (const lines of [
      ["RRULE:FREQ=WEEKLY;BYDAY=MO,WE"],
      ["RRULE:FREQ=WEEKLY;INTERVAL=3"],
      ["RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"],
      ["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"],
      ["RDATE:20261205T090000Z"],
      ["RRULE:FREQ=DAILY;UNTIL=never"],
      ["nonsense"],
    ])
      expect(shown(lines)).toBeUndefined();
    const strange = { ...event, recurrence: ["RRULE:FREQ=WEEKLY;INTERVAL=3"] } as CalendarEvent;
    expect(valuesOf(strange, ZONE).recurrence).toBe("kept");
    expect(patchOf(valuesOf(strange, ZONE), valuesOf(strange, ZONE), strange.recurrence)).toEqual({});
  });
  it("is sent only when it was chosen anew, and what was taken out stays out", () => {
    const series = {
      ...event,
      recurring: true,
      recurrence: ["RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE:20261207T090000Z"],
    } as CalendarEvent;
    const before = valuesOf(series, ZONE);
    expect(before.recurrence).toBe("weekly");
    expect(patchOf({ ...before, summary: "Other" }, before, series.recurrence)).toEqual({ summary: "Other" });
    expect(patchOf({ ...before, recurrence: "daily" }, before, series.recurrence).recurrence).toEqual([
      "RRULE:FREQ=DAILY",
      "EXDATE:20261207T090000Z",
    ]);
    expect(
      patchOf({ ...before, repeat_end: "count", count: 3 }, before, series.recurrence).recurrence,
    ).toEqual(["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3", "EXDATE:20261207T090000Z"]);
    expect(patchOf({ ...before, recurrence: "none" }, before, series.recurrence).recurrence).toEqual([]);
  });
});

describe("where new events go", () => {
  const one = (id: string, more: Partial<Calendar> = {}) =>
    ({
      id,
      active: true,
      sync_enabled: true,
      write_target: true,
      connection_status: "connected",
      provider_details: { access_role: "owner" },
      ...more,
    }) as unknown as Calendar;
  it("only to calendars whose owner wants them there", () => {
    const all = [
      one("a"),
      one("off", { write_target: false }),
      one("unsynced", { sync_enabled: false }),
      one("lost", { connection_status: "needs_reauth" }),
      one("b"),
    ];
    expect(all.filter(takesNew).map((c) => c.id)).toEqual(["a", "b"]);
    expect(destinations(all, all[1] as Calendar).map((c) => c.id)).toEqual(["a", "b"]);
    expect(destinations(all, all[0] as Calendar).map((c) => c.id)).toEqual(["b"]);
  });
});
