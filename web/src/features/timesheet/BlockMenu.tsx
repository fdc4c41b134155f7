import { Menu } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslations } from "use-intl";
import type { Draft, TimeEntry } from "../../api/types";
import type { AskedMenu } from "../../components/BlockMenuArea";
import { DraftItems, EntryItems } from "./BlockMenuItems";
import { EntryQuestion, type Question } from "./EntryQuestion";
import { useDraftSteps } from "./useDraftSteps";
import { entryOf, isEntry } from "./week";

/** Which menu is open; what it was about stays while it fades. */
export function useMenu() {
  const [asked, setAsked] = useState<AskedMenu>();
  const [opened, setOpened] = useState(false);
  const open = (to: AskedMenu) => {
    setAsked(to);
    setOpened(true);
  };
  return { asked, opened, open, close: () => setOpened(false) };
}

interface Props {
  menu: ReturnType<typeof useMenu>;
  logged: TimeEntry[];
  suggested: Draft[];
  dismissed: Draft[];
  onOpen: (block: string) => void;
}

/** What can be done with the block that was asked about, where it was asked. */
export function BlockMenu({ menu, logged, suggested, dismissed, onOpen }: Props) {
  const t = useTranslations("events");
  const { asked, opened, close } = menu;
  const [question, setQuestion] = useState<{ entry: TimeEntry; of: Question }>();
  const steps = useDraftSteps();
  const reasons = useId();
  const { id = "", x = 0, y = 0, opener } = asked ?? {};
  const entry = isEntry(id) ? logged.find((e) => e.id === entryOf(id)) : undefined;
  const aside = dismissed.find((d) => d.event.id === id);
  const draft = aside ?? suggested.find((d) => d.event.id === id);
  const name = t("actionsOf", { title: entry?.description || draft?.event.title || t("untitled") });
  // A dialog gives the focus back to what had it: that must not be an item of a menu that is gone.
  const refocus = () => opener?.isConnected && opener.focus({ preventScroll: true });
  const edit = () => {
    refocus();
    onOpen(id);
  };
  const answered = () => {
    setQuestion(undefined);
    setTimeout(refocus);
  };
  return (
    <>
      <Menu
        opened={opened && !!(entry ?? draft)}
        onClose={close}
        position="bottom-start"
        hideDetached={false}
        // A menu has no children but its items.
        withInitialFocusPlaceholder={false}
      >
        <Menu.Target>
          <span key={`${x} ${y}`} className="sr" aria-hidden style={{ position: "fixed", left: x, top: y }}>
            {asked && name}
          </span>
        </Menu.Target>
        <Menu.Dropdown
          aria-describedby={reasons}
          // Some browsers ask for a menu when the key is let go: by then the focus is here.
          onContextMenu={(e) => e.preventDefault()}
        >
          {entry && (
            <EntryItems {...{ entry, reasons }} onEdit={edit} ask={(of) => setQuestion({ entry, of })} />
          )}
          {draft && <DraftItems {...{ draft, reasons, steps }} dismissed={!!aside} onEdit={edit} />}
        </Menu.Dropdown>
      </Menu>
      {question && (
        <EntryQuestion entry={question.entry} asked={question.of} onClose={answered} onDone={answered} />
      )}
    </>
  );
}
