import { Button, Group, NativeSelect, Table, Text, Title } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Job, JobState } from "../../api/types";
import { useAction } from "../../app/useAction";
import { LoadMore } from "../../components/LoadMore";
import { QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { useFilters } from "../../lib/filters";
import { oneOf } from "../../lib/url";

const STATES = ["live", "failed", "done"] as const satisfies readonly JobState[];
const parse = (raw: Record<string, unknown>): { jobs?: JobState } => ({ jobs: oneOf(raw.jobs, STATES) });

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
  const b = useTranslations("billing");
  const [{ jobs: state }, set] = useFilters(parse);
  const jobs = useInfiniteQuery({
    ...queries.jobs(state),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });
  return (
    <section className="panel" aria-labelledby="jobs">
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h5" id="jobs">
          {t("jobs")}
        </Title>
        <NativeSelect
          size="sm"
          aria-label={t("state")}
          data={[
            { value: "", label: b("jobs.all") },
            ...STATES.map((value) => ({ value, label: b(`jobs.${value}`) })),
          ]}
          value={state ?? ""}
          onChange={(e) => set({ jobs: oneOf(e.currentTarget.value, STATES) })}
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
            {state ? b("jobs.none") : t("noJobs")}
          </Text>
        }
      >
        {(d) => {
          const shown = d.pages.flatMap((p) => p.items);
          return (
            <>
              {shown.length > 0 && (
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
