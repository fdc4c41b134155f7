import { Menu } from "@mantine/core";
import {
  IconArrowBackUp,
  IconCheck,
  IconCopy,
  IconEyeOff,
  IconPencil,
  IconScissors,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { Draft, TimeEntry } from "../../api/types";
import type { Question } from "./EntryQuestion";
import { type Obstacle, obstacleOf, type Step } from "./entrySteps";
import type { useDraftSteps } from "./useDraftSteps";
import { useLock } from "./useWeek";
import { isClosed } from "./week";

/** Why something cannot be done, said once however many items it keeps back: they cannot be reached to say it themselves. */
function Reasons({ id, texts }: { id: string; texts: string[] }) {
  return (
    <div id={id}>
      {[...new Set(texts)].map((text) => (
        <Menu.Label key={text} maw={260}>
          {text}
        </Menu.Label>
      ))}
    </div>
  );
}

const ICON = { size: 16, "aria-hidden": true } as const;

interface EntryProps {
  entry: TimeEntry;
  /** The id of the element that says what cannot be done. */
  reasons: string;
  onEdit: () => void;
  ask: (question: Question) => void;
}

export function EntryItems({ entry, reasons, onEdit, ask }: EntryProps) {
  const t = useTranslations("timesheet");
  const lock = useLock();
  const why: Record<Obstacle, string> = {
    invoiced: t("fixedInvoiced"),
    closed: t("fixedClosed"),
    running: t("fixedRunning"),
    short: t("fixedShort"),
  };
  const texts: string[] = [];
  const step = (name: Exclude<Step, "merge">) => {
    const obstacle = obstacleOf(name, entry, lock);
    if (obstacle) texts.push(why[obstacle]);
    return { disabled: !!obstacle, onClick: () => (name === "edit" ? onEdit() : ask(name)) };
  };
  const [edit, duplicate, split, remove] = [step("edit"), step("duplicate"), step("split"), step("delete")];
  if (entry.status === "approved" && !edit.disabled) texts.push(t("again"));
  return (
    <>
      <Reasons id={reasons} texts={texts} />
      <Menu.Item leftSection={<IconPencil {...ICON} />} {...edit}>
        {t("change")}
      </Menu.Item>
      <Menu.Item leftSection={<IconCopy {...ICON} />} {...duplicate}>
        {t("duplicate")}
      </Menu.Item>
      <Menu.Item leftSection={<IconScissors {...ICON} />} {...split}>
        {t("split")}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item className="danger" leftSection={<IconTrash {...ICON} />} {...remove}>
        {t("delete")}
      </Menu.Item>
    </>
  );
}

interface DraftProps {
  draft: Draft;
  /** It was put aside. */
  dismissed: boolean;
  reasons: string;
  steps: ReturnType<typeof useDraftSteps>;
  onEdit: () => void;
}

export function DraftItems({ draft, dismissed, reasons, steps, onEdit }: DraftProps) {
  const t = useTranslations("drafts");
  const { id, start } = draft.event;
  const closed = isClosed(start, useLock());
  return (
    <>
      <Reasons id={reasons} texts={closed ? [t("closed")] : []} />
      {!dismissed && (
        <Menu.Item
          leftSection={<IconCheck {...ICON} />}
          disabled={closed}
          onClick={() => steps.log.mutate(id)}
        >
          {t("log")}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<IconPencil {...ICON} />} disabled={closed} onClick={onEdit}>
        {t("editAndLog")}
      </Menu.Item>
      <Menu.Divider />
      {dismissed ? (
        <Menu.Item leftSection={<IconArrowBackUp {...ICON} />} onClick={() => steps.restore.mutate(id)}>
          {t("bringBack")}
        </Menu.Item>
      ) : (
        <Menu.Item leftSection={<IconEyeOff {...ICON} />} onClick={() => steps.dismiss.mutate(id)}>
          {t("dismiss")}
        </Menu.Item>
      )}
    </>
  );
}
