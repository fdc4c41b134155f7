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
import { useFilters } from "../../lib/filters";
import { safePath } from "../../lib/url";
import { AuthPage } from "./AuthPage";
import { ForgotLink } from "./ForgotLink";
import { SingleSignOn } from "./SingleSignOn";

/** Why a single sign-on did not work, as the server names it; what is not here is told in general words. */
const REASONS = [
  "access_denied",
  "email_not_verified",
  "invalid_state",
  "invitation_over",
  "no_account",
  "other_identity",
  "wrong_account",
] as const;
const parse = (raw: Record<string, unknown>) => ({
  return_to: safePath(raw.return_to),
  error: typeof raw.error === "string" ? raw.error : "",
});

export function SignIn() {
  const t = useTranslations("signIn");
  const [{ return_to, error }] = useFilters(parse);
  const navigate = useNavigate();
  const client = useQueryClient();
  const session = useQuery(queries.session());
  const reason = REASONS.find((known) => known === error) ?? "other";
  const [refused, setRefused] = useState(error ? t(`reasons.${reason}`) : "");
  const form = useForm({ initialValues: { email: "", password: "" } });
  const signIn = useAction(actions.login, {
    onDone: (answer) => {
      client.clear();
      client.setQueryData(queries.session().queryKey, answer);
      void navigate({ href: return_to } as never);
    },
    onFail: (error) => {
      if (!showFieldErrors(form, error)) {
        setRefused(error.code === "invalid_credentials" ? t("refused") : error.message);
      }
      return true;
    },
  });
  if (session.error instanceof ApiError && session.error.code === "setup_required")
    return <Navigate to="/setup" />;
  return (
    <AuthPage title={t("title")} sub={t("sub")}>
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <Stack>
          {refused && (
            <Alert color="red" variant="outline" role="alert">
              {refused}
            </Alert>
          )}
          <TextInput
            label={t("email")}
            type="email"
            autoComplete="username"
            required
            autoFocus
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label={t("password")}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ "aria-label": t("show") }}
            {...form.getInputProps("password")}
          />
          <Button type="submit" loading={signIn.isPending}>
            {t("action")}
          </Button>
        </Stack>
      </form>
      <ForgotLink />
      <SingleSignOn returnTo={return_to} />
    </AuthPage>
  );
}
