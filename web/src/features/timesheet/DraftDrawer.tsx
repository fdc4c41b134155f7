import { Button, Drawer, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Draft } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ClientProject } from "../../components/ClientProject";
import { TagsField } from "../../components/TagsField";
import { useProjectSays } from "../../components/useProjectSays";
import { draftBillable } from "../../lib/billable";
import { formatDateTime, formatMinutes } from "../../lib/time";
import { Reason } from "./Reason";
import { LISTS, useDraftSteps } from "./useDraftSteps";

interface Props {
  draft: Draft;
  /** It was put aside. */
  dismissed?: boolean;
  onClose: () => void;
}

function DraftForm({ draft, dismissed, onClose }: Props) {
  const t = useTranslations("drafts");
  const timeZone = useTimeZone();
  const [booked, setBooked] = useState({ client_id: draft.client_id, project_id: draft.project_id });
  // Only what somebody says counts as asked for: a meeting that a colleague bills is not billed again by default.
  const [billable, setBillable] = useState<boolean | null>(null);
  const [tags, setTags] = useState(draft.tags);
  const [description, setDescription] = useState(draft.event.title ?? "");
  const { restore, dismiss } = useDraftSteps();
  const { id } = draft.event;
  const says = useProjectSays();
  const log = useAction(
    () => actions.logDraft(id, { ...booked, billable, tags, description: description.trim() || null }),
    { done: t("loggedOne"), invalidate: LISTS, onDone: onClose },
  );
  const close = { onSuccess: onClose };
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        log.mutate(undefined);
      }}
    >
      <Stack gap="sm">
        <Text size="sm" className="num">
          {formatDateTime(draft.event.start, timeZone)} · {formatMinutes(draft.duration_minutes)} h
        </Text>
        {dismissed && <Text size="sm">{t("isAside")}</Text>}
        <Reason draft={draft} />
        <TextInput
          label={t("description")}
          value={description}
          maxLength={500}
          onChange={(e) => setDescription(e.currentTarget.value)}
          data-autofocus
        />
        <ClientProject value={booked} onChange={setBooked} />
        <TagsField value={tags} onChange={setTags} />
        <Switch
          label={t("billable")}
          description={draft.billed_by_member_id ? t("billedByOther") : undefined}
          checked={draftBillable(billable, booked, draft, says)}
          onChange={(e) => setBillable(e.currentTarget.checked)}
        />
        <Group justify="space-between">
          <Button type="submit" loading={log.isPending}>
            {t("log")}
          </Button>
          {dismissed ? (
            <Button variant="default" loading={restore.isPending} onClick={() => restore.mutate(id, close)}>
              {t("bringBack")}
            </Button>
          ) : (
            <Button variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate(id, close)}>
              {t("dismiss")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** One meeting that is not logged: what it would be booked on, to take over or to change. */
export function DraftDrawer({ draft, dismissed, onClose }: Omit<Props, "draft"> & { draft?: Draft }) {
  const t = useTranslations("drafts");
  return (
    <Drawer opened={!!draft} onClose={onClose} position="right" size={400} title={t("logTitle")}>
      {draft && <DraftForm key={draft.event.id} draft={draft} dismissed={dismissed} onClose={onClose} />}
    </Drawer>
  );
}
