import { describe, expect, it } from "vitest";
import type { Calendar, CalendarEvent, Notifications, Rate, Rule } from "../src/api/types";
import { destinations } from "../src/features/events/values";
import { changesOf, withChoice } from "../src/features/notifications/choices";
import { minutesOf, usedOf } from "../src/features/projects/budget";
import { inOrder, validityOf } from "../src/features/rates/rates";
import { conditionsOf, hasCondition, inputOf, restOf, valuesOf } from "../src/features/rules/conditions";
import { archivedOf } from "../src/lib/archived";
import { base64Of } from "../src/lib/base64";
import { countries, countryName } from "../src/lib/countries";
import { currencyOf, decimalsOf } from "../src/lib/money";

describe("a budget", () => {
  it("is written in hours as people type them, and nothing else", () => {
    expect(["1:30", "1.5", "1,5", "0:05", "40", " 2 "].map(minutesOf)).toEqual([90, 90, 90, 5, 2400, 120]);
    for (const text of ["", "1:60", "-1", "1h", "NaN", "1e3", "1.2345"])
      expect(minutesOf(text), text).toBeUndefined();
  });
  it("turns amber from four fifths on and red beyond its end", () => {
    expect([0, 79, 80, 100, 101].map((used) => usedOf(used, 100).tone)).toEqual([
      "ok",
      "ok",
      "warn",
      "warn",
      "bad",
    ]);
    expect(usedOf(150, 100).percent).toBe(150);
  });
  it("of nothing is used up by anything", () => {
    expect(usedOf(0, 0)).toEqual({ percent: 0, tone: "ok" });
    expect(usedOf(1, 0)).toEqual({ percent: 100, tone: "bad" });
  });
});

describe("the currency of a project", () => {
  const clients = [
    { id: "tokyo", currency: "JPY" },
    { id: "plain", currency: null },
  ];
  const of = (currency: string | null, client_id: string | null) =>
    currencyOf({ currency, client_id }, clients, { currency: "EUR" });
  it("is its own, else its client's, else the workspace's, as on the server", () => {
    expect([of("CHF", "tokyo"), of(null, "tokyo"), of(null, "plain"), of(null, null)]).toEqual([
      "CHF",
      "JPY",
      "EUR",
      "EUR",
    ]);
  });
});

describe("rates", () => {
  const rate = (id: string, from: string | null, to: string | null) => ({ id, from, to }) as Rate;
  it("count on their first and last day too", () => {
    const one = rate("a", "2026-07-01", "2026-12-31");
    expect(
      ["2026-06-30", "2026-07-01", "2026-12-31", "2027-01-01"].map((day) => validityOf(one, day)),
    ).toEqual(["later", "now", "now", "over"]);
    expect(validityOf(rate("b", null, null), "1999-01-01")).toBe("now");
  });
  it("stand with those of today first, then what comes, then what is over", () => {
    const all = [
      rate("over", null, "2026-01-01"),
      rate("later", "2027-01-01", null),
      rate("always", null, null),
      rate("new", "2026-05-01", null),
    ];
    expect(inOrder(all, "2026-11-28").map((r) => r.id)).toEqual(["new", "always", "later", "over"]);
  });
});

describe("a rule", () => {
  const rule = {
    name: "Calls",
    enabled: true,
    exclude: false,
    billable: null,
    client_id: "c",
    project_id: null,
    tags: ["call"],
    conditions: { titles: ["call"], providers: ["google"], calendar_ids: ["k"], max_minutes: 20 },
  } as unknown as Rule;
  it("keeps everything through its form", () => {
    expect(inputOf(valuesOf(rule))).toMatchObject({
      name: "Calls",
      client_id: "c",
      billable: null,
      tags: ["call"],
      conditions: {
        titles: ["call"],
        providers: ["google"],
        calendar_ids: ["k"],
        min_minutes: null,
        max_minutes: 20,
      },
    });
  });
  it("leaves it to the project whether time is billed, unless it says so itself", () => {
    const through = (billable: boolean | null) => inputOf(valuesOf({ ...rule, billable })).billable;
    expect([through(null), through(true), through(false)]).toEqual([null, true, false]);
    expect(inputOf(valuesOf()).billable).toBe(null);
  });
  it("that leaves meetings out books them on nothing", () => {
    expect(inputOf({ ...valuesOf(rule), exclude: true })).toMatchObject({
      client_id: null,
      project_id: null,
      billable: null,
      tags: [],
    });
  });
  it("is tried only when it has a condition", () => {
    expect(hasCondition(valuesOf())).toBe(false);
    expect(hasCondition({ ...valuesOf(), max_minutes: 0 })).toBe(true);
    expect(hasCondition({ ...valuesOf(), providers: ["google"] })).toBe(true);
  });
  it("names its conditions in order", () => {
    expect(conditionsOf(rule, (id) => `calendar ${id}`)).toEqual([
      ["titles", ["call"]],
      ["calendars", ["calendar k"]],
      ["providers", ["google"]],
      ["max", ["20"]],
    ]);
  });
});

