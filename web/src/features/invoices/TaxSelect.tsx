import { Button, Group, Modal, NativeSelect, type NativeSelectProps, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Tax } from "../../api/types";
import { useOnTop } from "../../components/onTop";
import { TaxFields, useTaxName } from "../../components/TaxFields";
import { differentTaxes, sameTax } from "./lines";

interface Props {
  value: Tax;
  /** What else is used on this invoice and in the workspace. */
  known: Tax[];
  onChange: (tax: Tax) => void;
  label: string;
  size?: NativeSelectProps["size"];
  error?: string;
}

/** One of the taxes in use, or another one that is described in a dialog. */
export function TaxSelect({ value, known, onChange, label, size, error }: Props) {
  const t = useTranslations("tax");
  const nameOf = useTaxName();
  const [other, setOther] = useState<Tax | null>(null);
  useOnTop(other !== null);
  const taxes = differentTaxes([value, ...known]);
  return (
    <>
      <NativeSelect
        label={label}
        size={size}
        error={error}
        value={String(taxes.findIndex((tax) => sameTax(tax, value)))}
        data={[
          ...taxes.map((tax, at) => ({ value: String(at), label: nameOf(tax) })),
          { value: "other", label: t("other") },
        ]}
        onChange={(e) => {
          const chosen = taxes[Number(e.currentTarget.value)];
          if (chosen) onChange(chosen);
          else setOther(value);
        }}
      />
      <Modal opened={!!other} onClose={() => setOther(null)} title={<strong>{t("otherTitle")}</strong>}>
        {other && (
          <Stack gap="sm">
            <TaxFields value={other} onChange={setOther} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setOther(null)}>
                {t("cancel")}
              </Button>
              <Button
                onClick={() => {
                  onChange(other);
                  setOther(null);
                }}
              >
                {t("use")}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
