// Signs in once and, on a server where nothing is connected yet, connects the simulated Google account the way a
// person does. Every spec starts with that session and that account.
import { type APIRequestContext, chromium, type FullConfig, request } from "@playwright/test";

export const EMAIL = process.env.E2E_EMAIL ?? "ada@northwind.example";
export const PASSWORD = process.env.E2E_PASSWORD ?? "ledger-of-hours";
const STATE = "test-results/.session.json";
const FIRST_SYNC_MS = 60_000;

async function calendarsSynced(api: APIRequestContext) {
  const answer = await api.get("/api/v1/integrations/calendars?limit=200");
  const { items } = (await answer.json()) as {
    items: { sync_enabled: boolean; last_sync_at: string | null }[];
  };
  const on = items.filter((c) => c.sync_enabled);
  return on.length > 0 && on.every((c) => c.last_sync_at);
}

async function connectGoogle(config: FullConfig, baseURL: string) {
  const browser = await chromium.launch(config.projects[0]?.use.launchOptions);
  const page = await browser.newPage({ baseURL, storageState: STATE });
  await page.goto("/integrations/connect/google");
  await page.getByRole("button", { name: /^Connect Google/ }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("Access granted").waitFor();
  await browser.close();
}

export default async function signIn(config: FullConfig) {
  const baseURL = config.projects[0]?.use.baseURL ?? "";
  const api = await request.newContext({ baseURL, extraHTTPHeaders: { origin: new URL(baseURL).origin } });
  const answer = await api.post("/api/v1/auth/login", { data: { email: EMAIL, password: PASSWORD } });
  if (!answer.ok()) throw new Error(`sign-in failed: ${answer.status()} ${await answer.text()}`);
  await api.storageState({ path: STATE });
  const connections = await api.get("/api/v1/integrations/connections");
  if (((await connections.json()) as { items: unknown[] }).items.length === 0) {
    await connectGoogle(config, baseURL);
    const until = Date.now() + FIRST_SYNC_MS;
    while (!(await calendarsSynced(api))) {
      if (Date.now() > until) throw new Error("the first sync did not finish within a minute");
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  await api.dispose();
}
