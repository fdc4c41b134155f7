import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";

/** The way to a new password, where the server can send mail. */
export function ForgotLink() {
  const t = useTranslations("newPassword");
  const methods = useQuery(queries.signInMethods());
  if (!methods.data?.password_reset) return null;
  return (
    <Text size="sm" mt="md">
      <Anchor component={Link} to="/password/forgot" underline="always">
        {t("forgot")}
      </Anchor>
    </Text>
  );
}
