import { defineConfig } from "@playwright/test";

// Runs against a Daybook that is already listening, normally `daybook demo`: the specs change data.
const baseURL = process.env.BASE_URL ?? "http://127.0.0.1:8000";

const CHANGING = [
  "availability.spec.ts",
  "billing.spec.ts",
  "blockmenu.spec.ts",
  "changes.spec.ts",
  "events.spec.ts",
  "meeting.spec.ts",
  "microsoft.spec.ts",
  "money.spec.ts",
  "moving.spec.ts",
  "providers.spec.ts",
  "time.spec.ts",
];

export default defineConfig({
  testDir: "e2e",
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // A busy machine may be late once; a test that needs its second try is named as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: !!process.env.CI,
  globalSetup: "./e2e/sign-in.ts",
  reporter: [["list"], ["./e2e/summary.ts"]],
  projects: [
    { name: "looking", testIgnore: CHANGING },
    // One file after the other, in the order of their names.
    { name: "changing", testMatch: CHANGING, dependencies: ["looking"], fullyParallel: false, workers: 1 },
  ],
  use: {
    baseURL,
    storageState: "test-results/.session.json",
    trace: "retain-on-failure",
    // Not the workspace's zone, on purpose: a page that formats with the browser's zone fails.
    timezoneId: "America/New_York",
    locale: "en-GB",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
