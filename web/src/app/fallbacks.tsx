import { Button, Loader, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ApiError } from "../api/client";

export function LoadingPage() {
  const t = useTranslations("common");
  return (
    <Stack align="center" py={80} role="status" aria-busy="true">
      <Loader aria-hidden />
      <Text c="dimmed">{t("loading")}</Text>
    </Stack>
  );
}

export function NotFound() {
  const t = useTranslations("notFound");
  return (
    <Stack component="main" align="flex-start" p="lg" gap="sm" maw={560}>
      <Title order={1} size="h3">
        {t("title")}
      </Title>
      <Text>{t("text")}</Text>
      <Button component={Link} to="/">
        {t("action")}
      </Button>
    </Stack>
  );
}

export function CrashPage({ error }: { error: unknown }) {
  const t = useTranslations("crash");
  const detail = error instanceof ApiError ? error.message : t("text");
  return (
    <Stack component="main" align="flex-start" p="lg" gap="sm" maw={560} role="alert">
      <Title order={1} size="h3">
        {t("title")}
      </Title>
      <Text>{detail}</Text>
      <Button onClick={() => location.reload()}>{t("action")}</Button>
    </Stack>
  );
}
