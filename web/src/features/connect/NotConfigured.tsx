import { Anchor, List, Stack, Text, Title } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Provider } from "../../api/types";
import { useIsAdmin } from "../../app/session";
import { CopyField } from "../../components/Copy";
import { safeHref } from "../../lib/url";

/** What an administrator must do first; everyone else learns whom to ask. */
export function NotConfigured({ provider }: { provider: Provider }) {
  const t = useTranslations("connect");
  const admin = useIsAdmin();
  const guide = safeHref(provider.setup_guide);
  return (
    <section className="panel" data-tone="warn">
      <Title order={2} size="h5" className="warn" mb="xs">
        {t("notConfigured", { name: provider.name })}
      </Title>
      {!admin && <Text size="sm">{t("askAdmin")}</Text>}
      {admin && (
        <Stack gap="sm">
          {provider.setup_steps.length > 0 && (
            <List type="ordered" size="sm">
              {provider.setup_steps.map((step) => (
                <List.Item key={step}>{step}</List.Item>
              ))}
            </List>
          )}
          {provider.redirect_uri && (
            <div>
              <Text size="sm" fw={600} mb={4}>
                {t("redirectUri")}
              </Text>
              <CopyField value={provider.redirect_uri} label={t("copyRedirect")} />
            </div>
          )}
          {provider.missing.length > 0 && (
            <div>
              <Text size="sm" fw={600} mb={4}>
                {t("missing")}
              </Text>
              <CopyField value={provider.missing.map((m) => `${m}=`).join("\n")} label={t("copyMissing")} />
            </div>
          )}
          {guide && (
            <Anchor href={guide} target="_blank" rel="noopener noreferrer" underline="always" size="sm">
              {t("guide")}
            </Anchor>
          )}
        </Stack>
      )}
    </section>
  );
}
