import { TextInput, type TextInputProps } from "@mantine/core";

/** A colour of the system's own picker, `#rrggbb`; empty until one is chosen. */
export function ColorInput({ value, ...rest }: Omit<TextInputProps, "type">) {
  return <TextInput type="color" value={value || "#888888"} w={96} {...rest} />;
}

/** A client's or project's colour beside its name. */
export function Swatch({ color }: { color: string | null }) {
  return color ? <span className="swatch" style={{ background: color }} aria-hidden /> : null;
}
