import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { licences } from "./scripts/licences.ts";

export default defineConfig({
  plugins: [react(), licences()],
  build: { target: "es2023", sourcemap: false, assetsInlineLimit: 0 },
  server: { port: 5173, proxy: { "/api": "http://127.0.0.1:8000" } },
  test: {
    dir: "test",
    environment: "happy-dom",
    setupFiles: ["test/setup.ts"],
    testTimeout: 20_000,
  },
});
