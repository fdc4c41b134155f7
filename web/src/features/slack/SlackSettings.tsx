import { Button, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { useIsAdmin } from "../../app/session";
import { PageHeader } from "../../components/PageHeader";
import { QueryState } from "../../components/States";
import { Commands } from "./Commands";
import { Installations } from "./Installations";
import { LinkedMembers } from "./LinkedMembers";
import { SlackLink } from "./SlackLink";

/** Everything about Slack: where the app is, who you are there, what you can type and what you want to be told. */
export function SlackSettings() {
  const t = useTranslations("slack");
  const admin = useIsAdmin();
  const status = useQuery(queries.slack());
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")} />
      <QueryState query={status}>
        {(found) => (
          <div className="columns">
            <Stack gap="md">
              <Installations status={found} />
              <SlackLink status={found} />
              {admin && found.installed && <LinkedMembers />}
            </Stack>
            <Stack gap="md">
              <Commands />
              <section className="panel" aria-labelledby="slack-messages">
                <Title order={2} size="h5" id="slack-messages">
                  {t("messages")}
                </Title>
                <Text size="sm" my="xs">
                  {t("messagesText")}
                </Text>
                <Button component={Link} to="/settings/notifications" variant="default">
                  {t("toNotifications")}
                </Button>
              </section>
            </Stack>
          </div>
        )}
      </QueryState>
    </Stack>
  );
}
