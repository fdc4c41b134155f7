import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { IntlProvider } from "use-intl";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { themeFor } from "../src/app/theme";
import { WeekdayChecks } from "../src/features/availability/WeekdayChecks";
import { WeekNav } from "../src/features/calendar/WeekNav";
import { Appearance } from "../src/features/settings/Appearance";
import { parse } from "../src/features/timesheet/filters";
import en from "../src/i18n/en.json";
import { startOfWeek } from "../src/lib/time";
import { FIRST_DAY, usualWeekStart, weekdaysFrom, weekStartOf } from "../src/lib/week";

const STORE = "daybook-week-start";
const show = (element: ReactElement) =>
  render(
    <MantineProvider theme={themeFor(en.common.close)} env="test">
      <IntlProvider locale="en" messages={en} timeZone="UTC">
        {element}
      </IntlProvider>
    </MantineProvider>,
  );

beforeEach(() => {
  vi.spyOn(navigator, "language", "get").mockReturnValue("en-GB");
  localStorage.removeItem(STORE);
});
afterEach(() => {
  vi.restoreAllMocks();
  localStorage.removeItem(STORE);
});

describe("the day a week begins on", () => {
  it("is the usual one of a locale, and Monday where that is not known or another day", () => {
    const usual = ["en-GB", "es-ES", "en-US", "es-MX", "ar-EG", "dv-MV", "", "not a tag"].map(usualWeekStart);
    expect(usual).toEqual(["monday", "monday", "sunday", "sunday", "saturday", "monday", "monday", "monday"]);
  });
  it("is Monday in an engine that knows nothing of weeks", () => {
    vi.spyOn(Intl, "Locale").mockImplementation(class {} as never);
    expect(usualWeekStart("en-US")).toBe("monday");
  });
  it("is what was chosen, when that is one of the three", () => {
    expect(weekStartOf("saturday", "en-US")).toBe("saturday");
    expect(weekStartOf("friday", "en-US")).toBe("sunday");
    expect(weekStartOf(null, "en-GB")).toBe("monday");
  });
  it("puts each date in the week around it", () => {
    const firstOf = (date: string) => [1, 0, 6].map((first) => startOfWeek(date, first));
    expect(firstOf("2026-11-18")).toEqual(["2026-11-16", "2026-11-15", "2026-11-14"]);
    expect(firstOf("2026-11-22")).toEqual(["2026-11-16", "2026-11-22", "2026-11-21"]);
    expect(firstOf("2026-11-21")).toEqual(["2026-11-16", "2026-11-15", "2026-11-21"]);
    expect(firstOf("2027-01-01")).toEqual(["2026-12-28", "2026-12-27", "2026-12-26"]);
  });
  it("orders the weekdays that the API counts from Monday", () => {
    expect(weekdaysFrom(FIRST_DAY.monday)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(weekdaysFrom(FIRST_DAY.sunday)).toEqual([6, 0, 1, 2, 3, 4, 5]);
    expect(weekdaysFrom(FIRST_DAY.saturday)).toEqual([5, 6, 0, 1, 2, 3, 4]);
  });
  it("leaves the timesheet on ISO weeks", () => {
    localStorage.setItem(STORE, "sunday");
    expect(parse({ week: "2026-11-22" }).week).toBe("2026-11-16");
  });
});

describe("where it shows", () => {
  it("is chosen in the settings, with what it does not change beside it", async () => {
    show(<Appearance />);
    const group = screen.getByRole("radiogroup", { name: en.settings.weekStart });
    expect(document.getElementById(group.getAttribute("aria-describedby") ?? "")?.textContent).toContain(
      "timesheet",
    );
    expect((screen.getByRole("radio", { name: "Monday" }) as HTMLInputElement).checked).toBe(true);
    await userEvent.click(screen.getByRole("radio", { name: "Sunday" }));
    expect(localStorage.getItem(STORE)).toBe("sunday");
    expect((screen.getByRole("radio", { name: "Sunday" }) as HTMLInputElement).checked).toBe(true);
  });
  it("is where lists of weekdays begin, and means the same days", async () => {
    localStorage.setItem(STORE, "saturday");
    const onChange = vi.fn();
    show(<WeekdayChecks label="Days" value={[0]} onChange={onChange} />);
    const names = screen.getAllByRole("checkbox").map((box) => box.getAttribute("aria-label"));
    expect(names.slice(0, 3)).toEqual(["Saturday", "Sunday", "Monday"]);
    await userEvent.click(screen.getByRole("checkbox", { name: "Sunday" }));
    expect(onChange).toHaveBeenCalledWith([0, 6]);
  });
  it("steps by seven days from any first day, and knows this week", async () => {
    const set = vi.fn();
    show(<WeekNav week="2026-11-15" current="2026-11-15" set={set} />);
    await userEvent.click(screen.getByRole("button", { name: en.calendar.next }));
    await userEvent.click(screen.getByRole("button", { name: en.calendar.previous }));
    expect(set.mock.calls).toEqual([["2026-11-22"], ["2026-11-08"]]);
    expect((screen.getByRole("button", { name: en.calendar.today }) as HTMLButtonElement).disabled).toBe(
      true,
    );
  });
});
