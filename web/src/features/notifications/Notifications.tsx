import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { PageHeader } from "../../components/PageHeader";
import { QueryState } from "../../components/States";
import { Matrix } from "./Matrix";

/** What one is told, and where. */
export function Notifications() {
  const t = useTranslations("notifications");
  const notifications = useQuery(queries.notifications());
  return (
    <Stack gap="md" maw={760}>
      <PageHeader title={t("title")} sub={t("sub")} />
      <QueryState query={notifications}>{(found) => <Matrix told={found} />}</QueryState>
    </Stack>
  );
}
