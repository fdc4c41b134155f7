import { Button, Group, NativeSelect, Stack, Table, Text } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Member, Role } from "../../api/types";
import { useIsAdmin, useSession } from "../../app/session";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { PageHeader } from "../../components/PageHeader";
import { QueryState } from "../../components/States";
import { Ago } from "../../components/Time";
import { Invitations } from "./Invitations";
import { InviteModal } from "./InviteModal";
import { MemberRates } from "./MemberRates";

export const ROLES = ["owner", "admin", "member"] as const;

interface RowProps {
  member: Member;
  onRates: (m: Member) => void;
  onRemove: (m: Member) => void;
}
function Row({ member, onRates, onRemove }: RowProps) {
  const t = useTranslations("members");
  const session = useSession();
  const admin = useIsAdmin();
  const self = member.id === session.member.id;
  const change = useAction((role: Role) => actions.updateMember(member.id, role), {
    done: (_, role) => t("roleSaved", { name: member.name || member.email, role: t(`role.${role}`) }),
    invalidate: ["members", "session"],
  });
  const roles = ROLES.filter(
    (r) => r !== "owner" || session.member.role === "owner" || member.role === "owner",
  );
  return (
    <Table.Tr>
      <Table.Td>
        {member.name || member.email} {self && <span className="dim">({t("you")})</span>}
        <Text size="xs" c="dimmed">
          {member.email}
        </Text>
      </Table.Td>
      <Table.Td>
        {admin ? (
          <NativeSelect
            aria-label={t("roleOf", { name: member.name || member.email })}
            size="xs"
            w={130}
            value={member.role}
            disabled={change.isPending || (member.role === "owner" && session.member.role !== "owner")}
            data={roles.map((r) => ({ value: r, label: t(`role.${r}`) }))}
            onChange={(e) => change.mutate(e.currentTarget.value as Role)}
          />
        ) : (
          t(`role.${member.role}`)
        )}
      </Table.Td>
      <Table.Td data-label={t("since")}>
        <Ago at={member.created_at} />
      </Table.Td>
      <Table.Td ta="right">
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {admin && (
            <Button size="compact-xs" variant="default" onClick={() => onRates(member)}>
              {t("rates")}
              <span className="sr"> {member.name || member.email}</span>
            </Button>
          )}
          {admin && !self && (
            <Button
              size="compact-xs"
              variant="outline"
              className="dangerbtn"
              onClick={() => onRemove(member)}
            >
              {t("remove")}
              <span className="sr"> {member.name || member.email}</span>
            </Button>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

export function Members() {
  const t = useTranslations("members");
  const admin = useIsAdmin();
  const { workspace } = useSession();
  const members = useQuery(queries.members());
  const [inviting, setInviting] = useState(false);
  const [asking, setAsking] = useState<Member>();
  const [pricing, setPricing] = useState<Member>();
  const remove = useAction((m: Member) => actions.removeMember(m.id), {
    done: (_, m) => t("removed", { name: m.name || m.email }),
    invalidate: ["members"],
  });
  return (
    <Stack gap="lg">
      <PageHeader title={t("title")} sub={t("sub", { workspace: workspace.name })}>
        {admin && (
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
            {t("invite")}
          </Button>
        )}
      </PageHeader>
      <QueryState query={members}>
        {(list) => (
          <section className="panel flush" aria-label={t("title")}>
            <Table className="stacked" verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("person")}</Table.Th>
                  <Table.Th>{t("roleTitle")}</Table.Th>
                  <Table.Th>{t("since")}</Table.Th>
                  <Table.Th>
                    <span className="sr">{t("actions")}</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {list.map((m) => (
                  <Row key={m.id} member={m} onRates={setPricing} onRemove={setAsking} />
                ))}
              </Table.Tbody>
            </Table>
          </section>
        )}
      </QueryState>
      {admin && <Invitations />}
      <MemberRates member={pricing} onClose={() => setPricing(undefined)} />
      {inviting && <InviteModal onClose={() => setInviting(false)} />}
      <ConfirmDestructive
        what={
          asking
            ? {
                title: t("removeTitle", { name: asking.name || asking.email }),
                action: t("remove"),
                goes: [t("goesAccess"), t("goesKeys")],
                stays: [t("staysTime")],
              }
            : null
        }
        busy={remove.isPending}
        onConfirm={() => asking && remove.mutate(asking, { onSettled: () => setAsking(undefined) })}
        onClose={() => setAsking(undefined)}
      />
    </Stack>
  );
}