describe("the preview of a rule", () => {
  it("counts only what the rule itself would decide", () => {
    const items = Array.from({ length: 12 }) as CalendarEvent[];
    expect(restOf({ matched: 20, shadowed: 8, items }, 8)).toBe(4);
    expect(restOf({ matched: 8, shadowed: 8, items: [] }, 8)).toBe(0);
    expect(restOf({ matched: 150, shadowed: 0, items: Array.from({ length: 100 }) }, 8)).toBe(142);
  });
});

describe("what is archived of a client and a project", () => {
  const clients = [
    { id: "c", name: "Open", archived: false },
    { id: "d", name: "Old client", archived: true },
  ];
  const projects = [
    { id: "p", name: "Open project", archived: false, client_id: "d" },
    { id: "q", name: "Old project", archived: true, client_id: "d" },
    { id: "r", name: "Own", archived: false, client_id: null },
  ];
  const of = (client_id: string | null, project_id: string | null) =>
    archivedOf({ client_id, project_id }, clients, projects)?.name;
  it("is the project before its client, and nothing where both are open", () => {
    expect(of(null, "q")).toBe("Old project");
    expect(of("d", null)).toBe("Old client");
    expect(of("c", "p")).toBe("Old client");
    expect(of("c", "r")).toBeUndefined();
    expect(of(null, null)).toBeUndefined();
    expect(of("gone", "gone")).toBeUndefined();
  });
});

describe("an event's way to another calendar", () => {
  const calendar = (id: string, more: object = {}) =>
    ({
      id,
      active: true,
      sync_enabled: true,
      write_target: true,
      connection_status: "connected",
      provider_details: { access_role: "owner" },
      ...more,
    }) as Calendar;
  it("leads only where it can be written and is seen again", () => {
    const here = calendar("here");
    const all = [
      here,
      calendar("there"),
      calendar("unseen", { sync_enabled: false }),
      calendar("untargeted", { write_target: false }),
      calendar("readonly", { provider_details: { access_role: "reader" } }),
      calendar("broken", { connection_status: "needs_reauth" }),
    ];
    expect(destinations(all, here).map((c) => c.id)).toEqual(["there"]);
  });
});

describe("notices", () => {
  const row = (kind: string, mail: boolean | null, slack: boolean | null) => ({ kind, mail, slack });
  const before = {
    items: [row("approval_needed", true, true), row("invoice_ready", null, true)],
    daily_summary_time: "17:00",
  } as Pick<Notifications, "items" | "daily_summary_time">;
  it("are sent to the server only where they were changed", () => {
    const items = withChoice(before.items, 0, "mail", false);
    expect(changesOf(before, { ...before, items })).toEqual({
      items: [{ kind: "approval_needed", mail: false }],
    });
    expect(changesOf(before, { ...before, daily_summary_time: "08:30" })).toEqual({
      items: [],
      daily_summary_time: "08:30",
    });
  });
  it("of a channel that a kind does not have are never sent", () => {
    const items = before.items.map((one) => ({ ...one, slack: false }));
    expect(changesOf(before, { ...before, items }).items).toEqual([
      { kind: "approval_needed", slack: false },
      { kind: "invoice_ready", slack: false },
    ]);
  });
});

describe("small things", () => {
  it("countries are named and sorted in the page's language", () => {
    const spanish = countries("es");
    expect(spanish).toHaveLength(249);
    expect(spanish.find((c) => c.value === "DE")?.label).toBe("Alemania");
    expect(countryName("CH", "en")).toBe("Switzerland");
    expect(countryName("", "en")).toBe("");
  });
  it("bytes become Base64, also many", () => {
    expect(base64Of(new Uint8Array([0, 255, 16]))).toBe("AP8Q");
    const many = new Uint8Array(100_000).fill(7);
    expect(atob(base64Of(many))).toHaveLength(100_000);
  });
  it("a currency has its own number of decimals, an unfinished code two", () => {
    expect(["EUR", "JPY", "KWD", "E"].map(decimalsOf)).toEqual([2, 0, 3, 2]);
  });
});
