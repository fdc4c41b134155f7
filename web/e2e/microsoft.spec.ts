// Microsoft from the consent page to the words about leaving, in the order of a person's days. It happens to Bo, a
// member, so that nothing of it is among what the other specs look at.
import { expect, type Page, test } from "@playwright/test";
import { accessibleInBothThemes, fitsAt390, settled } from "./helpers";
import { PASSWORD } from "./sign-in";

const MICROSOFT = process.env.SANDBOX_MICROSOFT ?? "";
const BO = "bo@northwind.example";
const RUN = Date.now().toString(36);

// Only so that axe can be injected; the policy itself is tested in language.spec.ts.
test.use({ bypassCSP: true, storageState: { cookies: [], origins: [] } });
// One test begins where the one before it ended.
test.describe.configure({ mode: "serial" });

test.beforeEach(async ({ page, baseURL }) => {
  test.skip(!MICROSOFT, "SANDBOX_MICROSOFT names the simulator; scripts/e2e.sh sets it");
  const headers = { origin: new URL(baseURL ?? "").origin };
  const data = { email: BO, password: PASSWORD };
  expect((await page.request.post("/api/v1/auth/login", { headers, data })).ok()).toBe(true);
});

/** What an administrator at Microsoft decides, or the person on their account page. */
async function decide(page: Page, what: "consent" | "revoke", data?: object) {
  const url = `${MICROSOFT}/_sandbox/people/${encodeURIComponent(BO)}/${what}`;
  expect((await page.request.post(url, { data })).status()).toBe(204);
}

const card = (page: Page) => page.getByRole("article", { name: "Microsoft 365" });

/** From our page to Microsoft's. */
async function leave(page: Page) {
  await page.getByRole("button", { name: "Connect Microsoft 365" }).click();
  await expect(page.getByRole("heading", { name: "Permissions requested" })).toBeVisible();
  expect(page.url().startsWith(MICROSOFT)).toBe(true);
}

/** Agrees there as somebody, or cancels. */
async function answer(page: Page, button: "Accept" | "Cancel", person = "Bo Lindqvist") {
  await page.getByRole("radio", { name: person }).check();
  await page.getByRole("button", { name: button }).click();
  // The address is cleaned: no code, no state, no reason stays in it.
  await expect(page).toHaveURL(/\/integrations\/callback$/);
}

async function connections(page: Page) {
  const list = await page.request.get("/api/v1/integrations/connections");
  return ((await list.json()) as { items: { status: string }[] }).items;
}

test("consent that is refused connects nothing, and the way back leads to Microsoft again", async ({
  page,
}) => {
  const before = await connections(page);
  await page.goto("/integrations");
  await page.getByRole("link", { name: /^Connect Microsoft 365/ }).click();
  await leave(page);
  await answer(page, "Cancel");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("Microsoft did not give the access");
  await expect(alert).toContainText("If you cancelled there, try again and accept");
  expect(await connections(page)).toEqual(before);
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page).toHaveURL(/\/integrations\/connect\/microsoft$/);
});

