import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import { PageHeader } from "../../components/PageHeader";
import { text } from "../../lib/url";
import { ConnectSteps } from "./ConnectSteps";
import { MicrosoftConsent } from "./Microsoft";

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

/** What comes back when Microsoft did not give the access: cancelled there, or for an administrator to approve. */
const NOT_GIVEN = ["access_denied", "provider_refused", "needs_reauth"];

interface Arrival {
  /** Unknown where an address was made up, or belongs to no request of ours. */
  provider?: string;
  connection?: string;
  error?: string;
  detail?: string;
  code?: string;
  state?: string;
}

function read(): Arrival {
  const query = new URLSearchParams(location.search);
  return {
    provider: text(query.get("connected") ?? query.get("provider")),
    connection: text(query.get("connection")),
    error: text(query.get("error")),
    code: text(query.get("code")),
    state: text(query.get("state")),
  };
}

function useWords(arrival: Arrival) {
  const t = useTranslations("callback");
  if (microsoftSaidNo(arrival)) return { title: t("microsoft.title"), words: t("microsoft.text") };
  const known = KNOWN.find((code) => code === arrival.error) ?? "other";
  const said = known === "other" ? arrival.detail : undefined;
  return { title: t(`error.${known}.title`), words: said || t(`error.${known}.text`) };
}

function microsoftSaidNo({ provider, error }: Arrival) {
  return provider === "microsoft" && NOT_GIVEN.includes(error ?? "");
}

function Failure({ arrival }: { arrival: Arrival }) {
  const t = useTranslations("callback");
  const { title, words } = useWords(arrival);
  const { provider, connection } = arrival;
  return (
    <section className="panel" role="alert" data-tone="bad">
      <Text fw={620} component="h2" m={0}>
        {title}
      </Text>
      <Text size="sm" my="xs">
        {words}
      </Text>
      <Group gap="xs">
        {provider && (
          <Button
            component={Link}
            to={`/integrations/connect/${provider}`}
            search={(connection ? { connection } : {}) as never}
          >
            {t("retry")}
          </Button>
        )}
        <Button component={Link} to="/integrations" variant={provider ? "default" : "filled"}>
          {t("back")}
        </Button>
      </Group>
    </section>
  );
}

/** The text for an administrator, where it may be what is missing. */
function Approval() {
  const microsoft = useQuery(queries.providers()).data?.find((p) => p.key === "microsoft");
  return microsoft ? <MicrosoftConsent provider={microsoft} /> : null;
}

/** Where a consent page returns to. The address is cleaned at once: nothing in it should be kept or shared. */
export function Callback() {
  const t = useTranslations("callback");
  const router = useRouter();
  const [arrival, setArrival] = useState(read);
  useEffect(() => {
    if (location.search) router.history.replace("/integrations/callback");
  }, [router]);
  const { code, state, provider = "google" } = arrival;
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
        <>
          <Failure arrival={arrival} />
          {microsoftSaidNo(arrival) && <Approval />}
        </>
      ) : (
        <ConnectSteps connection={arrival.connection} provider={provider} />
      )}
    </Stack>
  );
}
