import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { speak } from "../src/i18n";

await speak("en");
afterEach(cleanup);

// happy-dom has no layout; the kit asks for these.
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
window.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addListener() {},
  removeListener() {},
  addEventListener() {},
  removeEventListener() {},
  dispatchEvent: () => false,
})) as typeof window.matchMedia;
if (!document.fonts)
  Object.defineProperty(document, "fonts", { value: { addEventListener() {}, removeEventListener() {} } });
