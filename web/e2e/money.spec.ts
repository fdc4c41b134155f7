// From a client to a paid invoice: who is billed, what an hour costs, the draft beside its paper, and every step after it.
import { type APIRequestContext, expect, type Locator, type Page, test } from "@playwright/test";
import { accessibleInBothThemes, fitsAt390, MAILS, mailsTo, mailTaken, NO_MAILS, settled } from "./helpers";

// Only so that axe can be injected; the policy itself is tested in language.spec.ts.
test.use({ bypassCSP: true });
// Long walks, with axe at several stops: a busy machine may take its time.
test.describe.configure({ mode: "serial", timeout: 240_000 });

const RUN = Date.now().toString(36);
const CLIENT = `Osprey Marine ${RUN}`;
const PROJECT = `Dry dock ${RUN}`;
/** A whole month that no other test bills. */
const [FIRST, LAST] = ["2026-03-01", "2026-03-31"];
// A square of 16 pixels.
const LOGO = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mNgy0ogCTGMahjVMHw1AAA7stABc2aTBQAAAABJRU5ErkJggg==",
  "base64",
);
const paper = (page: Page) => page.getByRole("region", { name: "The invoice on paper" });
const toPay = (page: Page) => paper(page).locator(".papertotal strong");

/** Approved time of the project: 90 and 150 minutes. */
async function work(request: APIRequestContext, origin: string) {
  const headers = { origin };
  const list = await (await request.get("/api/v1/projects?limit=200")).json();
  const project = list.items.find((p: { name: string }) => p.name === PROJECT);
  for (const [day, minutes] of [
    ["2026-03-04", 90],
    ["2026-03-05", 150],
  ]) {
    const data = {
      description: `Survey ${RUN}`,
      started_at: `${day}T09:00:00Z`,
      duration_minutes: minutes,
      client_id: project.client_id,
      project_id: project.id,
      billable: true,
    };
    const { id } = await (await request.post("/api/v1/time-entries", { headers, data })).json();
    for (const step of ["submit", "approve"])
      expect((await request.post(`/api/v1/time-entries/${id}/${step}`, { headers })).ok()).toBe(true);
  }
}

async function clientId(page: Page): Promise<string> {
  await page.goto("/clients");
  await page.getByRole("link", { name: CLIENT, exact: true }).click();
  await page.waitForURL(/\/clients\/[0-9a-f-]+$/);
  return page.url().split("/").pop() ?? "";
}

/** Chooses a tax that is not in the list yet. */
async function otherTax(page: Page, select: Locator, rate: string) {
  await select.selectOption({ label: "Another…" });
  const dialog = page.getByRole("dialog", { name: "Another tax" });
  await dialog.getByLabel("Kind of tax").selectOption("S");
  await dialog.getByLabel("Rate in %").fill(rate);
  await dialog.getByRole("button", { name: "Use this tax" }).click();
  await expect(dialog).toBeHidden();
}

