// From a meeting to money, in the browser and in the simulated Slack: a meeting ends, Slack asks, one click logs it, another one
// approves it, the dashboard bills it, the client gets it by mail and Slack says so. What its PDF says is read back where Python with
// pypdf is there (`./test` makes it), and the mail where a mail server is there for it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { MAILS, mailsTo, mailTaken, NO_MAILS } from "./helpers";

// What is mailed is the invoice of the meeting before.
test.describe.configure({ mode: "serial" });

const SLACK = process.env.SANDBOX_SLACK ?? "";
const GOOGLE = process.env.SANDBOX_GOOGLE ?? "";
const ADA = "U0ADAMARSH";
const BO = "U0BOLINDQV";
const RUN = Date.now().toString(36);
const TITLE = `Budget review ${RUN}`;
const CLIENT = `Harbour ${RUN}`;
const ADDRESS = `accounts-${RUN}@harbour.example`;
/** The invoice that the meeting became, once it has. */
let billed: { id: string; number: string; pdf: Buffer } | undefined;
/** The server asks about meetings once a minute. */
const ASKED_MS = 150_000;

/** A clock in Berlin, where Ada's calendar is, so many minutes ago: as a form takes it. */
function berlin(minutesAgo: number): string {
  const at = new Date(Date.now() - minutesAgo * 60_000);
  return at.toLocaleString("sv-SE", { timeZone: "Europe/Berlin" }).replace(" ", "T").slice(0, 16);
}

/** Somebody's page in the simulated Slack, and what they see there once it has come. */
async function seen(slack: Page, user: string, words: string | RegExp, timeout = 60_000) {
  const item = slack.locator("ul.list > li").filter({ hasText: words }).last();
  await expect(async () => {
    await slack.goto(`${SLACK}/people/${user}`);
    await expect(item).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout });
  return item;
}

/** Bo accepts an invitation as an admin and, in a browser of their own, opens the link that Slack shows. */
async function bringBo(browser: Browser, page: Page, slack: Page, headers: { origin: string }) {
  const email = `bo-${RUN}@northwind.example`;
  const data = { email, role: "admin" };
  const made = await page.request.post("/api/v1/workspace/invitations", { headers, data });
  expect(made.ok(), await made.text()).toBe(true);
  const { url } = (await made.json()) as { url: string };
  const own = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const bo = await own.newPage();
  await bo.goto(url);
  const accept = `/api/v1/auth/invitations/${url.split("/").pop()}/accept`;
  const joined = await bo.request.post(accept, {
    headers,
    data: { name: "Bo Lindqvist", password: "a ledger of hours" },
  });
  expect(joined.ok(), await joined.text()).toBe(true);
  await slack.goto(`${SLACK}/people/${BO}`);
  await slack.getByLabel("Message").fill("/time 1h: Unknown");
  await slack.getByRole("button", { name: "Send" }).click();
  const offer = await seen(slack, BO, "Link your Daybook account");
  const link = await offer.getByRole("link", { name: "Link your Daybook account" }).getAttribute("href");
  expect(link).toContain("/settings/slack#");
  await bo.goto(link ?? "");
  await expect(bo).toHaveURL(/\/settings\/slack$/);
  await bo.getByRole("button", { name: "Yes, link me" }).click();
  await expect(bo.getByText(/^You are .* in Northwind Studio\.$/)).toBeVisible();
  await own.close();
}

/** What somebody reads in a PDF; `undefined` where nothing here can read one. */
function read(pdf: Buffer): string | undefined {
  const python = resolve(import.meta.dirname, "../../.venv/bin/python");
  if (!existsSync(python)) return undefined;
  const program =
    "import io, sys, pypdf\nprint('\\n'.join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read())).pages))";
  const done = spawnSync(python, ["-c", program], { input: pdf });
  expect(done.status, done.stderr.toString()).toBe(0);
  return done.stdout.toString();
}

