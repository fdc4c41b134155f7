import { Group, NativeSelect, NumberInput, Text, TextInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { REPEAT_ENDS, REPEATS, repetitionOf, weekOfMonth } from "../../lib/recurrence";
import { formatDate } from "../../lib/time";
import { useRuleWords } from "./useRuleWords";
import type { EventFormState } from "./WhenFields";

interface Props {
  form: EventFormState;
  /** How the series that is edited repeats now. */
  lines?: string[];
}

export function RepeatFields({ form, lines = [] }: Props) {
  const t = useTranslations("eventForm");
  const r = useTranslations("repetition");
  const ruleWords = useRuleWords();
  const { recurrence, repeat_end, start_time, time_zone } = form.values;
  const date = start_time.slice(0, 10) || "2026-01-01";
  const week = weekOfMonth(date);
  const words = {
    day: formatDate(date, { weekday: "long" }),
    date: formatDate(date, { day: "numeric" }),
    yearly: formatDate(date, { day: "numeric", month: "long" }),
    week: t(`nth.${(week > 4 ? "last" : String(week)) as "1" | "2" | "3" | "4" | "last"}`),
  };
  // A rule without a preset stays among the choices, in words.
  const initial = form.getInitialValues();
  const kept = lines.length > 0 && !repetitionOf(lines, initial.start_time, initial.time_zone);
  const choices = [
    ...(kept ? [{ value: "kept", label: r("kept", { words: ruleWords(lines, time_zone) }) }] : []),
    ...REPEATS.map((value) => ({ value, label: t(`repeats.${value}`, words) })),
  ];
  return (
    <>
      <NativeSelect label={t("repeat")} data={choices} {...form.getInputProps("recurrence")} />
      {recurrence === "kept" && (
        <Text size="xs" c="dimmed">
          {r("keptHint")}
        </Text>
      )}
      {recurrence !== "none" && recurrence !== "kept" && (
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
              description={lines.length > 0 ? r("fromHere") : undefined}
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
