import { describe, expect, it } from "vitest";
import { CLOCK_PREF } from "../src/lib/clock";
import {
  addDays,
  dateIn,
  formatClock,
  formatDateTime,
  formatMinutes,
  formatTime,
  fromWall,
  isDate,
  relative,
  startOfWeek,
  toLocalInput,
  zoneLabel,
  zones,
} from "../src/lib/time";

const MADRID = "Europe/Madrid";
const utc = (local: string, zone: string) => fromWall(local, zone).toISOString();

describe("instants as wall time", () => {
  it("shows both hours of the autumn change", () => {
    expect(formatTime("2026-10-25T00:30:00Z", MADRID)).toBe("02:30");
    expect(formatTime("2026-10-25T01:30:00Z", MADRID)).toBe("02:30");
    expect(formatTime("2026-10-25T02:30:00Z", MADRID)).toBe("03:30");
  });
  it("is written by the clock that this browser chose", () => {
    localStorage.setItem(CLOCK_PREF, "12");
    expect(formatTime("2026-11-20T13:05:00Z", MADRID)).toBe("2:05 pm");
    expect(formatTime("2026-11-20T23:05:00Z", MADRID)).toBe("12:05 am");
    expect(formatDateTime("2026-11-20T13:05:00Z", MADRID)).toContain("2:05 pm");
    expect(["09:00:00", "12:30", "24:00"].map((time) => formatClock(time))).toEqual([
      "9:00 am",
      "12:30 pm",
      "12:00 am",
    ]);
    localStorage.removeItem(CLOCK_PREF);
    expect(formatTime("2026-11-20T23:05:00Z", MADRID)).toBe("00:05");
    expect(["09:00:00", "12:30", "24:00"].map((time) => formatClock(time))).toEqual([
      "09:00",
      "12:30",
      "00:00",
    ]);
  });
  it("knows half-hour and quarter-hour zones", () => {
    expect(formatTime("2026-01-01T00:00:00Z", "Asia/Kolkata")).toBe("05:30");
    expect(formatTime("2026-01-01T00:00:00Z", "Asia/Kathmandu")).toBe("05:45");
  });
  it("finds the date of the person, not of UTC", () => {
    expect(dateIn("2026-11-20T23:30:00Z", MADRID)).toBe("2026-11-21");
    expect(dateIn("2026-11-20T23:30:00Z", "America/New_York")).toBe("2026-11-20");
  });
});

describe("wall time as an instant", () => {
  it("uses the offset that holds then", () => {
    expect(utc("2026-07-01T09:00", MADRID)).toBe("2026-07-01T07:00:00.000Z");
    expect(utc("2026-12-01T09:00", MADRID)).toBe("2026-12-01T08:00:00.000Z");
    expect(utc("2026-11-21", MADRID)).toBe("2026-11-20T23:00:00.000Z");
  });
  it("takes the first of two, and moves out of a gap", () => {
    expect(utc("2026-10-25T02:30", MADRID)).toBe("2026-10-25T00:30:00.000Z");
    expect(utc("2026-03-29T02:30", MADRID)).toBe("2026-03-29T01:30:00.000Z");
  });
  it("round-trips every half hour around both changes, in whole- and half-hour zones", () => {
    for (const zone of [MADRID, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]) {
      for (const start of ["2026-03-28", "2026-10-24", "2026-04-04", "2026-11-01"]) {
        for (let i = 0; i < 96; i++) {
          const instant = new Date(Date.parse(`${start}T00:00Z`) + i * 1_800_000);
          const local = toLocalInput(instant, zone);
          expect(toLocalInput(fromWall(local, zone), zone)).toBe(local);
        }
      }
    }
  });
  it("makes weeks of a clock change 167 and 169 hours long", () => {
    const hours = (monday: string) =>
      (fromWall(addDays(monday, 7), MADRID).getTime() - fromWall(monday, MADRID).getTime()) / 3_600_000;
    expect(hours("2026-03-23")).toBe(167);
    expect(hours("2026-10-19")).toBe(169);
    expect(hours("2026-11-16")).toBe(168);
  });
});

describe("dates", () => {
  it("starts weeks on Monday", () => {
    expect(startOfWeek("2026-11-22")).toBe("2026-11-16");
    expect(startOfWeek("2026-11-16")).toBe("2026-11-16");
    expect(startOfWeek("2027-01-01")).toBe("2026-12-28");
  });
  it("refuses what is not a date", () => {
    expect(["2026-02-28", "2026-13-01", "x", 5, undefined].map(isDate)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("durations", () => {
  it("writes hours and minutes", () =>
    expect([0, 5, 90, 600].map(formatMinutes)).toEqual(["0:00", "0:05", "1:30", "10:00"]));
});

describe("words", () => {
  it("says how long ago", () => {
    const now = new Date("2026-01-01T12:00:00Z");
    expect(relative("2026-01-01T11:58:00Z", now)).toBe("2 min ago");
    expect(relative("2026-01-01T12:00:20Z", now)).toBe("now");
    expect(relative("2025-12-31T11:00:00Z", now)).toBe("yesterday");
  });
  it("names the zone and its offset on that day", () => {
    expect(zoneLabel(MADRID, "2026-07-01T00:00Z")).toBe("Madrid (GMT+2)");
    expect(zoneLabel(MADRID, "2026-12-01T00:00Z")).toBe("Madrid (GMT+1)");
    expect(zoneLabel("America/New_York", "2026-12-01T00:00Z")).toBe("New York (GMT-5)");
  });
  it("does not explain UTC", () => expect(zoneLabel("UTC")).toBe("UTC"));
  it("offers UTC among the zones", () => expect(zones()).toContain("UTC"));
});