test("a meeting becomes an invoice by two clicks in Slack", async ({ page, browser, baseURL }) => {
  test.skip(!SLACK || !GOOGLE, "SANDBOX_SLACK names the simulator; scripts/e2e.sh sets it");
  test.setTimeout(ASKED_MS + 180_000);
  const headers = { origin: new URL(baseURL ?? "").origin };
  const other = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const slack = await other.newPage();

  // The app is installed, from the settings on.
  await page.goto("/settings/slack");
  await page.getByRole("link", { name: "Install in Slack" }).click();
  await page.getByRole("button", { name: /Slack/ }).last().click();
  await page.getByLabel(/Ada Marsh in Northwind/).check();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveURL(/\/integrations\/callback/);
  await page.goto("/settings/slack");
  await expect(page.getByText(/^You are .* in Northwind Studio\.$/)).toBeVisible();
  await bringBo(browser, page, slack, headers);

  // What such a meeting is booked on.
  const post = async (path: string, data: object) => {
    const answer = await page.request.post(`/api/v1${path}`, { headers, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as { id: string };
  };
  const client = await post("/clients", { name: CLIENT, email: ADDRESS, currency: "EUR" });
  const project = await post("/projects", {
    name: `Website ${RUN}`,
    client_id: client.id,
    hourly_rate_minor: 12_345,
  });
  await post("/time-rules", {
    name: `Reviews ${RUN}`,
    conditions: { titles: [TITLE] },
    project_id: project.id,
  });

  // The meeting ended two minutes ago.
  await slack.goto(`${GOOGLE}/people/ada%40northwind.example`);
  await slack.getByLabel("Title", { exact: true }).fill(TITLE);
  await slack.getByLabel(/^Starts/).fill(berlin(62));
  await slack.getByLabel("Minutes").fill("60");
  await slack.getByRole("button", { name: "Add" }).click();
  const question = await seen(slack, ADA, `Log this meeting?`, ASKED_MS);
  const about = slack.locator("ul.list > li").filter({ hasText: TITLE });
  await seen(slack, ADA, TITLE, ASKED_MS);
  await expect(question).toBeVisible();
  await expect(about).toContainText(`Website ${RUN}, by the rule`);
  await about.getByRole("button", { name: "Log it" }).click();
  await expect(await seen(slack, ADA, TITLE)).toContainText("Logged");

  // Bo approves.
  const asked = await seen(slack, BO, new RegExp(`Approval needed[\\s\\S]*${TITLE}`));
  await asked.getByRole("button", { name: "Approve" }).click();
  const settled = await seen(slack, BO, TITLE);
  await expect(settled).toContainText("Approved by Bo Lindqvist");
  await expect(settled.getByRole("button")).toHaveCount(0);

  // The dashboard bills it.
  await page.goto("/clients");
  await page.getByRole("link", { name: CLIENT, exact: true }).click();
  await page.getByRole("link", { name: "New invoice" }).click();
  await page.getByLabel("First day").fill(berlin(48 * 60).slice(0, 10));
  await page.getByLabel("Last day").fill(berlin(-24 * 60).slice(0, 10));
  await page.getByRole("button", { name: "Draft it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Draft of an invoice" })).toBeVisible();
  await page.getByRole("button", { name: "Finalise" }).click();
  const sure = page.getByRole("dialog", { name: "Finalise this invoice?" });
  await sure.getByRole("button", { name: "Finalise" }).click();
  await expect(sure).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: /^Invoice \d{4}-\d{4}$/ })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").pop() ?? "";
  const invoice = (await (await page.request.get(`/api/v1/invoices/${id}`)).json()) as {
    number: string;
    total_minor: number;
  };
  expect(invoice.total_minor).toBe(12_345);
  const href = await page.getByRole("link", { name: "PDF" }).getAttribute("href");
  const pdf = await (await page.request.get(href ?? "")).body();
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  const text = read(pdf);
  test.info().annotations.push({ type: "pdf", description: text ? "read back" : "not read: no pypdf here" });
  if (text) {
    expect(text).toContain(invoice.number);
    expect(text).toContain("123.45");
  }
  billed = { id, number: invoice.number, pdf };
  await other.close();
});

test("its invoice is mailed to the client, and Slack says that it is ready", async ({ page, browser }) => {
  test.skip(!SLACK || !GOOGLE, "SANDBOX_SLACK names the simulator; scripts/e2e.sh sets it");
  test.skip(!MAILS, NO_MAILS);
  test.setTimeout(180_000);
  if (!billed) throw new Error("there is no invoice: the test before makes it");
  const { id, number, pdf } = billed;
  await page.goto(`/invoices/${id}`);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const send = page.getByRole("dialog", { name: `Send ${number}?` });
  await expect(send.getByLabel("To")).toHaveValue(ADDRESS);
  await send.getByLabel("Message").fill("With thanks for the review.");
  await send.getByRole("button", { name: "Send it" }).click();
  await expect(send).toBeHidden();
  await mailTaken(page, ADDRESS);

  const mails = mailsTo(ADDRESS);
  expect(mails).toHaveLength(1);
  const [mail] = mails;
  expect(mail?.subject).toContain(number);
  expect(mail?.text).toContain("With thanks for the review.");
  expect(mail?.text).toContain("123.45");
  const attached = mail?.files.find((file) => file.type === "application/pdf");
  expect(attached?.size).toBe(pdf.length);

  const other = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const slack = await other.newPage();
  const ready = await seen(slack, ADA, `Invoice ${number} is ready`);
  await expect(ready).toContainText(CLIENT);
  await expect(ready).toContainText("EUR 123.45");
  await expect(slack.locator("ul.list > li").filter({ hasText: `Invoice ${number} is ready` })).toHaveCount(
    1,
  );
  await other.close();
});