test("where an administrator must approve first, the return has the text for them, and works once they did", async ({
  page,
}) => {
  await decide(page, "consent", { may: false });
  const before = (await connections(page)).filter((c) => c.status === "connected").length;
  await page.goto("/integrations/connect/microsoft");
  await leave(page);
  await answer(page, "Accept");
  await expect(page.getByRole("alert")).toContainText("If Microsoft asked for an administrator's approval");
  await expect(page.getByRole("heading", { name: "If Microsoft says that you need approval" })).toBeVisible();
  await expect(page.locator(".copyfield")).toContainText("- Calendars.ReadWrite:");
  expect((await connections(page)).filter((c) => c.status === "connected")).toHaveLength(before);
  await accessibleInBothThemes(page);
  await page.screenshot({ path: test.info().outputPath("approval-dark.png"), fullPage: true });
  await fitsAt390(page);
  await page.emulateMedia({ colorScheme: "light" });
  await page.screenshot({ path: test.info().outputPath("approval-390.png"), fullPage: true });

  await decide(page, "consent", { may: true });
  await page.getByRole("link", { name: "Try again" }).click();
  await leave(page);
  await answer(page, "Accept");
  const step = (name: string) => page.getByRole("listitem").filter({ hasText: name });
  await expect(step("Access granted")).toHaveAttribute("data-state", "done");
  await expect(step("Account found")).toContainText(BO);
  await expect(step("Calendars listed")).toContainText("2 calendars");
  await expect(step("First sync")).toHaveAttribute("data-state", "done");
  await expect(step("First sync")).toContainText(/[1-9]\d* events so far/);
  await page.getByRole("link", { name: "Choose calendars" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Calendars" })).toBeVisible();
  await expect(page.locator(".calrow").filter({ hasText: "Client work" })).toBeVisible();
  await page.goto("/integrations");
  await expect(card(page)).toContainText(BO);
  await expect(card(page).getByText("Healthy")).toBeVisible();
});

test("a change made at Microsoft shows on the open calendar, without a reload", async ({ page, context }) => {
  const at = new Date(Date.now() + 2 * 86_400_000);
  const day = at.toISOString().slice(0, 10);
  const title = `Quay survey ${RUN}`;
  await page.goto(`/calendar?week=${day}`);
  const grid = page.locator(".fcx");
  await grid.waitFor();
  const provider = await context.newPage();
  await provider.goto(`${MICROSOFT}/people/${encodeURIComponent(BO)}`);
  await provider.getByLabel("Title", { exact: true }).fill(title);
  await provider.getByLabel(/^Starts/).fill(`${day}T10:00`);
  await provider.getByRole("button", { name: "Add" }).click();
  await expect(grid.getByText(title)).toBeAttached();
  await provider.getByRole("button", { name: `Delete ${title}` }).click();
  await expect(grid.getByText(title)).toHaveCount(0);
});

test("a grant that was withdrawn says so by itself, and takes the same account back and no other", async ({
  page,
}) => {
  await page.goto("/integrations");
  await expect(card(page).getByText("Healthy")).toBeVisible();
  await decide(page, "revoke");
  await expect(card(page).getByText("Reconnect needed")).toBeVisible({ timeout: 30_000 });
  await expect(card(page)).toContainText("nothing is lost and your choices are kept");
  await accessibleInBothThemes(page);

  await card(page).getByRole("link", { name: "Reconnect" }).click();
  await leave(page);
  await answer(page, "Accept", "Cy Okafor");
  await expect(page.getByRole("alert")).toContainText("That is a different account");
  await page.getByRole("link", { name: "Try again" }).click();
  await leave(page);
  await answer(page, "Accept");
  await expect(page.getByText("Account found")).toBeVisible();
  await page.getByRole("link", { name: "All integrations" }).click();
  await expect(card(page)).toHaveCount(1);
  await expect(card(page).getByText("Healthy")).toBeVisible();
});

test("disconnecting says where the permission is removed by hand, before and after", async ({ page }) => {
  await page.goto("/integrations");
  await settled(page);
  await card(page)
    .getByRole("button", { name: /actions$/ })
    .click();
  await page.getByRole("menuitem", { name: "Disconnect…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await expect(dialog.getByText("How to take the access back")).toBeVisible();
  await expect(dialog.getByRole("link", { name: /myapplications\.microsoft\.com/ })).toBeVisible();
  await expect(dialog.getByRole("link", { name: /account\.live\.com/ })).toBeVisible();
  await accessibleInBothThemes(page);
  await fitsAt390(page);
  await page.screenshot({ path: test.info().outputPath("removal.png") });
  await dialog.getByRole("button", { name: "Disconnect", exact: true }).click();
  const left = page.getByText("One thing is left for you");
  await expect(left).toBeVisible();
  await expect(left).toContainText("myapplications.microsoft.com");
  await expect(card(page).getByText("Disconnected", { exact: true })).toBeVisible();
  await expect(card(page).getByRole("link", { name: "Reconnect" })).toBeVisible();
  expect((await connections(page)).map((c) => c.status)).toEqual(["disconnected"]);
});
