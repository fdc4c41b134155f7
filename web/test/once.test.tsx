// What is pressed again after a failure is the same request, and says so: the server does it once.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { IntlProvider } from "use-intl";
import { beforeEach, describe, expect, it, vi } from "vitest";

interface Sent {
  path: string;
  key: string | null;
}
const { sent, answers } = vi.hoisted(() => {
  const sent: Sent[] = [];
  // What the server answers to writes, one after the other.
  const answers: number[] = [];
  globalThis.fetch = (async (request: Request) => {
    if (request.method === "GET") return Response.json({ items: [], next_cursor: null });
    sent.push({ path: new URL(request.url).pathname, key: request.headers.get("Idempotency-Key") });
    const status = answers.shift() ?? 200;
    if (status === 200) return Response.json({ id: "e", title: "Call", start: "2026-11-30T09:00:00Z" });
    return Response.json({ code: "provider_unreachable", title: "No", detail: "No answer." }, { status });
  }) as typeof fetch;
  return { sent, answers };
});

import { queries } from "../src/api/queries";
import type { Calendar, CalendarEvent } from "../src/api/types";
import { themeFor } from "../src/app/theme";
import { MoveEvent } from "../src/features/events/MoveEvent";
import { MoveToCalendar } from "../src/features/events/MoveToCalendar";
import { NewEvent } from "../src/features/events/NewEvent";
import en from "../src/i18n/en.json";
import { Once } from "../src/lib/once";

const calendar = (id: string, connection_id: string) =>
  ({
    id,
    name: id,
    connection_id,
    provider: "caldav",
    active: true,
    sync_enabled: true,
    write_target: true,
    connection_status: "connected",
    provider_details: { access_role: "owner", connection_email: id },
  }) as unknown as Calendar;
const CALENDARS = [calendar("home", "1"), calendar("work", "2")];
const EVENT = {
  id: "e",
  calendar_id: "home",
  title: "Call",
  recurring: false,
  attendees: [],
} as unknown as CalendarEvent;

function show(element: ReactElement) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  client.setQueryData(queries.session().queryKey, {
    user: { time_zone: "UTC", locale: "en" },
    workspace: { time_zone: "UTC" },
    member: { role: "owner" },
  } as never);
  client.setQueryData(queries.calendars().queryKey, CALENDARS);
  const page = (inner: ReactElement) => (
    <MantineProvider theme={themeFor(en.common.close)} env="test">
      <IntlProvider locale="en" messages={en} timeZone="UTC">
        <QueryClientProvider client={client}>{inner}</QueryClientProvider>
      </IntlProvider>
    </MantineProvider>
  );
  const { rerender } = render(page(element));
  return (inner: ReactElement) => rerender(page(inner));
}
const press = (name: string | RegExp) => userEvent.click(screen.getByRole("button", { name }));
const requests = (count: number) => waitFor(() => expect(sent).toHaveLength(count));
const keys = () => sent.map((one) => one.key);

beforeEach(() => {
  sent.length = 0;
  answers.length = 0;
});

it("a key lasts until something else is sent, or until it is done", () => {
  const once = new Once();
  const first = once.keyFor("a", { b: 1 });
  expect(once.keyFor("a", { b: 1 })).toBe(first);
  const other = once.keyFor("a", { b: 2 });
  expect(other).not.toBe(first);
  once.done();
  expect(once.keyFor("a", { b: 2 })).not.toBe(other);
});

describe("pressed again after a failure", () => {
  it("a new event has the same key, and another one after an edit", async () => {
    answers.push(502, 502, 200);
    const onCreated = vi.fn();
    show(
      <NewEvent
        at="2026-11-30T09:00/2026-11-30T10:00"
        writable={CALENDARS}
        onCreated={onCreated}
        onClose={() => {}}
      />,
    );
    await userEvent.type(screen.getByLabelText(/^Title/), "Call");
    await press("Create event");
    await requests(1);
    await screen.findByText(/No answer\..*does it once/);
    await press("Create event");
    await requests(2);
    await userEvent.type(screen.getByLabelText(/^Title/), "!");
    await press("Create event");
    await waitFor(() => expect(onCreated).toHaveBeenCalledOnce());
    const [first, second, third] = keys();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it("a move to another calendar has the same key", async () => {
    answers.push(502, 200);
    const onDone = vi.fn();
    show(<MoveToCalendar event={EVENT} calendar={CALENDARS[0] as Calendar} onDone={onDone} />);
    await press("Move to calendar…");
    await press("Move it");
    await requests(1);
    await screen.findByText(/No answer\./);
    await press("Move it");
    await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
    expect(sent[0]?.path).toMatch(/\/move$/);
    expect(keys()[0]).toBeTruthy();
    expect(keys()[1]).toBe(keys()[0]);
  });

  it("a drag has the same key, and the next drag another, wherever it goes", async () => {
    answers.push(502, 200, 200);
    const onClose = vi.fn();
    const drag = () => (
      <MoveEvent
        moved={{
          event: EVENT,
          id: "e",
          start: new Date("2026-11-30T09:00Z"),
          end: new Date("2026-11-30T10:00Z"),
          revert: () => {},
        }}
        onClose={onClose}
      />
    );
    const again = show(drag());
    await screen.findByText("It is not known whether Call was moved");
    await press("Try again");
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
    again(drag());
    await requests(3);
    const [first, second, third] = keys();
    expect(first).toBeTruthy();
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});
