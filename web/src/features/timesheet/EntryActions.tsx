import { Button, Group, Menu } from "@mantine/core";
import { IconArrowMerge, IconCopy, IconDots, IconScissors } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { formatMinutes } from "../../lib/time";
import { DuplicateDialog, MergeDialog, SplitDialog } from "./shapes";

type Asked = "delete" | "split" | "duplicate" | "merge" | null;

interface Props {
  entry: TimeEntry;
  /** Nothing of it changes any more; it can still be copied. */
  fixed: boolean;
  onDone: () => void;
}

/** What else is done with an entry: cut in two, made again, joined with others, removed. */
export function EntryActions({ entry, fixed, onDone }: Props) {
  const t = useTranslations("timesheet");
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const dialog = { entry, onClose: close, onDone };
  const remove = useAction(() => actions.deleteEntry(entry.id), {
    done: t("deleted"),
    invalidate: ["time-entries", "events", "drafts"],
    onDone,
  });
  const still = fixed || entry.running;
  return (
    <Group gap="xs">
      <Menu position="top-end" withArrow>
        <Menu.Target>
          <Button variant="default" rightSection={<IconDots size={16} aria-hidden />}>
            {t("more")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconScissors size={16} aria-hidden />}
            disabled={still || entry.duration_minutes < 2}
            onClick={() => setAsked("split")}
          >
            {t("split")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowMerge size={16} aria-hidden />}
            disabled={still}
            onClick={() => setAsked("merge")}
          >
            {t("merge")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconCopy size={16} aria-hidden />}
            disabled={entry.running}
            onClick={() => setAsked("duplicate")}
          >
            {t("duplicate")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {!fixed && (
        <Button variant="outline" className="dangerbtn" onClick={() => setAsked("delete")}>
          {t("delete")}
        </Button>
      )}
      {asked === "split" && <SplitDialog {...dialog} />}
      {asked === "duplicate" && <DuplicateDialog {...dialog} />}
      {asked === "merge" && <MergeDialog {...dialog} />}
      <ConfirmDestructive
        what={
          asked === "delete"
            ? {
                title: t("deleteTitle"),
                action: t("delete"),
                goes: [
                  t("goes", { description: entry.description, hours: formatMinutes(entry.duration_minutes) }),
                ],
                stays: entry.synced_event_id ? [t("staysEvent")] : [],
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
        onClose={close}
      />
    </Group>
  );
}
