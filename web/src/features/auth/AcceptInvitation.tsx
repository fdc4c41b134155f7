import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import { showFieldErrors } from "../../app/formErrors";
import { useAction } from "../../app/useAction";
import { AuthPage } from "./AuthPage";
import { inThisLanguage } from "./inThisLanguage";
import { MIN_PASSWORD } from "./Setup";
import { SingleSignOn } from "./SingleSignOn";

export function AcceptInvitation() {
  const t = useTranslations("invitation");
  const { token = "" } = useParams({ strict: false }) as { token?: string };
  const session = useQuery(queries.session());
  const client = useQueryClient();
  const navigate = useNavigate();
  const [refused, setRefused] = useState("");
  const form = useForm({ initialValues: { name: "", password: "" } });
  const accept = useAction(
    (input: { name?: string; password?: string }) => actions.acceptInvitation(token, input),
    {
      onDone: async (answer, input) => {
        client.clear();
        // Only a new account: who has one already has chosen.
        const session = input.password ? await inThisLanguage(answer) : answer;
        client.setQueryData(queries.session().queryKey, session);
        void navigate({ to: "/" });
      },
      onFail: (error) => {
        if (!showFieldErrors(form, error)) setRefused(error.message);
        return true;
      },
    },
  );
  const here = `/invitations/${encodeURIComponent(token)}`;
  return (
    <AuthPage title={t("title")} sub={t("sub")}>
      <Stack>
        {refused && (
          <Alert color="red" variant="outline" role="alert">
            {refused}
          </Alert>
        )}
        {session.data ? (
          <>
            <Text>{t("as", { email: session.data.user.email })}</Text>
            <Button loading={accept.isPending} onClick={() => accept.mutate({})}>
              {t("join")}
            </Button>
          </>
        ) : (
          <form onSubmit={form.onSubmit((values) => accept.mutate(values))}>
            <Stack>
              <TextInput label={t("name")} autoComplete="name" required {...form.getInputProps("name")} />
              <PasswordInput
                label={t("password")}
                description={t("passwordHint", { min: MIN_PASSWORD })}
                autoComplete="new-password"
                required
                visibilityToggleButtonProps={{ "aria-label": t("show") }}
                {...form.getInputProps("password")}
              />
              <Button type="submit" loading={accept.isPending}>
                {t("action")}
              </Button>
            </Stack>
          </form>
        )}
        {!session.data && (
          <Text size="sm">
            {t("have")}{" "}
            <Anchor component={Link} to="/sign-in" search={{ return_to: here } as never} underline="always">
              {t("signIn")}
            </Anchor>
          </Text>
        )}
      </Stack>
      {!session.data && <SingleSignOn invitation={token} />}
    </AuthPage>
  );
}