test("the sender's details, the logo and the numbers are set", async ({ page }) => {
  await page.goto("/settings/billing");
  await settled(page);
  const seller = page.getByRole("form", { name: "Sender" });
  await seller.getByLabel("Legal name").fill("Northwind Studio S.L.");
  await seller.getByLabel("Street and number").fill("Calle de Alcalá 42");
  await seller.getByLabel("Town").fill("Madrid");
  await seller.getByRole("combobox", { name: "Country" }).fill("Spai");
  await page.getByRole("option", { name: "Spain" }).click();
  await seller.getByRole("button", { name: "Save Sender" }).click();
  await expect(seller.getByText("Not saved yet")).toBeHidden();

  const bank = page.getByRole("form", { name: "Bank" });
  await bank.getByLabel("IBAN").fill("ES00 0000 0000 0000 0000 0000");
  const refused = page.waitForResponse((r) => r.request().method() === "PATCH" && r.status() === 422);
  await bank.getByRole("button", { name: "Save Bank" }).click();
  const detail = (await (await refused).json()).errors[0].detail as string;
  await expect(bank.getByText(detail)).toBeVisible();
  await bank.getByLabel("IBAN").fill("ES91 2100 0418 4502 0005 1332");
  await bank.getByRole("button", { name: "Save Bank" }).click();
  await expect(bank.getByText("Not saved yet")).toBeHidden();

  const numbers = page.getByRole("form", { name: "Numbers" });
  await numbers.getByLabel("Credit notes").fill("CN{YY}");
  await expect(numbers.getByText("This makes no numbers yet")).toBeVisible();
  await numbers.getByLabel("Credit notes").fill("CN{YY}-{NNN}");
  await expect(numbers.getByText(/The first ones: CN\d\d-001, CN\d\d-002/)).toBeVisible();
  await numbers.getByRole("button", { name: "Save Numbers" }).click();
  await expect(numbers.getByText("Not saved yet")).toBeHidden();

  const logo = page.getByRole("region", { name: "Logo" });
  await page.getByLabel("Logo file").setInputFiles({ name: "a.gif", mimeType: "image/gif", buffer: LOGO });
  await expect(logo.getByRole("alert")).toContainText("take a PNG or JPEG");
  await page.getByLabel("Logo file").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: LOGO });
  await expect(logo.getByRole("img", { name: "Your logo" })).toBeVisible();
  await accessibleInBothThemes(page);
  await logo.getByRole("button", { name: "Remove" }).click();
  await expect(logo.getByText("No logo yet")).toBeVisible();
});

test("a client and a project get what an invoice needs, and rates by day", async ({ page }) => {
  await page.goto("/clients?client=new");
  await page.getByRole("dialog").getByLabel("Name").fill(CLIENT);
  await page.getByRole("dialog").getByLabel("E-mail").fill("accounts@osprey.example");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: CLIENT })).toBeVisible();
  const billing = page.getByRole("form", { name: "On invoices" });
  await billing.getByLabel("Street and number").fill("Pier 4");
  await billing.getByLabel("Days to pay").fill("14");
  await billing.getByRole("button", { name: "Save On invoices" }).click();
  await expect(billing.getByText("Not saved yet")).toBeHidden();

  await page.getByRole("link", { name: "Add project" }).click();
  const drawer = page.getByRole("dialog", { name: "Add project" });
  await drawer.getByLabel("Name").fill(PROJECT);
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: PROJECT })).toBeVisible();
  const details = page.getByRole("form", { name: "Details" });
  await details.getByLabel("Hourly rate").fill("80");
  await details.getByRole("button", { name: "Save Details" }).click();
  await expect(details.getByText("Not saved yet")).toBeHidden();
  const budget = page.getByRole("form", { name: "Budget" });
  await budget.getByLabel("Planned hours").fill("10:00");
  await budget.getByRole("button", { name: "Save Budget" }).click();
  await expect(budget.getByText("0:00 of 10:00 (0 %)")).toBeVisible();

  const rates = page.getByRole("region", { name: "Rates" });
  const dialog = page.getByRole("dialog", { name: /rate/ });
  const add = async (price: string, from: string) => {
    await rates.getByRole("button", { name: "Add a rate" }).click();
    await dialog.getByLabel("Price of an hour").fill(price);
    await dialog.getByLabel("First day").fill(from);
    await dialog.getByRole("button", { name: "Save" }).click();
  };
  await add("100", "2026-01-01");
  await expect(dialog).toBeHidden();
  await expect(rates.getByRole("listitem")).toContainText(["€100.00 an hour"]);
  await add("120", "2026-06-01");
  await expect(dialog.getByRole("alert")).toContainText("is valid on some of these days");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await accessibleInBothThemes(page);
});

