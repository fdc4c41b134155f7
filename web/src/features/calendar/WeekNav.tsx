import { ActionIcon, Button, Group } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import { addDays } from "../../lib/time";

interface Props {
  week: string;
  /** The week that today is in; both are said by their first day. */
  current: string;
  set: (week?: string) => void;
}

/** A week back, this week, a week on. */
export function WeekNav({ week, current, set }: Props) {
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
      <Button variant="default" onClick={() => set(undefined)} disabled={week === current}>
        {t("today")}
      </Button>
      <ActionIcon variant="default" size="lg" aria-label={t("next")} onClick={() => set(addDays(week, 7))}>
        <IconChevronRight size={18} />
      </ActionIcon>
    </Group>
  );
}
