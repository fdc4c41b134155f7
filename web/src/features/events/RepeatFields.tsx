import { Group, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { REPEAT_ENDS, REPEATS, weekOfMonth } from "../../lib/recurrence";
import { formatDate } from "../../lib/time";
import type { EventFormState } from "./WhenFields";

export function RepeatFields({ form }: { form: EventFormState }) {
  const t = useTranslations("eventForm");
  const { recurrence, repeat_end, start_time } = form.values;
  const date = start_time.slice(0, 10) || "2026-01-01";
  const week = weekOfMonth(date);
  const words = {
    day: formatDate(date, { weekday: "long" }),
    date: formatDate(date, { day: "numeric" }),
    yearly: formatDate(date, { day: "numeric", month: "long" }),
    week: t(`nth.${(week > 4 ? "last" : String(week)) as "1" | "2" | "3" | "4" | "last"}`),
  };
  return (
    <>
      <NativeSelect
        label={t("repeat")}
        data={REPEATS.map((value) => ({ value, label: t(`repeats.${value}`, words) }))}
        {...form.getInputProps("recurrence")}
      />
      {recurrence !== "none" && (
        <Group grow align="flex-start" preventGrowOverflow={false} gap="sm">
          <NativeSelect
            label={t("ends")}
            data={REPEAT_ENDS.map((value) => ({ value, label: t(`endsWhen.${value}`) }))}
            {...form.getInputProps("repeat_end")}
          />
          {repeat_end === "until" && (
            <TextInput type="date" label={t("until")} {...form.getInputProps("until")} />
          )}
          {repeat_end === "count" && (
            <NumberInput
              label={t("count")}
              min={1}
              max={730}
              allowDecimal={false}
              hideControls
              {...form.getInputProps("count")}
            />
          )}
        </Group>
      )}
    </>
  );
}
