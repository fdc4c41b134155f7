import { describe, expect, it } from "vitest";
import { queryString } from "../src/api/client";
import type { Calendar, CalendarEvent, Connection, HealthItem } from "../src/api/types";
import { showFieldErrors } from "../src/app/formErrors";
import { isActive } from "../src/app/nav";
import { byStart, logState, minutesOf, touchesDay } from "../src/lib/events";
import { decimalsOf, formatMoney, isCurrency, toMajor, toMinor } from "../src/lib/money";
import { troubleOf } from "../src/lib/trouble";
import { list, oneOf, safeHref, safePath } from "../src/lib/url";

describe("money", () => {
  it("knows how many minor digits a currency has", () => {
    expect(formatMoney(123456, "EUR")).toBe("€1,234.56");
    expect(formatMoney(1234, "JPY")).toBe("JP¥1,234");
    expect(toMinor(12.345, "EUR")).toBe(1235);
    expect(toMinor(0.07, "EUR")).toBe(7);
    expect(toMajor(13500, "EUR")).toBe(135);
    expect(toMinor(1.234, "KWD")).toBe(1234);
  });
  // What the server counts in; a browser would show HUF and IQD without decimals.
  it.each([
    ["HUF", 2, 12.34, "12.34"],
    ["IQD", 3, 1.234, "1.234"],
    ["JPY", 0, 1234, "1,234"],
    ["KWD", 3, 1.234, "1.234"],
    ["COP", 2, 12.34, "12.34"],
    ["EUR", 2, 12.34, "12.34"],
  ])("counts %s with %i digits, as ISO 4217 does", (code, digits, major, text) => {
    expect(decimalsOf(code)).toBe(digits);
    expect(decimalsOf(code.toLowerCase())).toBe(digits);
    expect(toMinor(major, code)).toBe(1234);
    expect(toMajor(1234, code)).toBe(major);
    expect(formatMoney(1234, code, "en").replace(/[^\d.,]/g, "")).toBe(text);
    expect(formatMoney(toMinor(1, code), code, "en")).toContain(digits ? `1.${"0".repeat(digits)}` : "1");
  });
  it("survives a currency it does not know", () => expect(formatMoney(5, "not one")).toBe("5 not one"));
  it("checks codes", () =>
    expect(["EUR", "eur", "ZZZ", ""].map(isCurrency)).toEqual([true, false, false, false]));
});

describe("urls", () => {
  it("stays on this site", () => {
    expect(["/a?b=1", "//evil", "/\\evil", "https://evil", 5, undefined].map((v) => safePath(v))).toEqual([
      "/a?b=1",
      "/",
      "/",
      "/",
      "/",
      "/",
    ]);
  });
  it("takes only web links from providers", () => {
    expect(safeHref("https://a")).toBe("https://a");
    expect(safeHref("javascript:alert(1)")).toBeUndefined();
    expect(safeHref(null)).toBeUndefined();
  });
  it("reads lists and choices", () => {
    expect(list("a,b")).toEqual(["a", "b"]);
    expect(list(undefined)).toEqual([]);
    expect(oneOf("x", ["a"] as const)).toBeUndefined();
  });
  it("repeats lists and drops what is not set", () => {
    expect(queryString({ a: ["1", "2"], b: undefined, c: false, d: "", e: null })).toBe("a=1&a=2&c=false");
  });
  it("marks one page of the menu as current", () => {
    expect(isActive("/integrations", "/integrations/logs")).toBe(false);
    expect(isActive("/integrations/calendar", "/integrations/calendar/1")).toBe(true);
    expect(isActive("/", "/calendar")).toBe(false);
  });
});

const event = (more: Partial<CalendarEvent>): CalendarEvent =>
  ({
    id: "e",
    start: "2026-11-20T22:30:00Z",
    end: "2026-11-20T23:30:00Z",
    all_day: false,
    status: "confirmed",
    busy: true,
    response_status: "accepted",
    time_entry_id: null,
    ...more,
  }) as CalendarEvent;

