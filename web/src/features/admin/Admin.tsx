import { Stack } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useIsAdmin } from "../../app/session";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState } from "../../components/States";
import { AllConnections } from "./AllConnections";
import { Jobs } from "./Jobs";

/** What owners and admins look after: everybody's accounts, and the work behind them. */
export function Admin() {
  const t = useTranslations("admin");
  const admin = useIsAdmin();
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")} />
      {admin ? (
        <>
          <AllConnections />
          <Jobs />
        </>
      ) : (
        <EmptyState title={t("notYours")} text={t("notYoursText")} />
      )}
    </Stack>
  );
}
