import { Checkbox, Group, Text } from "@mantine/core";
import { addDays, formatDate } from "../../lib/time";

const MONDAY = "2026-01-05";
export const weekdayName = (day: number, weekday: "long" | "short" = "long") =>
  formatDate(addDays(MONDAY, day), { weekday });

interface Props {
  label: string;
  value: number[];
  error?: string;
  onChange: (days: number[]) => void;
}

export function WeekdayChecks({ label, value, error, onChange }: Props) {
  return (
    <fieldset className="plain">
      <legend>{label}</legend>
      <Group gap="sm">
        {Array.from({ length: 7 }, (_, day) => day).map((day) => (
          <Checkbox
            key={day}
            label={weekdayName(day, "short")}
            aria-label={weekdayName(day)}
            checked={value.includes(day)}
            onChange={(e) =>
              onChange(e.currentTarget.checked ? [...value, day] : value.filter((d) => d !== day))
            }
          />
        ))}
      </Group>
      {error && (
        <Text size="xs" className="bad" role="alert">
          {error}
        </Text>
      )}
    </fieldset>
  );
}
