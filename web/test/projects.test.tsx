import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { IntlProvider } from "use-intl";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { actions } from "../src/api/actions";
import { queries } from "../src/api/queries";
import type { Client, Project, ProjectBudget } from "../src/api/types";
import { themeFor } from "../src/app/theme";
import { BudgetBars } from "../src/features/projects/BudgetBar";
import { ProjectDetails } from "../src/features/projects/ProjectDetails";
import en from "../src/i18n/en.json";

const CLIENTS = [
  { id: "tokyo", name: "Tokyo Ink", currency: "JPY", archived: false },
  { id: "paris", name: "Paris Ink", currency: "EUR", archived: false },
] as unknown as Client[];
const PROJECT = {
  id: "site",
  name: "Site",
  client_id: "tokyo",
  color: null,
  currency: null,
  hourly_rate_minor: 12_000,
  budget_minutes: null,
  budget_minor: 500_000,
  billable: true,
  archived: false,
} as unknown as Project;

function show(element: ReactElement) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  const session = { workspace: { currency: "EUR" }, member: { role: "owner" }, user: {} };
  client.setQueryData(queries.session().queryKey, session as never);
  client.setQueryData(queries.clients().queryKey, CLIENTS);
  const budget = { budget_minor: 500_000, budget_minutes: null, used_minor: { JPY: 120_000 } };
  client.setQueryData(queries.budget("site").queryKey, {
    ...budget,
    used_minutes: 600,
    unpriced_minutes: 0,
  } as ProjectBudget);
  return render(
    <QueryClientProvider client={client}>
      <MantineProvider theme={themeFor(en.common.close)} env="test">
        <IntlProvider locale="en" messages={en} timeZone="UTC">
          {element}
        </IntlProvider>
      </MantineProvider>
    </QueryClientProvider>,
  );
}

describe("a project of a client who is billed in yen", () => {
  const save = vi.spyOn(actions, "saveProject").mockResolvedValue(PROJECT);
  beforeEach(() => save.mockClear());
  const rate = () => screen.getByLabelText(en.projects.rate) as HTMLInputElement;

  it("shows its rate in yen, and saving something else leaves the rate as it is", async () => {
    show(<ProjectDetails project={PROJECT} clients={CLIENTS} />);
    expect(rate().value).toBe("12000");
    await userEvent.type(screen.getByLabelText(new RegExp(`^${en.projects.name}`)), "!");
    await userEvent.click(screen.getByRole("button", { name: /^Save/ }));
    await vi.waitFor(() => expect(save).toHaveBeenCalledOnce());
    expect(save.mock.calls[0]?.[1]).toMatchObject({ name: "Site!", hourly_rate_minor: 12_000 });
  });

  it("shows its budget in yen", () => {
    show(<BudgetBars project={PROJECT} />);
    expect(screen.getByText(/120,000/).textContent).toContain("500,000");
  });
});