test("a client's page lists the rules that book on it, and begins one with the client's domain", async ({
  page,
}) => {
  await page.goto("/clients");
  await page.getByRole("link", { name: CLIENT }).first().click();
  const rules = page.getByRole("region", { name: "Rules" });
  await expect(rules).toContainText("No rule books meetings here yet.");
  await rules.getByRole("button", { name: "Add rule" }).click();
  const drawer = page.getByRole("dialog", { name: "Add rule" });
  await expect(drawer.getByLabel("Name")).toHaveValue(CLIENT);
  await expect(drawer.getByText("osprey.example", { exact: true })).toBeVisible();
  await expect(drawer.getByLabel("Billing")).toHaveValue("project");
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toBeHidden();
  await expect(rules.getByRole("button", { name: CLIENT })).toBeVisible();
  await expect(rules).toContainText(/Fits \d+ of \d+ meetings of the last 30 days/);
});

test("approved time is previewed, drafted, changed beside its paper, and finalised", async ({
  page,
  request,
  baseURL,
}) => {
  await work(request, new URL(baseURL ?? "").origin);
  await page.goto("/clients");
  await page.getByRole("link", { name: CLIENT, exact: true }).click();
  await page.getByRole("link", { name: "New invoice" }).click();
  await page.getByLabel("First day").fill(FIRST);
  await page.getByLabel("Last day").fill(LAST);
  await expect(toPay(page)).toHaveText("€400.00");
  await accessibleInBothThemes(page);
  await page.getByRole("button", { name: "Draft it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Draft of an invoice" })).toBeVisible();

  const editor = page.getByRole("region", { name: "Change the draft" });
  await editor.getByLabel("Round time").selectOption("up");
  await editor.getByLabel("Minutes").fill("60");
  await expect(toPay(page)).toHaveText("€500.00");
  await editor.getByRole("button", { name: "Add a line" }).click();
  const line = editor.getByRole("group", { name: "Line 2" });
  await expect(line.getByText("Saved once it has a description and a price.")).toBeVisible();
  await line.getByLabel("Description").fill("Printed plans");
  await line.getByLabel("Quantity").fill("2");
  await line.getByLabel("Price").fill("25");
  await expect(toPay(page)).toHaveText("€550.00");
  await editor.getByRole("button", { name: "Move up: Printed plans" }).click();
  await expect(paper(page).getByRole("row").nth(1)).toContainText("Printed plans");
  const first = editor.getByRole("group", { name: "Line 1" });
  await otherTax(page, first.getByLabel("Tax"), "10");
  await expect(editor.getByRole("alert")).toContainText("cannot stand beside taxed ones");
  await otherTax(page, editor.getByLabel("Tax of all lines"), "20");
  await expect(toPay(page)).toHaveText("€655.00");
  await expect(editor.getByRole("alert")).toHaveCount(0);
  await editor.getByLabel("Discount").selectOption("percent");
  await editor.getByLabel("How much").fill("150");
  await expect(editor.getByText("must be from 0 to 100")).toBeVisible();
  await editor.getByLabel("How much").fill("10");
  await expect(toPay(page)).toHaveText("€589.50");
  await editor.getByLabel("Notes").fill("With thanks from the dock.");
  await expect(paper(page)).toContainText("With thanks from the dock.");
  await expect(editor.getByRole("status").filter({ hasText: "All changes are saved" })).toBeVisible();
  await accessibleInBothThemes(page);

  await page.reload();
  await expect(toPay(page)).toHaveText("€589.50");
  await expect(first.getByLabel("Tax").locator("option:checked")).toHaveText("VAT 10 %");
  await page.getByRole("button", { name: "Finalise" }).click();
  const question = page.getByRole("dialog", { name: "Finalise this invoice?" });
  await expect(question).toContainText(`${CLIENT}: €589.50`);
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await question.getByRole("button", { name: "Finalise" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: /^Invoice \d{4}-\d{4}$/ })).toBeVisible();
  await expect(editor).toHaveCount(0);
});

