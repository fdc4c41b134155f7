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

const parse = (raw: Record<string, unknown>) => ({ return_to: safePath(raw.return_to) });

export function SignIn() {
  const t = useTranslations("signIn");
  const [{ return_to }] = useFilters(parse);
  const navigate = useNavigate();
  const client = useQueryClient();
  const session = useQuery(queries.session());
  const [refused, setRefused] = useState("");
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
    </AuthPage>
  );
}
