import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { ApiError } from "../../api/client";
import { queries } from "../../api/queries";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { TimeZoneSelect } from "../../components/TimeZoneSelect";
import { useFilters } from "../../lib/filters";
import { isCurrency } from "../../lib/money";
import { browserZone } from "../../lib/time";
import { text } from "../../lib/url";
import { AuthPage } from "./AuthPage";
import { inThisLanguage } from "./inThisLanguage";

const parse = (raw: Record<string, unknown>) => ({ token: text(raw.token) });
export const MIN_PASSWORD = 12;

export function Setup() {
  const t = useTranslations("setup");
  const [{ token }] = useFilters(parse);
  const client = useQueryClient();
  const navigate = useNavigate();
  const session = useQuery(queries.session());
  const [needsToken, setNeedsToken] = useState(!!token);
  const [refused, setRefused] = useState("");
  const form = useForm({
    initialValues: {
      name: "",
      email: "",
      password: "",
      workspace_name: "",
      time_zone: browserZone(),
      currency: "EUR",
      setup_token: token ?? "",
    },
    validate: {
      password: (v) => (v.length < MIN_PASSWORD ? t("passwordShort", { min: MIN_PASSWORD }) : null),
      currency: (v) => (isCurrency(v.toUpperCase()) ? null : t("currencyBad")),
    },
  });
  const setup = useAction(actions.setup, {
    onDone: async (made) => {
      client.setQueryData(queries.session().queryKey, await inThisLanguage(made));
      void navigate({ to: "/" });
    },
    onFail: (error) => {
      if (error.code === "setup_token_required") setNeedsToken(true);
      if (error.code === "already_set_up") setRefused(t("already"));
      else if (!showFieldErrors(form, error)) setRefused(error.message);
      return true;
    },
  });
  // Set up already: whoever is signed in goes in, the others to the door.
  if (session.data) return <Navigate to="/" />;
  if (session.error instanceof ApiError && session.error.code === "unauthenticated")
    return <Navigate to="/sign-in" />;
  return (
    <AuthPage title={t("title")} sub={t("sub")}>
      <form
        onSubmit={form.onSubmit((values) =>
          setup.mutate({
            ...values,
            currency: values.currency.toUpperCase(),
            setup_token: values.setup_token || undefined,
          }),
        )}
      >
        <Stack>
          {refused && (
            <Alert color="red" variant="outline" role="alert">
              {refused}
            </Alert>
          )}
          {needsToken && (
            <TextInput
              label={t("token")}
              description={t("tokenHint")}
              required
              {...form.getInputProps("setup_token")}
            />
          )}
          <TextInput label={t("name")} autoComplete="name" required {...form.getInputProps("name")} />
          <TextInput
            label={t("email")}
            type="email"
            autoComplete="username"
            required
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label={t("password")}
            description={t("passwordHint", { min: MIN_PASSWORD })}
            autoComplete="new-password"
            required
            visibilityToggleButtonProps={{ "aria-label": t("show") }}
            {...form.getInputProps("password")}
          />
          <TextInput
            label={t("workspace")}
            description={t("workspaceHint")}
            autoComplete="organization"
            required
            {...form.getInputProps("workspace_name")}
          />
          <TimeZoneSelect label={t("zone")} required {...form.getInputProps("time_zone")} />
          <TextInput label={t("currency")} maxLength={3} required {...form.getInputProps("currency")} />
          <Button type="submit" loading={setup.isPending}>
            {t("action")}
          </Button>
        </Stack>
      </form>
    </AuthPage>
  );
}