test("an invoice is printed, sent, paid in parts and taken back", async ({ page }) => {
  await page.goto("/clients");
  await page.getByRole("link", { name: CLIENT, exact: true }).click();
  await page.getByRole("link", { name: /^\d{4}-\d{4}$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Invoice \d{4}/ })).toBeVisible();
  const pdf = await page.request.get(
    (await page.getByRole("link", { name: "PDF" }).getAttribute("href")) ?? "",
  );
  expect(pdf.headers()["content-type"]).toBe("application/pdf");
  expect((await pdf.body()).subarray(0, 5).toString()).toBe("%PDF-");

  const history = page.getByRole("region", { name: "History" });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const send = page.getByRole("dialog", { name: /^Send / });
  if (MAILS) await send.getByRole("switch", { name: "The client has it already" }).click();
  else await expect(send).toContainText("This server sends no mail yet");
  await send.getByRole("button", { name: "Note it as sent" }).click();
  await expect(send).toBeHidden();
  await expect(history).toContainText("Given to the client by hand");

  const pay = page.getByRole("dialog", { name: "Note a payment" });
  const note = async (amount: string) => {
    await page.getByRole("button", { name: "Note a payment" }).click();
    await pay.getByLabel("Amount").fill(amount);
    await pay.getByRole("button", { name: "Note it" }).click();
  };
  await note("600");
  await expect(pay.getByText(/open|left|more/i).last()).toBeVisible();
  await pay.getByLabel("Amount").fill("99.50");
  await expect(pay.getByRole("status")).toContainText("€490.00 is left");
  await pay.getByRole("button", { name: "Note it" }).click();
  await expect(pay).toBeHidden();
  await expect(page.getByText("Partly paid")).toBeVisible();
  await history.getByRole("button", { name: "Remove this payment €99.50" }).click();
  await expect(history).not.toContainText("Payment of €99.50");
  await note("589.50");
  await expect(pay).toBeHidden();
  await expect(history).toContainText("Nothing was left to pay");
  await accessibleInBothThemes(page);
  await fitsAt390(page);
  await page.setViewportSize({ width: 1280, height: 720 });

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Credit note" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Draft of a credit note" })).toBeVisible();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete draft" }).click();
  const remove = page.getByRole("dialog", { name: "Delete this draft?" });
  await remove.getByRole("button", { name: "Delete draft" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Invoices" })).toBeVisible();
});

test("a credit note of all of it gives the time back, or is told not to", async ({ page }) => {
  const client = await clientId(page);
  const list = await (await page.request.get(`/api/v1/invoices?client_id=${client}`)).json();
  const billed = list.items.find((i: { kind: string; status: string }) => i.status === "paid");
  const headers = { origin: new URL(page.url()).origin };
  const draft = async () =>
    (
      await (
        await page.request.post(`/api/v1/invoices/${billed.id}/credit-note`, { headers, data: {} })
      ).json()
    ).id as string;
  await page.goto(`/invoices/${await draft()}`);
  await page.getByRole("button", { name: "Finalise" }).click();
  const question = page.getByRole("dialog", { name: "Finalise this credit note?" });
  const back = question.getByRole("switch", { name: `Give the time of ${billed.number} back` });
  await expect(back).toBeChecked();
  await back.click();
  await expect(question).toContainText("the work is not billed at all");
  await accessibleInBothThemes(page);
  const sent = page.waitForRequest((r) => r.url().endsWith("/finalize"));
  await question.getByRole("button", { name: "Finalise" }).click();
  expect((await sent).postDataJSON()).toMatchObject({ release_entries: false });
  await expect(question).toBeHidden();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Cancel credit note" }).click();
  const ending = page.getByRole("dialog", { name: /^Cancel / });
  await expect(ending).toContainText("the time stays on its invoice");
  await ending.getByRole("button", { name: "Cancel credit note" }).click();
  await expect(page.getByText("The invoice counts in full again.")).toBeVisible();
});

