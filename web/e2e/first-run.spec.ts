// The first minutes of a new server: its owner, then a second person by invitation.
import { expect, type Page, test } from "@playwright/test";
import { type Fresh, freshServer } from "./fresh";
import { expectAccessible, settled } from "./helpers";

test.use({ storageState: { cookies: [], origins: [] }, bypassCSP: true });
test.describe.configure({ mode: "serial" });

const PASSWORD = "a fresh page of paper";
let server: Fresh;
let link = "";
test.beforeAll(async () => {
  server = await freshServer();
});
test.afterAll(() => server?.stop());

async function fillSetup(page: Page, password: string) {
  await page.getByLabel("Your name").fill("Olive Reyes");
  await page.getByLabel("E-mail").fill("olive@studio.example");
  await page.locator("input[type=password]").fill(password);
  await page.getByLabel("Workspace").fill("Studio Olive");
  await page.getByRole("button", { name: "Create account" }).click();
}

test("a new server asks for its first person, in both themes", async ({ page }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${server.url}/integrations`);
    await expect(page).toHaveURL(`${server.url}/setup`);
    await settled(page);
    await expectAccessible(page);
  }
});

test("the first person sets it up, invites a second one, and both are in", async ({ page, browser }) => {
  await page.goto(`${server.url}/setup`);
  await expect(page.getByRole("combobox", { name: "Time zone" })).toHaveValue("America/New_York");
  await fillSetup(page, "too short");
  await expect(page.getByText("Use at least 12 characters.")).toBeVisible();
  await fillSetup(page, PASSWORD);
  await expect(page.getByRole("heading", { level: 1, name: "Today, Olive" })).toBeVisible();
  await expect(page.getByText("Three steps to the first billable hour")).toBeVisible();

  await page.goto(`${server.url}/settings/members`);
  await page.getByRole("button", { name: "Invite" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("bo@studio.example");
  await dialog.getByRole("button", { name: "Make invitation" }).click();
  link = ((await dialog.locator(".copyfield").textContent()) ?? "").trim();
  expect(link.startsWith(`${server.url}/invitations/`)).toBe(true);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("cell", { name: "bo@studio.example", exact: true })).toBeVisible();

  const other = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const second = await other.newPage();
  await second.goto(link);
  await second.getByLabel("Your name").fill("Bo Lindqvist");
  await second.locator("input[type=password]").fill("another page of paper");
  await second.getByRole("button", { name: "Create account and join" }).click();
  await expect(second.getByRole("heading", { level: 1, name: "Today, Bo" })).toBeVisible();

  await page.reload();
  const row = page.getByRole("row").filter({ hasText: "Bo Lindqvist" });
  await expect(row).toContainText("bo@studio.example");
  await expect(page.getByRole("region", { name: "Open invitations" })).toContainText("None.");
  await page.goto(`${server.url}/settings/notifications`);
  await expect(page.getByText("This server sends no mail yet")).toBeVisible();
  await other.close();
});

test("set up is set up: the door asks for a password, and a used invitation says so", async ({ page }) => {
  await page.goto(link);
  await page.getByLabel("Your name").fill("Someone Else");
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account and join" }).click();
  await expect(page.getByRole("alert")).toContainText(/invitation/i);
  await page.goto(`${server.url}/setup`);
  await expect(page).toHaveURL(/sign-in/);
  await page.getByLabel("E-mail").fill("olive@studio.example");
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Today, Olive" })).toBeVisible();
  await page.goto(`${server.url}/setup`);
  await expect(page).toHaveURL(`${server.url}/`);
});
