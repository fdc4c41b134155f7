import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import type { SlackStatus } from "../../api/types";
import { useIsAdmin } from "../../app/session";
import { PageHeader } from "../../components/PageHeader";
import { QueryState } from "../../components/States";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";
import { SlackLink } from "./SlackLink";
import { SlackPreferences } from "./SlackPreferences";

function Installations({ status }: { status: SlackStatus }) {
  const t = useTranslations("slack");
  const admin = useIsAdmin();
  return (
    <section className="panel" aria-labelledby="slack-app">
      <Title order={2} size="h5" id="slack-app">
        {t("app")}
      </Title>
      {!status.configured && (
        <Text size="sm" mt="xs">
          {t("notConfigured")}
        </Text>
      )}
      <Stack gap="xs" my="xs">
        {status.workspaces.map((one) => (
          <Group key={one.connection_id} gap="sm">
            <Text fw={560}>{one.name ?? one.team_id ?? one.enterprise_id}</Text>
            <StatusBadge tone={one.active ? "ok" : "idle"} label={one.active ? t("active") : t("ended")} />
            <Text size="xs" c="dimmed">
              {t("since")} <Ago at={one.installed_at} />
            </Text>
          </Group>
        ))}
        {status.workspaces.length === 0 && <Text size="sm">{t("noWorkspace")}</Text>}
      </Stack>
      {admin && status.configured && (
        <Button component={Link} to="/integrations/connect/slack" variant="default">
          {status.installed ? t("addAnother") : t("install")}
        </Button>
      )}
      {!admin && !status.installed && <Text size="sm">{t("askAdmin")}</Text>}
    </section>
  );
}

/** Everything about Slack: where the app is, who you are there, and what you want to be told. */
export function SlackSettings() {
  const t = useTranslations("slack");
  const status = useQuery(queries.slack());
  return (
    <Stack gap="md" maw={640}>
      <PageHeader title={t("title")} sub={t("sub")} />
      <QueryState query={status}>
        {(found) => (
          <Stack gap="md">
            <Installations status={found} />
            <SlackLink status={found} />
            <SlackPreferences preferences={found.preferences} />
          </Stack>
        )}
      </QueryState>
    </Stack>
  );
}
