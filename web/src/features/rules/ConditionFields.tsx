import { Group, MultiSelect, NumberInput, TagsInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { nameWithAccount } from "../events/values";
import { LISTS, type RuleValues } from "./conditions";

/** What must be true of a meeting: all of what is said, and of each list one. */
export function ConditionFields({ form }: { form: UseFormReturnType<RuleValues> }) {
  const t = useTranslations("rules");
  const calendars = useQuery(queries.calendars()).data ?? [];
  const providers = (useQuery(queries.providers()).data ?? []).filter((p) => p.kinds.includes("calendar"));
  return (
    <fieldset className="plain fields sides">
      <legend>{t("when")}</legend>
      {LISTS.map((list) => (
        <TagsInput key={list} label={t(list)} description={t(`${list}Hint`)} {...form.getInputProps(list)} />
      ))}
      {(calendars.length > 0 || form.values.calendar_ids.length > 0) && (
        <MultiSelect
          label={t("calendars")}
          searchable
          data={calendars.map((c) => ({ value: c.id, label: nameWithAccount(c) }))}
          {...form.getInputProps("calendar_ids")}
        />
      )}
      <MultiSelect
        label={t("providers")}
        data={providers.map((p) => ({ value: p.key, label: p.name }))}
        {...form.getInputProps("providers")}
      />
      <Group grow>
        <NumberInput label={t("min")} min={0} hideControls {...form.getInputProps("min_minutes")} />
        <NumberInput label={t("max")} min={0} hideControls {...form.getInputProps("max_minutes")} />
      </Group>
    </fieldset>
  );
}
