import { Alert, Button, List, Stack, Text, Title } from "@mantine/core";
import { IconExternalLink, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queryString } from "../../api/client";
import { queries } from "../../api/queries";
import type { Provider } from "../../api/types";
import { useAction } from "../../app/useAction";
import { PageHeader } from "../../components/PageHeader";
import { ProviderIcon } from "../../components/ProviderIcon";
import { EmptyState, QueryState } from "../../components/States";
import { text } from "../../lib/url";
import { MicrosoftAccounts, MicrosoftConsent, MicrosoftRemoval } from "./Microsoft";
import { NotConfigured } from "./NotConfigured";
import { PasswordForm } from "./PasswordForm";
import { ScopeList } from "./ScopeList";

/** The way back, which knows what was tried: "Try again" there leads to the same page. */
function returnTo(provider: string, connection?: string) {
  return `/integrations/callback?${queryString({ provider, connection })}`;
}

function OauthButton({ provider }: { provider: Provider }) {
  const t = useTranslations("connect");
  const [refused, setRefused] = useState("");
  const search = useSearch({ strict: false }) as { connection?: unknown };
  const again = text(search.connection);
  const start = useAction(() => actions.authorize(provider.key, returnTo(provider.key, again), again), {
    onDone: ({ authorization_url }) => location.assign(authorization_url),
    onFail: (error) => {
      setRefused(error.message);
      return true;
    },
  });
  return (
    <Stack gap="xs" align="flex-start">
      {refused && (
        <Alert color="red" variant="outline" role="alert">
          {refused}
        </Alert>
      )}
      <Button
        size="md"
        leftSection={<IconExternalLink size={18} aria-hidden />}
        loading={start.isPending || start.isSuccess}
        onClick={() => start.mutate(undefined)}
      >
        {t("action", { name: provider.name })}
      </Button>
      <Text size="xs" c="dimmed">
        {t("leave", { name: provider.name })}
      </Text>
    </Stack>
  );
}

function What({ provider }: { provider: Provider }) {
  const t = useTranslations("connect");
  const microsoft = provider.key === "microsoft";
  const oauth = microsoft ? t("privacyMicrosoft") : t("privacyOauth");
  const privacy = provider.auth === "oauth" ? oauth : t("privacyPassword");
  const writes = provider.key === "google" ? t("writesGoogle") : t("writes");
  return (
    <>
      <section className="panel">
        <Title order={2} size="h5">
          {t("what")}
        </Title>
        <Text size="sm" mt={4}>
          {provider.summary}
        </Text>
        <List size="sm" mt="xs" spacing={4}>
          <List.Item>{t("reads")}</List.Item>
          <List.Item>{writes}</List.Item>
          <List.Item>{t("never")}</List.Item>
        </List>
      </section>
      {microsoft && <MicrosoftAccounts />}
      {provider.scopes.length > 0 && (
        <section className="panel">
          <Title order={2} size="h5" mb="xs">
            {t("permissions")}
          </Title>
          <ScopeList scopes={provider.scopes} />
        </section>
      )}
      <section className="panel">
        <Title order={2} size="h5" className="titled">
          <IconLock size={16} aria-hidden /> {t("privacy")}
        </Title>
        <Text size="sm" mt={4}>
          {privacy}
        </Text>
      </section>
    </>
  );
}

/** How to connect it now, or why that is not possible. */
function Way({ provider }: { provider: Provider }) {
  const t = useTranslations("connect");
  if (!provider.available)
    return (
      <section className="panel" data-tone="warn">
        <Text size="sm">{t("notYet", { name: provider.name })}</Text>
      </section>
    );
  if (!provider.configured) return <NotConfigured provider={provider} />;
  return provider.auth === "oauth" ? (
    <OauthButton provider={provider} />
  ) : (
    <PasswordForm provider={provider} />
  );
}

export function Connect() {
  const t = useTranslations("connect");
  const { provider: key = "" } = useParams({ strict: false }) as { provider?: string };
  const providers = useQuery(queries.providers());
  return (
    <Stack gap="lg" maw={720}>
      <QueryState query={providers}>
        {(list) => {
          const provider = list.find((p) => p.key === key);
          if (!provider) {
            return (
              <>
                <PageHeader title={t("unknownTitle")} />
                <EmptyState title={t("unknown")}>
                  <Button component={Link} to="/integrations">
                    {t("back")}
                  </Button>
                </EmptyState>
              </>
            );
          }
          return (
            <>
              <PageHeader
                title={
                  <span className="titled">
                    <ProviderIcon provider={provider.key} /> {t("title", { name: provider.name })}
                  </span>
                }
                sub={t("sub")}
              />
              <What provider={provider} />
              <Way provider={provider} />
              {provider.key === "microsoft" && (
                <>
                  {provider.available && provider.configured && <MicrosoftConsent provider={provider} />}
                  <MicrosoftRemoval />
                </>
              )}
            </>
          );
        }}
      </QueryState>
    </Stack>
  );
}
