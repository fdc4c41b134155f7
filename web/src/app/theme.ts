import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

// Ink on ledger paper: one deep green-blue accent, warm greys, hairlines.
const ink: MantineColorsTuple = [
  "#e9f6f5",
  "#d3ebe8",
  "#a5d7d1",
  "#74c2b9",
  "#4db0a5",
  "#35a598",
  "#239f91",
  "#0d7a6f",
  "#066a60",
  "#00564e",
];

/** The theme; the one word it brings along, on the buttons that close things, comes from the catalogue. */
export const themeFor = (close: string) =>
  createTheme({
    colors: { ink },
    primaryColor: "ink",
    primaryShade: { light: 8, dark: 7 },
    autoContrast: true,
    fontFamily: '"Inter Variable", system-ui, sans-serif',
    headings: { fontWeight: "620" },
    defaultRadius: "md",
    cursorType: "pointer",
    respectReducedMotion: true,
    // By name, not with Component.extend: importing the components here would load them all at the start.
    components: {
      Drawer: { defaultProps: { closeButtonProps: { "aria-label": close } } },
      Modal: { defaultProps: { closeButtonProps: { "aria-label": close }, centered: true } },
      Notification: { defaultProps: { closeButtonProps: { "aria-label": close } } },
      Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: true } } },
    },
  });

const shared = {
  "--mantine-color-body": "var(--db-paper)",
  "--mantine-color-dimmed": "var(--db-dimmed)",
  "--mantine-color-error": "var(--db-bad)",
  "--mantine-color-placeholder": "var(--db-dimmed)",
};
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: { ...shared, "--mantine-color-anchor": "var(--db-accent-text)" },
});
