import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { TimeEntry } from "../../api/types";
import { useIsAdmin } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ClientProject, type ClientProjectValue } from "../../components/ClientProject";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { TagsField } from "../../components/TagsField";
import { formatMinutes } from "../../lib/time";
import { Ask } from "./shapes";
import { commonTags, retagged } from "./tags";

const LISTS = ["time-entries", "drafts", "events", "clients"];

interface Props {
  chosen: TimeEntry[];
  onDone: () => void;
}

/** Puts all of them on one client and project. */
function Rebook({ chosen, onDone, onClose }: Props & { onClose: () => void }) {
  const t = useTranslations("timesheet");
  const [booked, setBooked] = useState<ClientProjectValue>({ client_id: null, project_id: null });
  const run = useAction(
    () => actions.bulkEntries({ action: "edit", ids: chosen.map((e) => e.id), changes: { ...booked } }),
    {
      done: ({ items }) => t("bulkDone", { count: items.filter((i) => i.status === "done").length }),
      invalidate: LISTS,
      onDone: () => {
        onClose();
        onDone();
      },
    },
  );
  return (
    <Ask
      title={t("rebookTitle", { count: chosen.length })}
      action={t("save")}
      busy={run.isPending}
      onClose={onClose}
      onGo={() => run.mutate(undefined)}
    >
      <ClientProject value={booked} onChange={setBooked} />
    </Ask>
  );
}

/** Changes the tags of all of them: those that all have are there to be taken off, and what is added all get. */
function Retag({ chosen, onDone, onClose }: Props & { onClose: () => void }) {
  const t = useTranslations("timesheet");
  const [tags, setTags] = useState(() => commonTags(chosen));
  const run = useAction(
    async () => {
      const done = [];
      for (const { ids, tags: now } of retagged(chosen, tags))
        done.push(...(await actions.bulkEntries({ action: "edit", ids, changes: { tags: now } })).items);
      return done;
    },
    {
      done: (items) => {
        const refused = items.flatMap((i) => (i.problem ? [i.problem.detail] : []));
        return [t("bulkDone", { count: items.length - refused.length }), ...new Set(refused)].join(" ");
      },
      invalidate: LISTS,
      onDone: () => {
        onClose();
        onDone();
      },
    },
  );
  return (
    <Ask
      title={t("retagTitle", { count: chosen.length })}
      action={t("save")}
      busy={run.isPending}
      onClose={onClose}
      onGo={() => run.mutate(undefined)}
    >
      <TagsField value={tags} onChange={setTags} description={t("retagHint")} />
    </Ask>
  );
}

/** What can be done with many entries at once. Each stands for itself: what is refused is said, the others are done. */
export function BulkBar({ chosen, onDone }: Props) {
  const t = useTranslations("timesheet");
  const admin = useIsAdmin();
  const [asked, setAsked] = useState<"delete" | "rebook" | "retag" | null>(null);
  const ids = chosen.map((e) => e.id);
  const run = useAction((action: "submit" | "approve" | "delete") => actions.bulkEntries({ action, ids }), {
    done: ({ items }) => {
      const refused = items.flatMap((i) => (i.problem ? [i.problem.detail] : []));
      const done = t("bulkDone", { count: items.length - refused.length });
      return [done, ...new Set(refused)].join(" ");
    },
    invalidate: LISTS,
    onDone: () => {
      setAsked(null);
      onDone();
    },
  });
  const merge = useAction(() => actions.mergeEntries(ids), { done: t("merged"), invalidate: LISTS, onDone });
  if (chosen.length === 0) return null;
  const small = { size: "xs", variant: "default", disabled: run.isPending || merge.isPending } as const;
  const hours = formatMinutes(chosen.reduce((sum, e) => sum + e.duration_minutes, 0));
  return (
    <Group gap="xs" role="group" aria-label={t("bulk")} className="panel bulk">
      <b className="num">{t("total", { count: chosen.length, hours })}</b>
      <Button {...small} onClick={() => run.mutate("submit")}>
        {t("submit")}
      </Button>
      {admin && (
        <Button {...small} onClick={() => run.mutate("approve")}>
          {t("approve")}
        </Button>
      )}
      <Button {...small} onClick={() => setAsked("rebook")}>
        {t("rebook")}
      </Button>
      <Button {...small} onClick={() => setAsked("retag")}>
        {t("retag")}
      </Button>
      {chosen.length > 1 && (
        <Button {...small} onClick={() => merge.mutate(undefined)}>
          {t("mergeAction")}
        </Button>
      )}
      <Button {...small} variant="outline" className="dangerbtn" onClick={() => setAsked("delete")}>
        {t("delete")}
      </Button>
      {asked === "rebook" && <Rebook chosen={chosen} onDone={onDone} onClose={() => setAsked(null)} />}
      {asked === "retag" && <Retag chosen={chosen} onDone={onDone} onClose={() => setAsked(null)} />}
      <ConfirmDestructive
        what={
          asked === "delete"
            ? {
                title: t("deleteMany", { count: chosen.length }),
                action: t("delete"),
                goes: [t("total", { count: chosen.length, hours })],
                stays: chosen.some((e) => e.synced_event_id) ? [t("staysEvents")] : [],
              }
            : null
        }
        busy={run.isPending}
        onConfirm={() => run.mutate("delete")}
        onClose={() => setAsked(null)}
      />
    </Group>
  );
}
