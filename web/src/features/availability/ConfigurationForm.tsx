import { Alert, Button, Checkbox, Group, NumberInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Calendar, Configuration } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { TimeZoneSelect } from "../../components/TimeZoneSelect";
import { dateIn } from "../../lib/time";
import { HoursFields } from "./HoursFields";
import { OverrideFields } from "./OverrideFields";
import {
  type ConfigurationValues,
  configurationInput,
  configurationValues,
  isBackwards,
  NUMBERS,
  RULES,
} from "./values";

const TIMES = NUMBERS.filter(([f]) => f !== "duration" && f !== "slot_interval");
const anyBackwards = (v: ConfigurationValues) =>
  (v.per_day
    ? v.days.some((d) => d.on && d.ranges.some(isBackwards))
    : isBackwards({ from: v.from_time, to: v.to_time })) ||
  v.date_overrides.some((o) => !o.closed && isBackwards(o));

interface Props {
  configuration?: Configuration;
  calendars: Calendar[];
  onDone: () => void;
}

export function ConfigurationForm({ configuration, calendars, onDone }: Props) {
  const t = useTranslations("availability");
  const timeZone = useTimeZone();
  const [refused, setRefused] = useState("");
  const busy = calendars.filter((c) => c.busy_source && c.sync_enabled).map((c) => c.id);
  const form = useForm<ConfigurationValues>({
    initialValues: configurationValues(configuration, timeZone, busy),
    validate: {
      name: (v) => (v.trim() ? null : t("nameMissing")),
      calendar_ids: (v) => (v.length > 0 ? null : t("calendarsMissing")),
      duration: (v) => (Number(v) > 0 ? null : t("durationBad")),
    },
  });
  const save = useAction(
    (v: ConfigurationValues) => actions.saveConfiguration(configuration?.id ?? null, configurationInput(v)),
    {
      done: (out) => t("saved", { name: out.name }),
      invalidate: ["configurations", "availability"],
      onDone,
      onFail: (error) => {
        const beside = showFieldErrors(form, error);
        setRefused(beside ? "" : [error.message, ...error.errors.map((e) => e.detail)].join(" "));
        return true;
      },
    },
  );
  const v = form.values;
  const submit = (values: ConfigurationValues) => {
    setRefused(anyBackwards(values) ? t("backwardsSomewhere") : "");
    if (!anyBackwards(values)) save.mutate(values);
  };
  const number = ([field, min, max]: (typeof NUMBERS)[number]) => (
    <NumberInput
      key={field}
      label={t(field)}
      description={t(`${field}_hint`)}
      min={min}
      max={max}
      allowDecimal={false}
      hideControls
      {...form.getInputProps(field)}
    />
  );
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        <Checkbox.Group
          label={t("over")}
          description={t("overHint")}
          required
          {...form.getInputProps("calendar_ids")}
        >
          <Stack gap={6} mt={6}>
            {calendars.map((c) => (
              <Checkbox
                key={c.id}
                value={c.id}
                label={c.name}
                description={c.sync_enabled ? undefined : t("notSynced")}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group grow align="flex-start" gap="sm">
          {NUMBERS.slice(0, 2).map(number)}
        </Group>
        <TimeZoneSelect label={t("zone")} {...form.getInputProps("time_zone")} />
        <Title order={3} size="h6">
          {t("hours")}
        </Title>
        <HoursFields values={v} errors={form.errors} onChange={(patch) => form.setValues(patch)} />
        <Title order={3} size="h6">
          {t("overrides")}
        </Title>
        <OverrideFields
          value={v.date_overrides}
          today={dateIn(new Date(), v.time_zone || timeZone)}
          onChange={(date_overrides) => form.setValues({ date_overrides })}
        />
        <Title order={3} size="h6">
          {t("limits")}
        </Title>
        <div className="twocol">{TIMES.map(number)}</div>
        <Title order={3} size="h6">
          {t("counts")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("countsHint")}
        </Text>
        <Stack gap={6}>
          {RULES.map((rule) => (
            <Checkbox
              key={rule}
              label={t(`rule.${rule}`)}
              {...form.getInputProps(`busy_rules.${rule}`, { type: "checkbox" })}
            />
          ))}
        </Stack>
        <Button type="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      </Stack>
    </form>
  );
}
