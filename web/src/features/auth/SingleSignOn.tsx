import { Button, Divider } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";

const START = "/api/v1/auth/oidc/start";

/** The way to the sign-in service, where the operator has set one up. A link: the server answers with a redirect. */
export function SingleSignOn({ returnTo, invitation }: { returnTo?: string; invitation?: string }) {
  const t = useTranslations("signIn");
  const methods = useQuery(queries.signInMethods());
  if (!methods.data?.oidc) return null;
  const query = new URLSearchParams();
  if (returnTo) query.set("return_to", returnTo);
  if (invitation) query.set("invitation", invitation);
  return (
    <>
      <Divider my="md" label={t("or")} />
      <Button component="a" href={`${START}?${query}`} variant="default" fullWidth>
        {t("sso")}
      </Button>
    </>
  );
}
