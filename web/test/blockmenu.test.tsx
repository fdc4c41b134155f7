import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { IntlProvider } from "use-intl";
import { beforeEach, describe, expect, it, vi } from "vitest";

const { sent } = vi.hoisted(() => {
  const sent: { what: string; body: unknown }[] = [];
  globalThis.fetch = (async (request: Request) => {
    if (request.method === "GET") return Response.json({ items: [], next_cursor: null });
    const text = await request.text();
    sent.push({
      what: `${request.method} ${new URL(request.url).pathname}`,
      body: text ? JSON.parse(text) : undefined,
    });
    return Response.json({ id: "new" });
  }) as typeof fetch;
  return { sent };
});

import { queries } from "../src/api/queries";
import type { Draft, TimeEntry } from "../src/api/types";
import { themeFor } from "../src/app/theme";
import { BlockMenuArea } from "../src/components/BlockMenuArea";
import { BlockMenu, useMenu } from "../src/features/timesheet/BlockMenu";
import { obstacleOf, type Step } from "../src/features/timesheet/entrySteps";
import en from "../src/i18n/en.json";

const entryOf = (more: Partial<TimeEntry> = {}) =>
  ({
    id: "e1",
    description: "Plans",
    started_at: "2026-11-18T09:00:00Z",
    ended_at: "2026-11-18T10:00:00Z",
    duration_minutes: 60,
    running: false,
    status: "draft",
    ...more,
  }) as unknown as TimeEntry;
const draft = {
  event: { id: "m1", title: "Call", start: "2026-11-18T11:00:00Z", end: "2026-11-18T12:00:00Z" },
} as unknown as Draft;

describe("what can be done with an entry", () => {
  const lock = { until: null, timeZone: "UTC" };
  const steps: Step[] = ["edit", "duplicate", "split", "merge", "delete"];
  const of = (entry: TimeEntry, until: string | null = null) =>
    steps.map((step) => obstacleOf(step, entry, { ...lock, until }) ?? "may");
  it("is everything, until it is on an invoice or lies in a closed period: then it can be copied", () => {
    expect(of(entryOf())).toEqual(["may", "may", "may", "may", "may"]);
    expect(of(entryOf({ status: "approved" }))).toEqual(["may", "may", "may", "may", "may"]);
    expect(of(entryOf({ status: "invoiced" }))).toEqual([
      "invoiced",
      "may",
      "invoiced",
      "invoiced",
      "invoiced",
    ]);
    expect(of(entryOf(), "2026-11-18")).toEqual(["closed", "may", "closed", "closed", "closed"]);
    expect(of(entryOf(), "2026-11-17")).toEqual(["may", "may", "may", "may", "may"]);
  });
  it("is less while its timer runs, and when there is nothing to cut", () => {
    expect(of(entryOf({ running: true }))).toEqual(["may", "running", "running", "running", "may"]);
    expect(of(entryOf({ duration_minutes: 1 }))).toEqual(["may", "may", "short", "may", "may"]);
  });
});

interface Week {
  logged?: TimeEntry[];
  suggested?: Draft[];
  dismissed?: Draft[];
}
/** Blocks as the grid draws them: each in a place of its own. */
function Grid({
  logged = [],
  suggested = [],
  dismissed = [],
  onOpen,
}: Week & { onOpen: (id: string) => void }) {
  const menu = useMenu();
  const blocks = [
    ...logged.map((e) => ({ id: `entry:${e.id}`, title: e.description })),
    ...[...suggested, ...dismissed].map((d) => ({ id: d.event.id, title: d.event.title ?? "" })),
  ];
  return (
    <>
      <BlockMenuArea
        data-testid="grid"
        titleOf={(id) => blocks.find((b) => b.id === id)?.title ?? ""}
        onMenu={menu.open}
      >
        {blocks.map(({ id, title }) => (
          <div key={id}>
            {/* biome-ignore lint/a11y/useSemanticElements: as the library writes it */}
            <div className="blk" role="button" tabIndex={0}>
              <span data-id={id}>{title}</span>
            </div>
          </div>
        ))}
      </BlockMenuArea>
      <BlockMenu {...{ menu, logged, suggested, dismissed, onOpen }} />
    </>
  );
}

function show(week: Week, until: string | null = null) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  client.setQueryData(queries.session().queryKey, {
    user: { time_zone: "UTC", locale: "en" },
    workspace: { time_zone: "UTC", time_locked_until: until },
    member: { role: "owner" },
  } as never);
  const onOpen = vi.fn();
  render(
    <MantineProvider theme={themeFor(en.common.close)} env="test">
      <IntlProvider locale="en" messages={en} timeZone="UTC">
        <QueryClientProvider client={client}>
          <Notifications />
          <Grid {...week} onOpen={onOpen} />
        </QueryClientProvider>
      </IntlProvider>
    </MantineProvider>,
  );
  return onOpen;
}
const block = (name: string) => screen.getByRole("button", { name });
const menuOf = (title: string) => screen.findByRole("menu", { name: `Actions for ${title}` });
const item = async (title: string, name: string) =>
  within(await menuOf(title)).getByRole<HTMLButtonElement>("menuitem", { name });
const rightClick = (name: string) => fireEvent.contextMenu(block(name), { clientX: 40, clientY: 60 });

beforeEach(() => {
  sent.length = 0;
});

