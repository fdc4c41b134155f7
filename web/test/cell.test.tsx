import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { IntlProvider } from "use-intl";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { actions } from "../src/api/actions";
import { queries } from "../src/api/queries";
import type { TimeEntry } from "../src/api/types";
import { themeFor } from "../src/app/theme";
import { backTo, makeAgain, wayBack } from "../src/features/timesheet/projectgrid/again";
import { Cell } from "../src/features/timesheet/projectgrid/Cell";
import en from "../src/i18n/en.json";

const MEETING = {
  id: "was",
  synced_event_id: "event",
  source: "calendar",
  status: "pending",
  description: "Review, with notes",
  started_at: "2026-11-16T09:00:00Z",
  ended_at: "2026-11-16T09:45:00Z",
  duration_minutes: 45,
  client_id: "acme",
  project_id: "site",
  billable: true,
  tags: ["call"],
  running: false,
  updated_at: "2026-11-16T10:00:00Z",
} as unknown as TimeEntry;
const BY_HAND = { ...MEETING, synced_event_id: null, source: "manual", status: "draft" } as TimeEntry;
/** What the server makes of the meeting by itself. */
const MADE = {
  ...MEETING,
  id: "made",
  started_at: "2026-11-16T09:00:00.000Z",
  ended_at: "2026-11-16T10:00:00Z",
  duration_minutes: 60,
  tags: [],
} as TimeEntry;

const convert = vi.spyOn(actions, "convert").mockResolvedValue(MADE);
const create = vi.spyOn(actions, "createEntry").mockResolvedValue(BY_HAND);
const update = vi.spyOn(actions, "updateEntry").mockResolvedValue(MEETING);
const remove = vi.spyOn(actions, "deleteEntry").mockResolvedValue(undefined as never);
beforeEach(() => {
  for (const spy of [convert, create, update, remove]) spy.mockClear();
});

describe("an entry that was deleted", () => {
  it("of a meeting is logged from the meeting again, which is billed by it as before, and made as it was", async () => {
    await makeAgain(MEETING);
    expect(create).not.toHaveBeenCalled();
    expect(convert.mock.calls[0]?.[0]).toMatchObject({ synced_event_id: "event", project_id: "site" });
    expect(update.mock.calls).toEqual([
      [
        "made",
        {
          tags: ["call"],
          started_at: "2026-11-16T09:00:00Z",
          ended_at: "2026-11-16T09:45:00Z",
          duration_minutes: 45,
        },
      ],
    ]);
  });
  it("is left as the meeting makes it where that is what it was", async () => {
    expect(backTo(MEETING, { ...MEETING, started_at: "2026-11-16T09:00:00.000Z" })).toEqual({});
    convert.mockResolvedValueOnce(MEETING);
    await makeAgain(MEETING);
    expect(update).not.toHaveBeenCalled();
  });
  it("without a meeting is written again", async () => {
    await makeAgain(BY_HAND);
    expect(convert).not.toHaveBeenCalled();
    expect(create.mock.calls[0]?.[0]).toMatchObject({ description: "Review, with notes", billable: true });
  });
  it("does not come back once somebody decided about it, or when it came from elsewhere", () => {
    const of = (entry: TimeEntry, more: object) => wayBack({ ...entry, ...more } as TimeEntry);
    expect([of(MEETING, {}), of(BY_HAND, {})]).toEqual(["log", "write"]);
    for (const status of ["approved", "rejected"]) expect(of(MEETING, { status }), status).toBeNull();
    for (const status of ["pending", "approved"]) expect(of(BY_HAND, { status }), status).toBeNull();
    for (const source of ["import", "calendar"]) expect(of(BY_HAND, { source }), source).toBeNull();
  });
});

describe("an emptied cell", () => {
  function field(entry: TimeEntry) {
    const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
    const workspace = { currency: "EUR", time_zone: "UTC", time_locked_until: null };
    const session = { workspace, member: { role: "owner" }, user: { time_zone: "UTC" } };
    client.setQueryData(queries.session().queryKey, session as never);
    const row = { key: "acme/site", client_id: "acme", project_id: "site", project: "Site", client: "Acme" };
    const rest = { day: "2026-11-16", closed: false, start: entry.started_at, label: "Site, Monday" };
    render(
      <QueryClientProvider client={client}>
        <MantineProvider theme={themeFor(en.common.close)} env="test">
          <IntlProvider locale="en" messages={en} timeZone="UTC">
            <Notifications />
            <Cell row={{ ...row, days: new Map(), minutes: 45 }} entries={[entry]} {...rest} />
          </IntlProvider>
        </MantineProvider>
      </QueryClientProvider>,
    );
    return screen.getByRole("textbox", { name: "Site, Monday" }) as HTMLInputElement;
  }

  it("offers to bring a meeting's entry back", async () => {
    const input = field(MEETING);
    await userEvent.clear(input);
    await userEvent.type(input, "{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await vi.waitFor(() => expect(convert).toHaveBeenCalledOnce());
    expect(remove).toHaveBeenCalledOnce();
  });

  it("asks before what was approved goes, and keeps it when the answer is no", async () => {
    const input = field({ ...MEETING, status: "approved" } as TimeEntry);
    await userEvent.clear(input);
    await userEvent.type(input, "{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(remove).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(input.value).toBe("0:45"));
    await userEvent.clear(input);
    await userEvent.type(input, "{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
    await vi.waitFor(() => expect(remove).toHaveBeenCalledOnce());
  });
});
