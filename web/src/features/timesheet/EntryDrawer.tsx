import { Drawer, Stack } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { TimeEntry } from "../../api/types";
import { unlessAsked } from "../../components/onTop";
import { EntryForm } from "./EntryForm";
import { EntryHistory } from "./EntryHistory";

interface Props {
  /** "new" or an entry's id. */
  open?: string;
  /** The stretch a new entry is for, as wall times `start/end`. */
  at?: string;
  entry?: TimeEntry;
  onClose: () => void;
}

/** A time entry to be written, changed, cut, joined or looked up. */
export function EntryDrawer({ open, at, entry, onClose }: Props) {
  const t = useTranslations("timesheet");
  const fresh = open === "new";
  const shown = fresh || !!entry;
  return (
    <Drawer
      opened={shown}
      onClose={unlessAsked(onClose)}
      position="right"
      title={fresh ? t("add") : t("edit")}
      size={420}
    >
      {shown && (
        <Stack gap="lg">
          <EntryForm key={open} at={at} entry={fresh ? undefined : entry} onClose={onClose} />
          {!fresh && entry && <EntryHistory entry={entry} />}
        </Stack>
      )}
    </Drawer>
  );
}
