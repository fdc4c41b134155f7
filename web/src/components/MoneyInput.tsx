import { NumberInput, type NumberInputProps } from "@mantine/core";
import { decimalsOf } from "../lib/money";

/** An amount in major units, with its currency beside it. */
export function MoneyInput({ currency, ...rest }: NumberInputProps & { currency: string }) {
  return (
    <NumberInput
      min={0}
      decimalScale={decimalsOf(currency)}
      allowedDecimalSeparators={[".", ","]}
      hideControls
      rightSection={<span className="dim">{currency}</span>}
      rightSectionWidth={48}
      rightSectionPointerEvents="none"
      {...rest}
    />
  );
}
