import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { SlackStatus } from "../../api/types";
import { useIsAdmin } from "../../app/session";
import { StatusBadge } from "../../components/StatusBadge";
import { Ago } from "../../components/Time";

type Workspace = SlackStatus["workspaces"][number];

function Row({ one }: { one: Workspace }) {
  const t = useTranslations("slack");
  return (
    <li>
      <div className="grow">
        {one.name ?? one.team_id ?? one.enterprise_id}
        <Text size="xs" c="dimmed">
          {t("since")} <Ago at={one.installed_at} />
          {one.ended_because && ` · ${t("because", { reason: one.ended_because })}`}
        </Text>
      </div>
      <StatusBadge tone={one.active ? "ok" : "idle"} label={one.active ? t("active") : t("ended")} />
    </li>
  );
}

/** How Slack reaches this server: by itself, or over a socket that this server opens. */
function Reached({ status }: { status: SlackStatus }) {
  const t = useTranslations("slack");
  if (!status.configured) return null;
  return (
    <div>
      <StatusBadge tone="ok" label={t(status.socket_mode ? "socket" : "requests")} />
      <Text size="sm" c="dimmed" mt={4}>
        {t(status.socket_mode ? "socketHint" : "requestsHint")}
      </Text>
    </div>
  );
}

/** Where the app is, and what its operator still has to set. */
export function Installations({ status }: { status: SlackStatus }) {
  const t = useTranslations("slack");
  const admin = useIsAdmin();
  return (
    <section className="panel" aria-labelledby="slack-app">
      <Stack gap="sm" align="stretch">
        <Title order={2} size="h5" id="slack-app">
          {t("app")}
        </Title>
        {!status.configured && <Text size="sm">{t("notConfigured")}</Text>}
        {status.configured && status.missing.length > 0 && (
          <Text size="sm">
            {t("missing")} <code>{status.missing.join(", ")}</code>
          </Text>
        )}
        <Reached status={status} />
        {status.workspaces.length > 0 ? (
          <ul className="rows">
            {status.workspaces.map((one) => (
              <Row key={one.connection_id} one={one} />
            ))}
          </ul>
        ) : (
          <Text size="sm">{t("noWorkspace")}</Text>
        )}
        {admin && status.configured && (
          <Group>
            <Button component={Link} to="/integrations/connect/slack" variant="default">
              {status.installed ? t("addAnother") : t("install")}
            </Button>
          </Group>
        )}
        {!admin && !status.installed && <Text size="sm">{t("askAdmin")}</Text>}
      </Stack>
    </section>
  );
}
