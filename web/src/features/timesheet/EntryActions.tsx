import { Button, Group, Menu } from "@mantine/core";
import { IconArrowMerge, IconCopy, IconDots, IconScissors } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { TimeEntry } from "../../api/types";
import { EntryQuestion, type Question } from "./EntryQuestion";
import { obstacleOf } from "./entrySteps";
import { useLock } from "./useWeek";

interface Props {
  entry: TimeEntry;
  onDone: () => void;
}

/** What else is done with an entry: cut in two, made again, joined with others, removed. */
export function EntryActions({ entry, onDone }: Props) {
  const t = useTranslations("timesheet");
  const lock = useLock();
  const [asked, setAsked] = useState<Question | null>(null);
  const step = (question: Question) => ({
    disabled: !!obstacleOf(question, entry, lock),
    onClick: () => setAsked(question),
  });
  return (
    <Group gap="xs">
      <Menu position="top-end" withArrow>
        <Menu.Target>
          <Button variant="default" rightSection={<IconDots size={16} aria-hidden />}>
            {t("more")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconScissors size={16} aria-hidden />} {...step("split")}>
            {t("split")}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowMerge size={16} aria-hidden />} {...step("merge")}>
            {t("merge")}
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} {...step("duplicate")}>
            {t("duplicate")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {!obstacleOf("delete", entry, lock) && (
        <Button variant="outline" className="dangerbtn" onClick={() => setAsked("delete")}>
          {t("delete")}
        </Button>
      )}
      <EntryQuestion entry={entry} asked={asked} onClose={() => setAsked(null)} onDone={onDone} />
    </Group>
  );
}
