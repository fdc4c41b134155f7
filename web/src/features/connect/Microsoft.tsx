import { Anchor, List, Stack, Text, Title } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Provider } from "../../api/types";
import { CopyField } from "../../components/Copy";

const APPS = {
  personal: "https://account.live.com/consent/Manage",
  work: "https://myapplications.microsoft.com/",
} as const;

/** Which accounts can be connected: Microsoft has two kinds, and they end differently. */
export function MicrosoftAccounts() {
  const t = useTranslations("microsoft");
  return (
    <section className="panel">
      <Title order={2} size="h5">
        {t("accounts")}
      </Title>
      <List size="sm" mt={4} spacing={4}>
        <List.Item>{t("work")}</List.Item>
        <List.Item>{t("personal")}</List.Item>
        <List.Item>{t("onPremises")}</List.Item>
      </List>
    </section>
  );
}

/** What to do where an organisation lets only administrators agree; the text is for them. */
export function MicrosoftConsent({ provider }: { provider: Provider }) {
  const t = useTranslations("microsoft");
  const text = t("mail", {
    server: location.origin,
    scopes: provider.scopes.map((s) => `- ${s.scope}: ${s.reason}`).join("\n"),
  });
  return (
    <section className="panel">
      <Title order={2} size="h5">
        {t("consent")}
      </Title>
      <Stack gap="xs" mt={4}>
        <Text size="sm">{t("consentText")}</Text>
        <CopyField value={text} label={t("copyMail")} />
        <Text size="sm">{t("consentAfter")}</Text>
      </Stack>
    </section>
  );
}

/** Microsoft has no way for us to take the access back: disconnecting forgets the token, the rest is theirs. */
export function MicrosoftRemoval() {
  const t = useTranslations("microsoft");
  return (
    <section className="panel">
      <Title order={2} size="h5">
        {t("removal")}
      </Title>
      <Text size="sm" mt={4}>
        {t("removalText")}
      </Text>
      <List size="sm" mt="xs" spacing={4}>
        {(["personal", "work"] as const).map((kind) => (
          <List.Item key={kind}>
            {t(`remove.${kind}`)}{" "}
            <Anchor
              href={APPS[kind]}
              target="_blank"
              rel="noopener noreferrer"
              underline="always"
              size="sm"
              className="breakable"
            >
              {APPS[kind]}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </section>
  );
}
