import { Stack } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useIsAdmin } from "../../app/session";
import { PageHeader } from "../../components/PageHeader";
import { Appearance } from "./Appearance";
import { Password } from "./Password";
import { Profile } from "./Profile";
import { WorkspaceForm } from "./WorkspaceForm";

export function Settings() {
  const t = useTranslations("settings");
  const admin = useIsAdmin();
  return (
    <Stack gap="md" maw={640}>
      <PageHeader title={t("title")} sub={t("sub")} />
      <Profile />
      <Appearance />
      <Password />
      {admin && <WorkspaceForm />}
    </Stack>
  );
}
