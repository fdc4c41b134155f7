import { expect, test } from "@playwright/test";
import { sessionOf, settled } from "./helpers";

test("assets are immutable, pages are not cached, unknown assets are 404", async ({ request }) => {
  const page = await request.get("/integrations");
  expect(page.headers()["cache-control"]).toBe("no-cache");
  expect(page.headers()["content-security-policy"]).toContain("default-src 'self'");
  const script = /\/assets\/index-[\w-]+\.js/.exec(await page.text())?.[0] ?? "";
  expect((await request.get(script)).headers()["cache-control"]).toContain("immutable");
  expect((await request.get("/assets/nope.js")).status()).toBe(404);
  expect((await request.get("/api/nope")).status()).toBe(404);
  expect((await request.get("/licenses.txt")).ok()).toBe(true);
});

test("times are in the person's zone, not the browser's, and say so", async ({ page, request }) => {
  const { timeZone } = await sessionOf(request);
  const city = timeZone.split("/").pop()?.replaceAll("_", " ") ?? timeZone;
  await page.goto("/");
  await expect(page.getByText(new RegExp(`times in ${city}`))).toBeVisible();
});

test("weeks with a clock change have seven days and neighbours", async ({ page }) => {
  for (const [week, days, next] of [
    ["2026-10-19", "Sun 25", "Mon 26"],
    ["2026-03-23", "Sun 29", "Mon 30"],
  ] as const) {
    await page.goto(`/calendar?week=${week}`);
    await expect(page.getByText(days, { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Next week" }).click();
    await expect(page.getByText(next, { exact: true })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(next === "Mon 26" ? "2026-10-26" : "2026-03-30"));
  }
});

test("reloading keeps filters and the open row", async ({ page }) => {
  await page.goto("/integrations/logs");
  await page.getByLabel("Result").selectOption("ok");
  await expect(page).toHaveURL(/result=ok/);
  await page.locator("tbody .rowlink").first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Result")).toHaveValue("ok");
  await page.goto("/timesheet?status=approved&source=calendar");
  await expect(page.getByLabel("Status")).toHaveValue("approved");
  await expect(page.getByLabel("Source")).toHaveValue("calendar");
});

test("a filter that matches nothing says so and can be cleared", async ({ page }) => {
  await page.goto("/integrations/logs");
  await page.getByLabel("Search").fill("no such thing anywhere 4711");
  await expect(page.getByText("Nothing matches this filter")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.locator("tbody tr").first()).toBeVisible();
});

test("the palette goes to a page, and the focus returns when it is closed", async ({ page }) => {
  await page.goto("/integrations");
  await settled(page);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Go to a page or run an action").fill("timesh");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/timesheet/);
});

test("go-keys, skip link and the drawer's focus work without a mouse", async ({ page }) => {
  await page.goto("/integrations/logs");
  await settled(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  const first = page.locator("tbody .rowlink").first();
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(first).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page).toHaveURL(/timesheet/);
});

test("? lists the keys, and closing the list gives the focus back", async ({ page }) => {
  await page.goto("/integrations/logs");
  await settled(page);
  const opener = page.getByLabel("Result");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  // Not while typing or choosing: there it is a letter like any other.
  await opener.focus();
  await page.keyboard.press("?");
  await expect(dialog).toHaveCount(0);
  const row = page.locator("tbody .rowlink").first();
  await row.focus();
  await page.keyboard.press("?");
  await expect(dialog.getByText("Find a page or an action")).toBeVisible();
  await expect(dialog.getByText("Timesheet", { exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(row).toBeFocused();
  const button = page.getByRole("button", { name: "Keyboard shortcuts" });
  await button.click();
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
});

test("short meetings show their whole line, and nothing in the grid lies on anything else", async ({
  page,
}) => {
  const week = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  await page.goto(`/calendar?week=${week}`);
  const short = page.locator(".fcx .ev[data-room=line]").filter({ hasText: "Daily check-in" }).first();
  await expect(short).toHaveText(/^Daily check-in · \d\d:\d\d/);
  const cut = await page.locator(".fcx .ev[data-room=line], .fcx .ev[data-room=two]").evaluateAll((blocks) =>
    blocks
      .filter((block) => {
        const outer = (
          block.closest(".e-logged, .e-unlogged, .e-upcoming, .e-off") ?? block
        ).getBoundingClientRect();
        const text = block.getBoundingClientRect();
        return text.top < outer.top - 0.5 || text.bottom > outer.bottom + 0.5;
      })
      .map((block) => block.textContent),
  );
  expect(cut).toEqual([]);
  const overlapping = await page
    .locator(".fcx :is(.e-logged, .e-unlogged, .e-upcoming, .e-off)")
    .evaluateAll((blocks) => {
      const boxes = blocks.map((b) => ({ box: b.getBoundingClientRect(), text: b.textContent }));
      return boxes.flatMap((a, i) =>
        boxes
          .slice(i + 1)
          .filter(
            (b) =>
              Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 2 &&
              Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 2,
          )
          .map((b) => `${a.text} / ${b.text}`),
      );
    });
  expect(overlapping).toEqual([]);
});

test("the chosen theme stays", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Dark theme" }).click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
});

test.describe("signed out", () => {
  test.use({ storageState: { cookies: [], origins: [] } });
  test("a deep link asks to sign in and comes back; a wrong password is refused", async ({ page }) => {
    const { EMAIL, PASSWORD } = await import("./sign-in");
    await page.goto("/integrations/logs?result=failed");
    await expect(page).toHaveURL(/sign-in/);
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.locator("input[type=password]").fill("not the password at all");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("do not belong together");
    await page.locator("input[type=password]").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/integrations\/logs\?result=failed/);
  });
});