test("letters that no font has are named with their place, and are finalised only knowingly", async ({
  page,
}) => {
  const client_id = await clientId(page);
  const data = { client_id, notes: "謝謝", lines: [{ description: "Hull 翻", price_minor: 1000 }] };
  const headers = { origin: new URL(page.url()).origin };
  const { id } = await (await page.request.post("/api/v1/invoices", { headers, data })).json();
  await page.goto(`/invoices/${id}`);
  await page.getByRole("button", { name: "Finalise" }).click();
  const question = page.getByRole("dialog", { name: "Finalise this invoice?" });
  await question.getByRole("button", { name: "Finalise" }).click();
  const told = question.getByRole("alert").filter({ hasText: "cannot be printed" });
  await expect(told).toContainText("“謝謝” (lacking: 謝) · Reference, notes or payment terms of this draft");
  await expect(told).toContainText("“Hull 翻” (lacking: 翻) · Line 1 of this draft");
  await accessibleInBothThemes(page);
  await question.getByRole("button", { name: "Finalise all the same" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: /^Invoice / })).toBeVisible();
});

test("where the server sends mail, the client's address is there; when answers are lost, it is mailed once", async ({
  page,
}) => {
  test.skip(!MAILS, NO_MAILS);
  const data = { client_id: await clientId(page), lines: [{ description: "Berth", price_minor: 1000 }] };
  const headers = { origin: new URL(page.url()).origin };
  const { id } = await (await page.request.post("/api/v1/invoices", { headers, data })).json();
  const made = await page.request.post(`/api/v1/invoices/${id}/finalize`, { headers });
  expect(made.ok()).toBe(true);
  const { number } = (await made.json()) as { number: string };
  const asked: { body: unknown; key: string | undefined }[] = [];
  const heard: number[] = [];
  // The first time the server hears nothing of it; the second time it does, and its answer is lost.
  await page.route("**/api/v1/invoices/*/send", async (route) => {
    const request = route.request();
    asked.push({ body: request.postDataJSON(), key: request.headers()["idempotency-key"] });
    if (asked.length > 2) return route.continue();
    if (asked.length === 2) {
      const answer = await route.fetch({ headers: { ...request.headers(), ...headers } });
      heard.push(answer.status());
    }
    await route.abort();
  });
  await page.goto(`/invoices/${id}`);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const send = page.getByRole("dialog", { name: /^Send / });
  await expect(send.getByLabel("To")).toHaveValue("accounts@osprey.example");
  await send.getByLabel("Message").fill("Fair winds.");
  await accessibleInBothThemes(page);
  await send.getByRole("button", { name: "Send it" }).click();
  await expect(send.getByRole("alert")).toContainText("could not be reached");
  await send.getByRole("button", { name: "Send it" }).click();
  await expect.poll(() => heard).toEqual([200]);
  await send.getByRole("button", { name: "Send it" }).click();
  await expect(send).toBeHidden();
  expect(asked).toHaveLength(3);
  expect(asked[0]?.body).toEqual({
    by_hand: false,
    to: "accounts@osprey.example",
    message: "Fair winds.",
  });
  expect(asked[0]?.key).toBeTruthy();
  expect([asked[1], asked[2]]).toEqual([asked[0], asked[0]]);
  await mailTaken(page, "accounts@osprey.example");
  const mails = mailsTo("accounts@osprey.example").filter((mail) => mail.subject.includes(number));
  expect(mails).toHaveLength(1);
  expect(mails[0]?.text).toContain("Fair winds.");
});

