import { Alert, Anchor, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { AuthPage } from "./AuthPage";
import { MIN_PASSWORD } from "./Setup";

/** Chooses a new password. The secret of the link stands behind the `#`, so that it never leaves the browser by itself. */
export function ResetPassword() {
  const t = useTranslations("newPassword");
  const [token] = useState(() => globalThis.location.hash.slice(1));
  const [refused, setRefused] = useState("");
  const [done, setDone] = useState(false);
  const form = useForm({ initialValues: { password: "" } });
  const reset = useAction(
    ({ password }: { password: string }) => actions.resetPassword({ token, password }),
    {
      onDone: () => {
        globalThis.history.replaceState(null, "", globalThis.location.pathname);
        setRefused("");
        setDone(true);
      },
      onFail: (error) => {
        if (!showFieldErrors(form, error)) setRefused(error.message);
        return true;
      },
    },
  );
  return (
    <AuthPage title={t("resetTitle")} sub={t("resetSub")}>
      <Stack>
        {(refused || !token) && (
          <Alert color="red" variant="outline" role="alert">
            {refused || t("noToken")}
          </Alert>
        )}
        {!token ? (
          <Button component={Link} to="/password/forgot">
            {t("again")}
          </Button>
        ) : done ? (
          <Alert variant="outline" role="status">
            {t("done")}
          </Alert>
        ) : (
          <form onSubmit={form.onSubmit((values) => reset.mutate(values))}>
            <Stack>
              <PasswordInput
                label={t("password")}
                description={t("passwordHint", { min: MIN_PASSWORD })}
                autoComplete="new-password"
                required
                autoFocus
                visibilityToggleButtonProps={{ "aria-label": t("show") }}
                {...form.getInputProps("password")}
              />
              <Button type="submit" loading={reset.isPending}>
                {t("save")}
              </Button>
            </Stack>
          </form>
        )}
        <Text size="sm">
          <Anchor component={Link} to="/sign-in" underline="always">
            {t("back")}
          </Anchor>
          {token && !done && (
            <>
              {" · "}
              <Anchor component={Link} to="/password/forgot" underline="always">
                {t("again")}
              </Anchor>
            </>
          )}
        </Text>
      </Stack>
    </AuthPage>
  );
}
