import { Button, Group, Stack, Text } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { ApiError } from "../../api/client";
import { PageHeader } from "../../components/PageHeader";
import { text } from "../../lib/url";
import { ConnectSteps } from "./ConnectSteps";

const KNOWN = [
  "access_denied",
  "invalid_state",
  "state_expired",
  "state_used",
  "state_foreign",
  "scopes_missing",
  "wrong_account",
  "provider_refused",
  "provider_unreachable",
  "provider_not_configured",
  "provider_not_ready",
] as const;

interface Arrival {
  provider: string;
  connection?: string;
  error?: string;
  detail?: string;
  code?: string;
  state?: string;
}

function read(): Arrival {
  const query = new URLSearchParams(location.search);
  return {
    provider: text(query.get("connected") ?? query.get("provider")) ?? "google",
    connection: text(query.get("connection")),
    error: text(query.get("error")),
    code: text(query.get("code")),
    state: text(query.get("state")),
  };
}

function Failure({ arrival }: { arrival: Arrival }) {
  const t = useTranslations("callback");
  const known = KNOWN.find((code) => code === arrival.error);
  return (
    <section className="panel" role="alert" data-tone="bad">
      <Text fw={620} component="h2" m={0}>
        {known ? t(`error.${known}.title`) : t("error.other.title")}
      </Text>
      <Text size="sm" my="xs">
        {known ? t(`error.${known}.text`) : arrival.detail || t("error.other.text")}
      </Text>
      <Group gap="xs">
        <Button component={Link} to={`/integrations/connect/${arrival.provider}`}>
          {t("retry")}
        </Button>
        <Button component={Link} to="/integrations" variant="default">
          {t("back")}
        </Button>
      </Group>
    </section>
  );
}

/** Where a consent page returns to. The address is cleaned at once: nothing in it should be kept or shared. */
export function Callback() {
  const t = useTranslations("callback");
  const router = useRouter();
  const [arrival, setArrival] = useState(read);
  useEffect(() => {
    if (location.search) router.history.replace("/integrations/callback");
  }, [router]);
  const { code, state, provider } = arrival;
  useEffect(() => {
    if (!code || !state) return;
    setArrival((a) => ({ ...a, code: undefined, state: undefined }));
    actions.finishOauth(provider, { code, state }).then(
      (answer) => setArrival({ provider: answer.connection.provider, connection: answer.connection.id }),
      (error: unknown) =>
        setArrival({
          provider,
          error: error instanceof ApiError ? error.code : "other",
          detail: error instanceof Error ? error.message : undefined,
        }),
    );
  }, [code, state, provider]);
  return (
    <Stack gap="lg" maw={720}>
      <PageHeader title={arrival.error ? t("failed") : t("title")} />
      {arrival.error ? (
        <Failure arrival={arrival} />
      ) : (
        <ConnectSteps connection={arrival.connection} provider={arrival.provider} />
      )}
    </Stack>
  );
}
