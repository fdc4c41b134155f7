import { Button, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Invitation } from "../../api/types";
import { useAction } from "../../app/useAction";
import { QueryState } from "../../components/States";
import { Ago } from "../../components/Time";

export function Invitations() {
  const t = useTranslations("members");
  const invitations = useQuery(queries.invitations());
  const revoke = useAction((i: Invitation) => actions.revokeInvitation(i.id), {
    done: (_, i) => t("revoked", { email: i.email }),
    invalidate: ["invitations"],
  });
  return (
    <section className="panel" aria-labelledby="invitations">
      <Title order={2} size="h5" id="invitations" mb="xs">
        {t("invitations")}
      </Title>
      <QueryState query={invitations}>
        {(list) => {
          const open = list.filter((i) => !i.accepted_at);
          if (open.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                {t("noInvitations")}
              </Text>
            );
          }
          return (
            <Table className="stacked" verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("email")}</Table.Th>
                  <Table.Th>{t("roleTitle")}</Table.Th>
                  <Table.Th>{t("expires")}</Table.Th>
                  <Table.Th>
                    <span className="sr">{t("actions")}</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {open.map((i) => (
                  <Table.Tr key={i.id}>
                    <Table.Td>{i.email}</Table.Td>
                    <Table.Td>{t(`role.${i.role}`)}</Table.Td>
                    <Table.Td data-label={t("expires")}>
                      <Ago at={i.expires_at} />
                    </Table.Td>
                    <Table.Td ta="right">
                      <Button size="compact-xs" variant="default" onClick={() => revoke.mutate(i)}>
                        {t("revoke")}
                        <span className="sr"> {i.email}</span>
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          );
        }}
      </QueryState>
    </section>
  );
}
