import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Tax, TaxCategory } from "../api/types";

/** The kinds of EN 16931. */
export const CATEGORIES = ["S", "Z", "E", "AE", "G", "O"] as const satisfies readonly TaxCategory[];
/** Only these say why there is no tax. */
const NEEDS_REASON: readonly TaxCategory[] = ["E", "AE", "G", "O"];

export const NO_TAX: Tax = { name: "VAT", category: "O", rate: "0", reason: null };

interface Props {
  value: Tax;
  onChange: (value: Tax) => void;
  error?: string;
}

/** A tax: its kind, and the rate or the reason that belongs to the kind. */
export function TaxFields({ value, onChange, error }: Props) {
  const t = useTranslations("tax");
  const set = (patch: Partial<Tax>) => onChange({ ...value, ...patch });
  return (
    <>
      <NativeSelect
        label={t("kind")}
        data={CATEGORIES.map((one) => ({ value: one, label: t(`kinds.${one}`) }))}
        value={value.category}
        onChange={(e) => {
          const category = e.currentTarget.value as TaxCategory;
          set({ category, rate: category === "S" ? value.rate : "0" });
        }}
      />
      <Group gap="sm" grow align="flex-start">
        <TextInput
          label={t("name")}
          value={value.name}
          maxLength={40}
          onChange={(e) => set({ name: e.currentTarget.value })}
        />
        {value.category === "S" && (
          <TextInput
            label={t("rate")}
            inputMode="decimal"
            value={value.rate}
            error={error}
            onChange={(e) => set({ rate: e.currentTarget.value.replace(",", ".") })}
          />
        )}
      </Group>
      {NEEDS_REASON.includes(value.category) && (
        <TextInput
          label={t("reason")}
          description={t("reasonHint")}
          value={value.reason ?? ""}
          onChange={(e) => set({ reason: e.currentTarget.value || null })}
        />
      )}
    </>
  );
}

/** `VAT 21 %`, or the kind where there is no rate. */
export function useTaxName() {
  const t = useTranslations("tax");
  return (tax: { category?: TaxCategory | null; name?: string | null; rate: string }) =>
    tax.category === "S" || !tax.category
      ? t("named", { name: tax.name ?? "", rate: tax.rate })
      : t(`short.${tax.category}`);
}
