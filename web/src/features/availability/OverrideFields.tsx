import { ActionIcon, Button, Checkbox, Group, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { formatDate } from "../../lib/time";
import { RangeFields } from "./HoursFields";
import type { Override } from "./values";

interface Props {
  value: Override[];
  today: string;
  onChange: (overrides: Override[]) => void;
}

/** Other hours on single dates: closed, or open at other times. */
export function OverrideFields({ value, today, onChange }: Props) {
  const t = useTranslations("availability");
  const set = (index: number, patch: Partial<Override>) =>
    onChange(value.map((o, i) => (i === index ? { ...o, ...patch } : o)));
  return (
    <Stack gap="xs">
      {value.map((o, index) => {
        const name = o.date ? formatDate(o.date) : t("date");
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: several overrides may be for one date, and the date changes while it is typed
          <div className="dayrow" key={index}>
            <Group gap="xs" wrap="nowrap">
              <TextInput
                type="date"
                aria-label={t("dateOf", { n: index + 1 })}
                value={o.date}
                onChange={(e) => set(index, { date: e.currentTarget.value })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t("removeDate", { date: name })}
                onClick={() => onChange(value.filter((_, i) => i !== index))}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
            <Stack gap={6}>
              <Checkbox
                label={t("closedThen")}
                checked={o.closed}
                onChange={(e) => set(index, { closed: e.currentTarget.checked })}
              />
              {!o.closed && (
                <RangeFields value={o} of={name} onChange={({ from, to }) => set(index, { from, to })} />
              )}
            </Stack>
          </div>
        );
      })}
      <Button
        variant="subtle"
        size="compact-sm"
        w="fit-content"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...value, { date: today, closed: true, from: "09:00", to: "17:00" }])}
      >
        {t("addDate")}
      </Button>
    </Stack>
  );
}
