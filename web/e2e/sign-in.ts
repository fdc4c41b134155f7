// Signs in once through the API; every spec starts with that session.
import { type FullConfig, request } from "@playwright/test";

export const EMAIL = process.env.E2E_EMAIL ?? "ada@northwind.example";
export const PASSWORD = process.env.E2E_PASSWORD ?? "correct horse battery";
export const STATE = "test-results/.session.json";

export default async function signIn(config: FullConfig) {
  const baseURL = config.projects[0]?.use.baseURL ?? "";
  const api = await request.newContext({ baseURL, extraHTTPHeaders: { origin: new URL(baseURL).origin } });
  const answer = await api.post("/api/v1/auth/login", { data: { email: EMAIL, password: PASSWORD } });
  if (!answer.ok()) throw new Error(`sign-in failed: ${answer.status()} ${await answer.text()}`);
  await api.storageState({ path: STATE });
  await api.dispose();
}
