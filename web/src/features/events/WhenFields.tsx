import { Group, Switch, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslations } from "use-intl";
import { TimeZoneSelect } from "../../components/TimeZoneSelect";
import { type EventValues, withAllDay, withStart } from "./values";

export type EventFormState = UseFormReturnType<EventValues>;

export function WhenFields({ form }: { form: EventFormState }) {
  const t = useTranslations("eventForm");
  const v = form.values;
  const type = v.all_day ? "date" : "datetime-local";
  return (
    <>
      <Switch
        label={t("allDay")}
        checked={v.all_day}
        onChange={(e) => form.setValues(withAllDay(v, e.currentTarget.checked))}
      />
      <Group grow align="flex-start" preventGrowOverflow={false} gap="sm">
        <TextInput
          type={type}
          label={t("start")}
          required
          {...form.getInputProps("start_time")}
          onChange={(e) => form.setValues(withStart(v, e.currentTarget.value))}
        />
        <TextInput
          type={type}
          label={v.all_day ? t("lastDay") : t("end")}
          required
          {...form.getInputProps("end_time")}
        />
      </Group>
      {!v.all_day && <TimeZoneSelect label={t("zone")} {...form.getInputProps("time_zone")} />}
    </>
  );
}