describe("events", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  it("asks only for what happened and counts", () => {
    expect(logState(event({}), now)).toBe("unlogged");
    expect(logState(event({ time_entry_id: "t" }), now)).toBe("logged");
    expect(logState(event({ end: "2026-11-22T00:00:00Z" }), now)).toBe("upcoming");
    expect(logState(event({ all_day: true }), now)).toBe("off");
    expect(logState(event({ response_status: "declined" }), now)).toBe("off");
    expect(logState(event({ status: "cancelled" }), now)).toBe("off");
    expect(logState(event({ busy: false }), now)).toBe("off");
    const left_out = { offered: false, reason: "excluded" as const, matched: "title: lunch" };
    expect(logState(event({ billable_hint: left_out }), now)).toBe("filtered");
    expect(logState(event({ billable_hint: left_out, time_entry_id: "t" }), now)).toBe("logged");
  });
  it("puts an event on each day it touches, in the person's zone", () => {
    const late = event({});
    expect(touchesDay(late, "2026-11-20", "Europe/Madrid")).toBe(true);
    expect(touchesDay(late, "2026-11-21", "Europe/Madrid")).toBe(true);
    expect(touchesDay(late, "2026-11-21", "UTC")).toBe(false);
    const untilMidnight = event({ start: "2026-11-20T22:00:00Z", end: "2026-11-20T23:00:00Z" });
    expect(touchesDay(untilMidnight, "2026-11-21", "Europe/Madrid")).toBe(false);
    const days = event({ all_day: true, start: "2026-11-20", end: "2026-11-22" });
    expect(["19", "20", "21", "22"].map((d) => touchesDay(days, `2026-11-${d}`, "UTC"))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
  it("counts minutes and never below zero", () => {
    expect(minutesOf(event({}))).toBe(60);
    expect(minutesOf(event({ end: "2026-11-20T20:00:00Z" }))).toBe(0);
  });
  it("lists all-day events first", () => {
    expect([event({ id: "a" }), event({ id: "b", all_day: true })].sort(byStart).map((e) => e.id)).toEqual([
      "b",
      "a",
    ]);
  });
});

describe("trouble", () => {
  const connection = (more: Partial<Connection>) =>
    ({ status: "connected", missing_scopes: [], last_error: null, ...more }) as Connection;
  const calendar = (more: Partial<Calendar>) => ({ sync_enabled: true, sync_errors: 0, ...more }) as Calendar;
  const health = (more: Partial<HealthItem>) =>
    ({ status: "healthy", circuit: "closed", ...more }) as HealthItem;
  it("ranks the worst first", () => {
    const order = [
      troubleOf(connection({ status: "needs_reauth" })),
      troubleOf(connection({ status: "error" })),
      troubleOf(connection({ missing_scopes: ["x"] })),
      troubleOf(connection({}), health({ circuit: "open" })),
      troubleOf(connection({}), undefined, [calendar({ sync_enabled: false })]),
      troubleOf(connection({}), health({}), [calendar({})]),
      troubleOf(connection({ status: "disconnected" })),
    ];
    expect(order.map((t) => t.rank)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(order.map((t) => t.state)).toContain("healthy");
  });
  it("warns of an access that ends soon, and says when", () => {
    const at = "2026-11-30T08:00:00Z";
    const ending = troubleOf(connection({}), health({ status: "degraded", access_ends_at: at }));
    expect(ending).toMatchObject({ state: "ending", tone: "warn", at, remedy: "reconnect" });
    expect(troubleOf(connection({ status: "needs_reauth" }), health({ access_ends_at: at })).state).toBe(
      "needs_reauth",
    );
  });
  const fault = (message: string) => ({ kind: "unavailable", message, at: "2026-11-21T08:00:00Z" }) as const;
  it("says what the server said", () => {
    expect(troubleOf(connection({ status: "error", last_error: fault("words") })).said).toBe("words");
    const failing = calendar({ sync_errors: 2, last_error: fault("503") });
    expect(troubleOf(connection({}), health({}), [failing])).toMatchObject({
      state: "degraded",
      said: "503",
    });
  });
});

describe("form errors", () => {
  it("puts messages beside their fields and tells when one has none", () => {
    const set: Record<string, string> = {};
    const form = {
      values: { name: "" },
      setFieldError: (k: string, v: string) => Object.assign(set, { [k]: v }),
    };
    const problem = (pointer: string) => ({ errors: [{ pointer, detail: "no" }] }) as never;
    expect(showFieldErrors(form, problem("/name"))).toBe(true);
    expect(set).toEqual({ name: "no" });
    expect(showFieldErrors(form, problem("/other"))).toBe(false);
    expect(showFieldErrors(form, { errors: [] } as never)).toBe(false);
  });
});
