import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ClientProject, type ClientProjectValue } from "../../components/ClientProject";
import { TagsField } from "../../components/TagsField";
import { useProjectSays } from "../../components/useProjectSays";
import { billablePatch } from "../timesheet/entryValues";

interface Said extends ClientProjectValue {
  description: string;
  tags: string[];
}

/** What is being done: said when a timer starts, and put right while it runs. */
export function TimerDialog({ entry, onClose }: { entry?: TimeEntry; onClose: () => void }) {
  const t = useTranslations("timer");
  // Kept apart from the query: the dialog must not change its mind while somebody types.
  const [running] = useState(entry);
  const [description, setDescription] = useState(running?.description ?? "");
  const [booked, setBooked] = useState<ClientProjectValue>({
    client_id: running?.client_id ?? null,
    project_id: running?.project_id ?? null,
  });
  const [tags, setTags] = useState(running?.tags ?? []);
  const says = useProjectSays();
  const save = useAction(
    (said: Said) =>
      running
        ? actions.updateEntry(running.id, {
            ...said,
            ...billablePatch(null, said.project_id, running, says),
          })
        : actions.startTimer({ ...said, billable: null }),
    { done: running ? t("saved") : t("started"), invalidate: ["time-entries"], onDone: onClose },
  );
  const discard = useAction(() => actions.discardTimer(), {
    done: t("discarded"),
    invalidate: ["time-entries"],
    onDone: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={<strong>{t(running ? "running" : "startTitle")}</strong>}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ ...booked, tags, description: description.trim() });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t("what")}
            description={running ? undefined : t("whatHint")}
            value={description}
            maxLength={500}
            onChange={(e) => setDescription(e.currentTarget.value)}
            data-autofocus
          />
          <ClientProject value={booked} onChange={setBooked} />
          <TagsField value={tags} onChange={setTags} />
          <Group justify="space-between">
            <Button type="submit" loading={save.isPending}>
              {t(running ? "save" : "start")}
            </Button>
            {running && (
              <Button
                variant="outline"
                className="dangerbtn"
                loading={discard.isPending}
                onClick={() => discard.mutate(undefined)}
              >
                {t("discard")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
