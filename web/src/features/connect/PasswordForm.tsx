import { Alert, Button, List, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { ApiError } from "../../api/client";
import type { Provider } from "../../api/types";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";

const OWN_TEXT = ["credentials_refused", "not_caldav", "provider_unreachable", "target_not_allowed"] as const;

/** CalDAV and iCloud: an address (CalDAV only), a name and an app password. */
export function PasswordForm({ provider }: { provider: Provider }) {
  const t = useTranslations("connect");
  const navigate = useNavigate();
  const [refused, setRefused] = useState<ApiError | null>(null);
  const needsUrl = provider.server_url === null;
  const form = useForm({ initialValues: { url: "", username: "", password: "" } });
  const connect = useAction(
    (values: typeof form.values) =>
      needsUrl
        ? actions.connectCaldav(values)
        : actions.connectApple({ username: values.username, password: values.password }),
    {
      invalidate: ["connections", "calendars", "health", "logs", "events"],
      onDone: (answer) => {
        const search = { connected: provider.key, connection: answer.connection.id };
        void navigate({ to: "/integrations/callback", search: search as never });
      },
      onFail: (error) => {
        if (!showFieldErrors(form, error)) setRefused(error);
        return true;
      },
    },
  );
  const own = OWN_TEXT.find((code) => code === refused?.code);
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        setRefused(null);
        connect.mutate(values);
      })}
    >
      <Stack gap="sm" maw={460}>
        {provider.setup_steps.length > 0 && (
          <List type="ordered" size="sm">
            {provider.setup_steps.map((step) => (
              <List.Item key={step}>{step}</List.Item>
            ))}
          </List>
        )}
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {own ? t(`error.${own}`) : refused.message}
            {own && refused.message && (
              <Text size="xs" c="dimmed" mt={4}>
                {refused.message}
              </Text>
            )}
          </Alert>
        )}
        {needsUrl && (
          <TextInput
            label={t("url")}
            description={t("urlHint")}
            placeholder="https://cloud.example.com/remote.php/dav"
            type="url"
            inputMode="url"
            required
            {...form.getInputProps("url")}
          />
        )}
        <TextInput label={t("username")} autoComplete="off" required {...form.getInputProps("username")} />
        <PasswordInput
          label={t("password")}
          description={provider.password_hint ?? t("passwordHint")}
          autoComplete="off"
          required
          visibilityToggleButtonProps={{ "aria-label": t("show") }}
          {...form.getInputProps("password")}
        />
        <div>
          <Button type="submit" loading={connect.isPending}>
            {t("connectNow")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
