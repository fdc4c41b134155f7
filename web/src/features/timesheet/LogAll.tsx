import { Alert, Button, Checkbox, Group, Modal, Stack, Table } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Draft } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { useAction } from "../../app/useAction";
import { formatDateTime, formatMinutes } from "../../lib/time";
import { Reason } from "./Reason";

const LISTS = ["time-entries", "drafts", "events"];

function Review({ drafts, onClose }: { drafts: Draft[]; onClose: () => void }) {
  const t = useTranslations("drafts");
  const timeZone = useTimeZone();
  const projects = useQuery(queries.projects()).data ?? [];
  const clients = useQuery(queries.clients()).data ?? [];
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<string[]>([]);
  const chosen = drafts.filter((d) => !left.has(d.event.id));
  const minutes = chosen.reduce((sum, d) => sum + d.duration_minutes, 0);
  const undo = useAction((ids: string[]) => actions.bulkEntries({ action: "delete", ids }), {
    done: t("undone"),
    invalidate: LISTS,
  });
  const log = useAction((rows: Draft[]) => actions.logDrafts(rows.map((d) => ({ event_id: d.event.id }))), {
    invalidate: LISTS,
    onDone: ({ items }) => {
      const made = items.flatMap((i) => (i.status === "created" && i.time_entry ? [i.time_entry.id] : []));
      const not = items.flatMap((i) => (i.problem ? [i.problem.detail] : []));
      setRefused(not);
      if (not.length === 0) onClose();
      if (made.length === 0) return;
      notifications.show({
        message: (
          <Group gap="sm">
            {t("logged", { count: made.length })}
            <Button size="compact-xs" variant="default" onClick={() => undo.mutate(made)}>
              {t("undo")}
            </Button>
          </Group>
        ),
        autoClose: 15_000,
      });
    },
  });
  const bookedOn = (d: Draft) =>
    [clients.find((c) => c.id === d.client_id)?.name, projects.find((p) => p.id === d.project_id)?.name]
      .filter(Boolean)
      .join(" / ") || t("nothingBooked");
  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  return (
    <Stack gap="sm">
      {refused.length > 0 && (
        <Alert color="red" variant="outline" role="alert" title={t("refused", { count: refused.length })}>
          {[...new Set(refused)].join(" ")}
        </Alert>
      )}
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("meeting")}</Table.Th>
            <Table.Th>{t("when")}</Table.Th>
            <Table.Th>{t("bookedOn")}</Table.Th>
            <Table.Th>{t("length")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {drafts.map((d) => (
            <Table.Tr key={d.event.id}>
              <Table.Td>
                <Checkbox
                  label={d.event.title || t("untitled")}
                  checked={!left.has(d.event.id)}
                  onChange={() => toggle(d.event.id)}
                />
              </Table.Td>
              <Table.Td className="num">{formatDateTime(d.event.start, timeZone)}</Table.Td>
              <Table.Td>
                {bookedOn(d)}
                <Reason draft={d} />
              </Table.Td>
              <Table.Td className="num">{formatMinutes(d.duration_minutes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button disabled={chosen.length === 0} loading={log.isPending} onClick={() => log.mutate(chosen)}>
          {t("logCount", { count: chosen.length, hours: formatMinutes(minutes) })}
        </Button>
      </Group>
    </Stack>
  );
}

/** Logs all suggestions of a week, after a look at each. */
export function LogAll({ drafts }: { drafts: Draft[] }) {
  const t = useTranslations("drafts");
  const [open, setOpen] = useState(false);
  const minutes = drafts.reduce((sum, d) => sum + d.duration_minutes, 0);
  const close = () => setOpen(false);
  return (
    <>
      {drafts.length > 0 && (
        <Button leftSection={<IconSparkles size={16} aria-hidden />} onClick={() => setOpen(true)}>
          {t("logCount", { count: drafts.length, hours: formatMinutes(minutes) })}
        </Button>
      )}
      <Modal opened={open} onClose={close} size="xl" title={<strong>{t("reviewTitle")}</strong>}>
        <Review drafts={drafts} onClose={close} />
      </Modal>
    </>
  );
}
