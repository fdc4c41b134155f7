import { ActionIcon, Button, Group, Stack, Switch, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { useFirstDay } from "../../lib/prefs";
import { weekdayName, weekdaysFrom } from "../../lib/week";
import { type ConfigurationValues, type Day, isBackwards, nextRange, type Range } from "./values";
import { WeekdayChecks } from "./WeekdayChecks";

interface RangeProps {
  value: Range;
  /** What it is the hours of, for people who hear the page. */
  of: string;
  onChange: (range: Range) => void;
  onRemove?: () => void;
}
export function RangeFields({ value, of, onChange, onRemove }: RangeProps) {
  const t = useTranslations("availability");
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <TextInput
        type="time"
        aria-label={t("fromOf", { of })}
        value={value.from}
        onChange={(e) => onChange({ ...value, from: e.currentTarget.value })}
      />
      <TextInput
        type="time"
        aria-label={t("toOf", { of })}
        value={value.to}
        error={isBackwards(value) ? t("backwards") : undefined}
        onChange={(e) => onChange({ ...value, to: e.currentTarget.value })}
      />
      {onRemove && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("removeHours", { of })}
          onClick={onRemove}
        >
          <IconX size={16} />
        </ActionIcon>
      )}
    </Group>
  );
}

function DayRow({ day, value, onChange }: { day: number; value: Day; onChange: (day: Day) => void }) {
  const t = useTranslations("availability");
  const name = weekdayName(day);
  const next = nextRange(value.ranges);
  const set = (index: number, range: Range) =>
    onChange({ ...value, ranges: value.ranges.map((r, i) => (i === index ? range : r)) });
  return (
    <div className="dayrow">
      <Switch
        label={name}
        checked={value.on}
        onChange={(e) => onChange({ ...value, on: e.currentTarget.checked })}
      />
      {value.on ? (
        <Stack gap={6}>
          {value.ranges.map((range, index) => (
            <RangeFields
              // biome-ignore lint/suspicious/noArrayIndexKey: a range has no name of its own, and its hours change while they are typed
              key={index}
              value={range}
              of={name}
              onChange={(r) => set(index, r)}
              onRemove={
                value.ranges.length > 1
                  ? () => onChange({ ...value, ranges: value.ranges.filter((_, i) => i !== index) })
                  : undefined
              }
            />
          ))}
          {next && (
            <Button
              variant="subtle"
              size="compact-xs"
              w="fit-content"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => onChange({ ...value, ranges: [...value.ranges, next] })}
            >
              {t("addHours")}
              <span className="sr"> {name}</span>
            </Button>
          )}
        </Stack>
      ) : (
        <span className="dim">{t("closed")}</span>
      )}
    </div>
  );
}

interface Props {
  values: ConfigurationValues;
  errors: Record<string, unknown>;
  onChange: (patch: Partial<ConfigurationValues>) => void;
}

/** The same hours on all working days, or each day its own. */
export function HoursFields({ values: v, errors, onChange }: Props) {
  const t = useTranslations("availability");
  const order = weekdaysFrom(useFirstDay());
  return (
    <Stack gap="sm">
      <Switch
        label={t("perDay")}
        checked={v.per_day}
        onChange={(e) => onChange({ per_day: e.currentTarget.checked })}
      />
      {v.per_day ? (
        order.map((day) => {
          const value = v.days[day];
          return (
            value && (
              <DayRow
                key={day}
                day={day}
                value={value}
                onChange={(next) => onChange({ days: v.days.map((d, i) => (i === day ? next : d)) })}
              />
            )
          );
        })
      ) : (
        <>
          <WeekdayChecks
            label={t("workdays")}
            value={v.workdays}
            error={errors.workdays as string | undefined}
            onChange={(workdays) => onChange({ workdays })}
          />
          <RangeFields
            value={{ from: v.from_time, to: v.to_time }}
            of={t("workdays")}
            onChange={({ from, to }) => onChange({ from_time: from, to_time: to })}
          />
        </>
      )}
    </Stack>
  );
}
