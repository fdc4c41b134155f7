import { createSpotlight } from "@mantine/spotlight";

/** The palette's store, apart from its component so that opening it does not load it. */
export const [paletteStore, palette] = createSpotlight();
export const openPalette = () => palette.open();
