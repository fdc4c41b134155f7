import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { licences } from "./scripts/licences.ts";

const backend = process.env.DAYBOOK_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), licences()],
  build: { target: "es2023", sourcemap: false, assetsInlineLimit: 0 },
  server: {
    port: 5173,
    // The server takes writes only from its own pages, so the proxy speaks as one of them.
    proxy: { "/api": { target: backend, changeOrigin: true, headers: { origin: backend } } },
  },
  test: {
    dir: "test",
    environment: "happy-dom",
    setupFiles: ["test/setup.ts"],
    testTimeout: 20_000,
  },
});
