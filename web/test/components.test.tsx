import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { IntlProvider } from "use-intl";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/api/client";
import { themeFor } from "../src/app/theme";
import { ConfirmDestructive } from "../src/components/ConfirmDestructive";
import { QueryState } from "../src/components/States";
import { RejectDialog } from "../src/features/approvals/RejectDialog";
import { DurationInput } from "../src/features/timesheet/projectgrid/DurationInput";
import en from "../src/i18n/en.json";

const show = (element: ReactElement) =>
  render(
    <MantineProvider theme={themeFor(en.common.close)} env="test">
      <IntlProvider locale="en" messages={en} timeZone="UTC">
        {element}
      </IntlProvider>
    </MantineProvider>,
  );
const query = (more: object) => ({
  data: undefined,
  error: null,
  isPending: false,
  refetch: vi.fn(),
  ...more,
});

describe("QueryState", () => {
  const children = (items: string[]) => <ul>{items.join(" ")}</ul>;
  it("is a skeleton while loading", () => {
    show(<QueryState query={query({ isPending: true })}>{children}</QueryState>);
    expect(screen.getByRole("status", { name: "Loading…" })).toBeTruthy();
  });
  it("says what failed, and tries again", async () => {
    const failed = query({ error: new ApiError(502, "x", "The provider is down.", [], "req_1") });
    show(<QueryState query={failed}>{children}</QueryState>);
    expect(screen.getByRole("alert").textContent).toContain("The provider is down.");
    expect(screen.getByText("Request req_1")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(failed.refetch).toHaveBeenCalledOnce();
  });
  it("keeps showing what it has when a refresh fails", () => {
    show(<QueryState query={query({ data: ["a"], error: new Error("x") })}>{children}</QueryState>);
    expect(screen.getByText("a")).toBeTruthy();
  });
  it("shows the empty state only for nothing", () => {
    const isEmpty = (d: string[]) => d.length === 0;
    show(
      <QueryState query={query({ data: [] as string[] })} isEmpty={isEmpty} empty="nothing yet">
        {children}
      </QueryState>,
    );
    expect(screen.getByText("nothing yet")).toBeTruthy();
  });
});

describe("ConfirmDestructive", () => {
  it("names what goes and what stays, with the focus on Cancel", async () => {
    const onConfirm = vi.fn();
    const onClose = vi.fn();
    const what = { title: "Remove it?", action: "Remove", goes: ["the copy"], stays: ["the time"] };
    show(<ConfirmDestructive what={what} onConfirm={onConfirm} onClose={onClose} />);
    expect(screen.getByText("the copy")).toBeTruthy();
    expect(screen.getByText("the time")).toBeTruthy();
    const cancel = screen.getByRole("button", { name: "Cancel" });
    await vi.waitFor(() => expect(document.activeElement).toBe(cancel));
    await userEvent.click(screen.getByRole("button", { name: "Remove" }));
    expect(onConfirm).toHaveBeenCalledOnce();
  });
});

describe("RejectDialog", () => {
  it("sends nothing back without a reason", async () => {
    const onReject = vi.fn();
    show(<RejectDialog what="Call" onClose={vi.fn()} onReject={onReject} />);
    const reason = screen.getByRole("textbox", { name: /^Reason/ });
    const button = screen.getByRole("button", { name: "Reject" }) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    await userEvent.type(reason, "  ");
    expect(button.disabled).toBe(true);
    await userEvent.type(reason, "Whose is it? ");
    await userEvent.click(button);
    expect(onReject.mock.calls).toEqual([["Whose is it?"]]);
  });
});

describe("DurationInput", () => {
  const field = (more: object = {}) => {
    const onCommit = vi.fn();
    const props = { label: "Site, Monday", minutes: 90, onCommit, ...more };
    const shown = show(<DurationInput {...props} />);
    const input = screen.getByRole("textbox", { name: "Site, Monday" }) as HTMLInputElement;
    return { onCommit, input, props, ...shown };
  };
  it("sends what was typed once, by Enter or by leaving", async () => {
    const { onCommit, input } = field();
    await userEvent.clear(input);
    await userEvent.type(input, "2h{Enter}");
    await userEvent.tab();
    expect(onCommit.mock.calls).toEqual([["2h"]]);
  });
  it("sends nothing that is there already, and takes back with Escape", async () => {
    const { onCommit, input } = field();
    await userEvent.type(input, "{Enter}");
    await userEvent.type(input, "5{Escape}");
    expect(input.value).toBe("1:30");
    await userEvent.tab();
    expect(onCommit).not.toHaveBeenCalled();
  });
  it("after a refusal sends the same again only when it is asked to", async () => {
    const { onCommit, input } = field({ wrong: true });
    await userEvent.clear(input);
    await userEvent.type(input, "90{Enter}");
    await userEvent.tab();
    expect(onCommit).toHaveBeenCalledTimes(1);
    await userEvent.type(input, "{Enter}");
    expect(onCommit).toHaveBeenCalledTimes(2);
    expect(input.getAttribute("aria-invalid")).toBe("true");
  });
});
