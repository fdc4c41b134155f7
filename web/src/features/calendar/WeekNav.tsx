import { ActionIcon, Button, Group } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { addDays, startOfWeek } from "../../lib/time";

/** A week back, this week, a week on. */
export function WeekNav({ week, today, set }: { week: string; today: string; set: (week?: string) => void }) {
  const t = useTranslations("calendar");
  return (
    <Group gap="xs" role="group" aria-label={t("week")}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={t("previous")}
        onClick={() => set(addDays(week, -7))}
      >
        <IconChevronLeft size={18} />
      </ActionIcon>
      <Button variant="default" onClick={() => set(undefined)} disabled={week === startOfWeek(today)}>
        {t("today")}
      </Button>
      <ActionIcon variant="default" size="lg" aria-label={t("next")} onClick={() => set(addDays(week, 7))}>
        <IconChevronRight size={18} />
      </ActionIcon>
    </Group>
  );
}
