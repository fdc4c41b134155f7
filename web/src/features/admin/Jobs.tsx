import { Button, Group, Switch, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Job } from "../../api/types";
import { useAction } from "../../app/useAction";
import { LoadMore } from "../../components/LoadMore";
import { QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { useFilters } from "../../lib/filters";
import { oneOf } from "../../lib/url";

const parse = (raw: Record<string, unknown>): { finished?: string } => ({
  finished: oneOf(raw.finished?.toString(), ["1"]),
});

const TONES = { live: "warn", failed: "bad", done: "ok" } as const;

function Row({ job }: { job: Job }) {
  const t = useTranslations("admin");
  const retry = useAction(() => actions.retryJob(job.id), {
    done: t("retried", { kind: job.kind }),
    invalidate: ["jobs"],
  });
  const waiting = job.state === "live" && job.attempt === 0;
  return (
    <Table.Tr>
      <Table.Td>
        <code className="mono breakable">{job.kind}</code>
        {job.last_error && (
          <Text size="xs" c="dimmed" maw={460} className="breakable">
            {job.last_error}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={t("state")}>
        <StatusBadge
          tone={waiting ? "idle" : TONES[job.state]}
          label={waiting ? t("jobState.waiting") : t(`jobState.${job.state}`)}
        />
      </Table.Td>
      <Table.Td data-label={t("tries")} className="num">
        {t("triesOf", { n: job.attempt, max: job.max_attempts })}
      </Table.Td>
      <Table.Td data-label={t("made")}>
        <Ago at={job.created_at} />
      </Table.Td>
      <Table.Td data-label={t("due")}>{job.state === "live" ? <Ago at={job.due_at} /> : "–"}</Table.Td>
      <Table.Td ta="right">
        {job.state === "failed" && (
          <Button
            size="compact-xs"
            variant="default"
            loading={retry.isPending}
            onClick={() => retry.mutate(undefined)}
          >
            {t("retry")}
            <span className="sr"> {job.kind}</span>
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

export function Jobs() {
  const t = useTranslations("admin");
  const [{ finished }, set] = useFilters(parse);
  const jobs = useInfiniteQuery({ ...queries.jobs(), refetchInterval: 15_000 });
  return (
    <section className="panel" aria-labelledby="jobs">
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h5" id="jobs">
          {t("jobs")}
        </Title>
        <Switch
          size="sm"
          label={t("showFinished")}
          checked={finished === "1"}
          onChange={(e) => set({ finished: e.currentTarget.checked ? "1" : undefined })}
        />
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        {t("jobsSub")}
      </Text>
      <QueryState
        query={jobs}
        isEmpty={(d) => (d.pages[0]?.items.length ?? 0) === 0}
        empty={
          <Text size="sm" c="dimmed">
            {t("noJobs")}
          </Text>
        }
      >
        {(d) => {
          const all = d.pages.flatMap((p) => p.items);
          const shown = all.filter((job) => finished === "1" || job.state !== "done");
          return (
            <>
              {shown.length === 0 ? (
                <Text size="sm" c="dimmed" mb="xs">
                  {t("allDone", { count: all.length })}
                </Text>
              ) : (
                <Table className="stacked">
                  <Table.Thead>
                    <Table.Tr>
                      {(["kind", "state", "tries", "made", "due"] as const).map((h) => (
                        <Table.Th key={h}>{t(h)}</Table.Th>
                      ))}
                      <Table.Th ta="right">
                        <span className="sr">{t("actions")}</span>
                      </Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {shown.map((job) => (
                      <Row key={job.id} job={job} />
                    ))}
                  </Table.Tbody>
                </Table>
              )}
              <LoadMore query={jobs} />
            </>
          );
        }}
      </QueryState>
    </section>
  );
}
