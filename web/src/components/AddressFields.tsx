import { Group, Select, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import type { PostalAddress } from "../api/types";
import { useSpoken } from "../i18n";
import { countries } from "../lib/countries";

export const NO_ADDRESS: PostalAddress = {
  line1: "",
  line2: "",
  postal_code: "",
  city: "",
  region: "",
  country: "",
};

interface Props {
  value: PostalAddress;
  onChange: (value: PostalAddress) => void;
  error?: string;
}

/** Where somebody is. The country is chosen, because electronic invoices need its code. */
export function AddressFields({ value, onChange, error }: Props) {
  const t = useTranslations("address");
  const language = useSpoken()?.language ?? "en";
  const data = useMemo(() => countries(language), [language]);
  const field = (name: Exclude<keyof PostalAddress, "country">) => ({
    label: t(name),
    value: value[name],
    onChange: (e: { currentTarget: { value: string } }) =>
      onChange({ ...value, [name]: e.currentTarget.value }),
  });
  return (
    <fieldset className="plain fields">
      <legend>{t("title")}</legend>
      <TextInput {...field("line1")} autoComplete="off" />
      <TextInput {...field("line2")} autoComplete="off" />
      <Group gap="sm" grow>
        <TextInput {...field("postal_code")} autoComplete="off" />
        <TextInput {...field("city")} autoComplete="off" />
      </Group>
      <Group gap="sm" grow align="flex-start">
        <TextInput {...field("region")} autoComplete="off" />
        <Select
          label={t("country")}
          data={data}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t("clearCountry") }}
          limit={60}
          autoComplete="off"
          value={value.country || null}
          onChange={(country) => onChange({ ...value, country: country ?? "" })}
          error={error}
        />
      </Group>
    </fieldset>
  );
}