describe("the menu of a block", () => {
  it("opens by the right button, and Escape gives the focus back", async () => {
    show({ logged: [entryOf()] });
    block("Plans").focus();
    expect(rightClick("Plans")).toBe(false);
    const items = within(await menuOf("Plans")).getAllByRole("menuitem");
    expect(items.map((i) => i.textContent)).toEqual(["Edit", "Duplicate…", "Split…", "Delete"]);
    await waitFor(() => expect(screen.getByRole("menu").contains(document.activeElement)).toBe(true));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(block("Plans")));
  });
  it.each(["{Shift>}{F10}{/Shift}", "{ContextMenu}"])("opens by the keys %s", async (keys) => {
    const onOpen = show({ logged: [entryOf()] });
    block("Plans").focus();
    await userEvent.keyboard(keys);
    await userEvent.click(await item("Plans", "Edit"));
    expect(onOpen).toHaveBeenCalledWith("entry:e1");
    expect(document.activeElement).toBe(block("Plans"));
  });
  it("opens by a button that comes next to the block in the order of Tab, and draws nothing", async () => {
    show({ logged: [entryOf()], suggested: [draft] });
    const pressed = vi.fn();
    screen.getByTestId("grid").addEventListener("mousedown", pressed);
    await userEvent.tab();
    expect(document.activeElement).toBe(block("Plans"));
    await userEvent.tab();
    const more = block("Actions for Plans");
    expect(document.activeElement).toBe(more);
    await userEvent.click(more);
    expect(await menuOf("Plans")).toBeTruthy();
    expect(pressed).not.toHaveBeenCalled();
    await userEvent.hover(block("Call"));
    expect(screen.getAllByRole("button", { name: /^Actions for/ })).toHaveLength(1);
    expect(block("Actions for Call")).toBeTruthy();
  });
  it("stays closed for a finger that drags, and beside the blocks", () => {
    show({ logged: [entryOf()] });
    const touch = new Event("contextmenu", { bubbles: true, cancelable: true });
    fireEvent(block("Plans"), Object.assign(touch, { pointerType: "touch" }));
    expect(touch.defaultPrevented).toBe(false);
    expect(fireEvent.contextMenu(screen.getByTestId("grid"))).toBe(true);
    expect(screen.queryByRole("menu")).toBeNull();
  });
});

describe("an entry", () => {
  it("is asked about before it is deleted", async () => {
    show({ logged: [entryOf()] });
    rightClick("Plans");
    await userEvent.click(await item("Plans", "Delete"));
    const asked = await screen.findByRole("dialog", { name: "Delete this time entry?" });
    expect(sent).toEqual([]);
    await userEvent.click(within(asked).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(sent.map((s) => s.what)).toEqual(["DELETE /api/v1/time-entries/e1"]));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
  it("is copied and cut through the same questions as in its form, which give the focus back", async () => {
    show({ logged: [entryOf()] });
    for (const [name, title] of [
      ["Duplicate…", "Duplicate this entry?"],
      ["Split…", "Split this entry?"],
    ] as const) {
      rightClick("Plans");
      await userEvent.click(await item("Plans", name));
      const asked = await screen.findByRole("dialog", { name: title });
      await userEvent.click(within(asked).getByRole("button", { name: "Cancel" }));
      await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
      await waitFor(() => expect(document.activeElement).toBe(block("Plans")));
    }
  });
  it("on an invoice says why it only can be copied", async () => {
    show({ logged: [entryOf({ status: "invoiced" })] });
    rightClick("Plans");
    const menu = await menuOf("Plans");
    const off = within(menu)
      .getAllByRole<HTMLButtonElement>("menuitem")
      .filter((i) => i.disabled);
    expect(off.map((i) => i.textContent)).toEqual(["Edit", "Split…", "Delete"]);
    const why = document.getElementById(menu.getAttribute("aria-describedby") ?? "");
    expect(why?.textContent).toBe(en.timesheet.fixedInvoiced);
  });
  it("that is approved says what a change means", async () => {
    show({ logged: [entryOf({ status: "approved" })] });
    rightClick("Plans");
    expect((await item("Plans", "Edit")).disabled).toBe(false);
    expect(screen.getByText(en.timesheet.again)).toBeTruthy();
  });
});

describe("a meeting that is not logged", () => {
  it("is logged as suggested, and taken back", async () => {
    show({ suggested: [draft] });
    rightClick("Call");
    await userEvent.click(await item("Call", "Log"));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() =>
      expect(sent.map((s) => s.what)).toEqual([
        "POST /api/v1/drafts/m1/log",
        "DELETE /api/v1/time-entries/new",
      ]),
    );
    expect(sent[0]?.body).toMatchObject({ client_id: null, billable: null, tags: null });
  });
  it("is looked at first, or put aside", async () => {
    const onOpen = show({ suggested: [draft] });
    rightClick("Call");
    await userEvent.click(await item("Call", "Edit and log…"));
    expect(onOpen).toHaveBeenCalledWith("m1");
    rightClick("Call");
    await userEvent.click(await item("Call", "Not work"));
    await waitFor(() => expect(sent.map((s) => s.what)).toEqual(["POST /api/v1/drafts/m1/dismiss"]));
  });
  it("comes back when it was put aside", async () => {
    show({ dismissed: [draft] });
    rightClick("Call");
    const items = within(await menuOf("Call")).getAllByRole("menuitem");
    expect(items.map((i) => i.textContent)).toEqual(["Edit and log…", "Bring back"]);
    await userEvent.click(items[1] as HTMLElement);
    await waitFor(() => expect(sent.map((s) => s.what)).toEqual(["DELETE /api/v1/drafts/m1/dismiss"]));
  });
  it("is not logged in a closed period, and says so", async () => {
    show({ suggested: [draft] }, "2026-11-30");
    rightClick("Call");
    expect((await item("Call", "Log")).disabled).toBe(true);
    expect((await item("Call", "Edit and log…")).disabled).toBe(true);
    expect((await item("Call", "Not work")).disabled).toBe(false);
    expect(screen.getByText(en.drafts.closed)).toBeTruthy();
  });
});
