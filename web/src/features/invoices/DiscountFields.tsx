import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Invoice, InvoicePatch } from "../../api/types";
import { toMajor, toMinor } from "../../lib/money";

type Kind = "none" | "percent" | "amount";

interface Props {
  value: Invoice["discount"];
  currency: string;
  error?: string;
  onChange: (discount: InvoicePatch["discount"]) => void;
}

/** What is taken off: nothing, a percentage or an amount. */
export function DiscountFields({ value, currency, error, onChange }: Props) {
  const t = useTranslations("invoices");
  const [kind, setKind] = useState<Kind>(
    value === null ? "none" : value.percent === null ? "amount" : "percent",
  );
  const [typed, setTyped] = useState(
    value?.percent ?? (value?.amount_minor == null ? "" : String(toMajor(value.amount_minor, currency))),
  );
  const tell = (of: Kind, text: string) => {
    const number = text.trim().replace(",", ".");
    if (of === "none" || number === "") return onChange(null);
    if (!/^\d{1,10}(\.\d{1,4})?$/.test(number)) return;
    onChange(of === "percent" ? { percent: number } : { amount_minor: toMinor(Number(number), currency) });
  };
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <NativeSelect
        className="grow"
        label={t("discount")}
        value={kind}
        data={(["none", "percent", "amount"] as const).map((one) => ({
          value: one,
          label: t(`discounts.${one}`, { currency }),
        }))}
        onChange={(e) => {
          const chosen = e.currentTarget.value as Kind;
          setKind(chosen);
          tell(chosen, typed);
        }}
      />
      {kind !== "none" && (
        <TextInput
          label={t("discountOf")}
          w={90}
          inputMode="decimal"
          value={typed}
          error={error}
          onChange={(e) => {
            setTyped(e.currentTarget.value);
            tell(kind, e.currentTarget.value);
          }}
        />
      )}
    </Group>
  );
}
