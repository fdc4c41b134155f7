import { Alert, Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { AuthPage } from "./AuthPage";

/** Asks for a link by mail. Whether the address has an account is not told. */
export function ForgotPassword() {
  const t = useTranslations("newPassword");
  const [refused, setRefused] = useState("");
  const [asked, setAsked] = useState("");
  const form = useForm({ initialValues: { email: "" } });
  const ask = useAction(actions.forgotPassword, {
    onDone: (_, input) => setAsked(input.email),
    onFail: (error) => {
      if (!showFieldErrors(form, error)) setRefused(error.message);
      return true;
    },
  });
  return (
    <AuthPage title={t("forgotTitle")} sub={t("forgotSub")}>
      <Stack>
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        {asked ? (
          <Alert variant="outline" role="status">
            {t("asked", { email: asked })}
          </Alert>
        ) : (
          <form onSubmit={form.onSubmit((values) => ask.mutate(values))}>
            <Stack>
              <TextInput
                label={t("email")}
                type="email"
                autoComplete="username"
                required
                autoFocus
                {...form.getInputProps("email")}
              />
              <Button type="submit" loading={ask.isPending}>
                {t("send")}
              </Button>
            </Stack>
          </form>
        )}
        <Text size="sm">
          <Anchor component={Link} to="/sign-in" underline="always">
            {t("back")}
          </Anchor>
        </Text>
      </Stack>
    </AuthPage>
  );
}
