import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { SlackStatus } from "../../api/types";
import { useAction } from "../../app/useAction";
import { text } from "../../lib/url";

/** The token of a link from Slack, behind the #. It is taken out of the address at once: nothing in it should be kept or shared. */
function useToken(): [string | undefined, () => void] {
  const router = useRouter();
  const [token, setToken] = useState(() => text(globalThis.location.hash.slice(1)));
  useEffect(() => {
    if (globalThis.location.hash) router.history.replace("/settings/slack");
  }, [router]);
  return [token, () => setToken(undefined)];
}

/** Somebody came from Slack: they say that it is them, so that a link sent by another person links nobody unasked. */
function Confirm({ token, onDone }: { token: string; onDone: () => void }) {
  const t = useTranslations("slack");
  const link = useAction(() => actions.linkSlack({ token }), {
    done: t("linkedNow"),
    invalidate: ["slack"],
    onDone,
    onFail: (error) => {
      onDone();
      return error.status === 0;
    },
  });
  return (
    <Alert variant="outline" title={t("confirmTitle")}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t("confirmText")}</Text>
        <Group gap="xs">
          <Button loading={link.isPending} onClick={() => link.mutate(undefined)}>
            {t("confirm")}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t("refuse")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Linked({ status }: { status: SlackStatus }) {
  const t = useTranslations("slack");
  const { binding, workspace } = status;
  const unlink = useAction(actions.unlinkSlack, { done: t("unlinkedNow"), invalidate: ["slack"] });
  if (!binding) return null;
  return (
    <Stack gap="xs" mt="xs" align="flex-start">
      <Text>
        {t("linkedAs", {
          name: binding.name ?? binding.slack_user_id,
          workspace: workspace?.name ?? workspace?.team_id ?? "Slack",
        })}
      </Text>
      {binding.silent_because && (
        <Alert color="yellow" variant="outline">
          {t("silent", { reason: binding.silent_because })}
        </Alert>
      )}
      <Button variant="default" loading={unlink.isPending} onClick={() => unlink.mutate(undefined)}>
        {t("unlink")}
      </Button>
    </Stack>
  );
}

/** Who you are in Slack, and how to say so. */
export function SlackLink({ status }: { status: SlackStatus }) {
  const t = useTranslations("slack");
  const [token, forget] = useToken();
  const find = useAction(() => actions.linkSlack({ by_email: true }), { done: (answer) => answer.message });
  return (
    <section className="panel" aria-labelledby="slack-you">
      <Title order={2} size="h5" id="slack-you">
        {t("you")}
      </Title>
      {token && <Confirm token={token} onDone={forget} />}
      {status.binding ? (
        <Linked status={status} />
      ) : (
        <Stack gap="xs" mt="xs" align="flex-start">
          <Text size="sm">{t("howToLink")}</Text>
          {status.installed && (
            <Button variant="default" loading={find.isPending} onClick={() => find.mutate(undefined)}>
              {t("findMe")}
            </Button>
          )}
        </Stack>
      )}
    </section>
  );
}