test("a client with invoices is not deleted: the page says why and offers to archive it", async ({
  page,
}) => {
  await page.goto("/clients");
  await page.getByRole("link", { name: CLIENT, exact: true }).click();
  await page.getByRole("button", { name: `Delete ${CLIENT}…` }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${CLIENT}?` });
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("archive it instead");
  await dialog.getByRole("button", { name: "Archive it instead" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator(".pagetitle").getByText("Archived")).toBeVisible();
  await expect(page.getByRole("switch", { name: "Archived" })).toBeChecked();
});

test("notices are chosen by kind and channel, and where no mail is sent that is said", async ({ page }) => {
  await page.goto("/settings/notifications");
  await settled(page);
  const form = page.getByRole("form", { name: "Kinds and channels" });
  const choice = form.getByRole("checkbox", { name: "Time waits for my approval: Mail" });
  await expect(choice).toBeVisible();
  await expect(page.getByText("This server sends no mail yet")).toHaveCount(MAILS ? 0 : 1);
  const before = await choice.isChecked();
  await choice.click();
  await form.getByLabel("Time of the summary").fill("18:15");
  const saved = page.waitForRequest((r) => r.method() === "PUT");
  await form.getByRole("button", { name: /^Save/ }).click();
  expect((await saved).postDataJSON()).toEqual({
    items: [{ kind: "approval_needed", mail: !before }],
    daily_summary_time: "18:15",
  });
  await expect(form.getByText("Not saved yet")).toBeHidden();
  await page.reload();
  await expect(choice).toBeChecked({ checked: !before });
  await expect(form.getByLabel("Time of the summary")).toHaveValue("18:15");
});

test("a rule shows what it fits while it is written, and rules change places", async ({ page }) => {
  await page.goto("/rules?rule=new");
  const drawer = page.getByRole("dialog", { name: "Add rule" });
  await drawer.getByLabel("Name").fill(`Stand-ups ${RUN}`);
  const preview = drawer.locator(".preview");
  await expect(preview).toContainText("Say when the rule fits");
  await drawer.getByRole("combobox", { name: "Title" }).or(drawer.getByLabel("Title")).first().fill("e");
  await page.keyboard.press("Enter");
  await expect(preview).toContainText(/Fits [1-9]\d* of \d+ meetings/);
  await drawer.getByLabel("Meetings like this are not work").click();
  await drawer.getByRole("button", { name: "Save" }).click();
  await expect(drawer).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: `Stand-ups ${RUN}` });
  await expect(row).toContainText("Title: e");
  await expect(row).toContainText("Not work: left out");
  await row.getByRole("button", { name: `Stand-ups ${RUN}`, exact: true }).click();
  const edit = page.getByRole("dialog", { name: "Edit rule" });
  await edit.getByRole("button", { name: "Delete" }).click();
  await page
    .getByRole("dialog", { name: /^Delete the rule/ })
    .getByRole("button", { name: "Delete" })
    .click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(row).toHaveCount(0);
});

test("a rule says which rules above it decide first, and that its client is archived", async ({ page }) => {
  await page.goto("/rules");
  const headers = { origin: new URL(page.url()).origin };
  const post = async (path: string, data: object) =>
    (await (await page.request.post(`/api/v1/${path}`, { headers, data })).json()).id as string;
  const client = await post("clients", { name: `Mothballed ${RUN}` });
  const first = await post("time-rules", {
    name: `First ${RUN}`,
    position: 1,
    conditions: { titles: ["weekly"] },
    billable: false,
  });
  const own = await post("time-rules", {
    name: `Later ${RUN}`,
    position: 2,
    conditions: { titles: ["e"] },
    client_id: client,
  });
  await page.request.patch(`/api/v1/clients/${client}`, { headers, data: { archived: true } });
  await page.reload();
  const row = page.getByRole("row").filter({ hasText: `Later ${RUN}` });
  await expect(row).toContainText(`Mothballed ${RUN} is archived, so this rule books nothing.`);
  await row.getByRole("button", { name: `Later ${RUN}`, exact: true }).click();
  const preview = page.getByRole("dialog", { name: "Edit rule" }).locator(".preview");
  await expect(preview).toContainText("decide first:");
  await expect(preview.getByRole("link", { name: `First ${RUN}` })).toHaveAttribute("href", /rule=/);
  await expect(preview.getByRole("link", { name: `Later ${RUN}` })).toHaveCount(0);
  await expect(preview).toContainText(`Mothballed ${RUN} is archived`);
  await accessibleInBothThemes(page);
  await preview.getByRole("link", { name: `Open Mothballed ${RUN}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Mothballed ${RUN}` })).toBeVisible();
  for (const id of [first, own]) await page.request.delete(`/api/v1/time-rules/${id}`, { headers });
});
