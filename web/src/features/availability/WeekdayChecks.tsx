import { Checkbox, Group, Text } from "@mantine/core";
import { useFirstDay } from "../../lib/prefs";
import { weekdayName, weekdaysFrom } from "../../lib/week";

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
        {weekdaysFrom(useFirstDay()).map((day) => (
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
