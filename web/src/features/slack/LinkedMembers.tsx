import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { QueryState, Skeletons } from "../../components/States";
import { Ago } from "../../components/Time";

const WAYS = ["installer", "link", "email"] as const;

/** Who of the workspace is linked with Slack; for owners and admins. */
export function LinkedMembers() {
  const t = useTranslations("slack");
  const linked = useQuery(queries.slackMembers());
  const members = useQuery(queries.members()).data ?? [];
  const nameOf = (id: string) => {
    const member = members.find((m) => m.id === id);
    return member?.name || member?.email;
  };
  const way = (by: string) => WAYS.find((one) => one === by);
  return (
    <section className="panel" aria-labelledby="slack-members">
      <Title order={2} size="h5" id="slack-members">
        {t("members")}
      </Title>
      <QueryState
        query={linked}
        skeleton={<Skeletons rows={2} />}
        isEmpty={(all) => all.length === 0}
        empty={
          <Text size="sm" mt="xs">
            {t("noMembers")}
          </Text>
        }
      >
        {(all) => (
          <ul className="rows">
            {all.map((one) => {
              const by = way(one.linked_by);
              return (
                <li key={one.member_id + one.slack_user_id}>
                  <div className="grow">
                    {nameOf(one.member_id)} <span className="dim">@{one.name ?? one.slack_user_id}</span>
                    <Text size="xs" c="dimmed">
                      {t("since")} <Ago at={one.linked_at} />
                      {by && ` · ${t(`linkedBy.${by}`)}`}
                    </Text>
                    {one.silent_because && (
                      <Text size="xs" className="warn">
                        {t("silentShort", { reason: one.silent_because })}
                      </Text>
                    )}
                  </div>
                </li>
              );
            })}
          </ul>
        )}
      </QueryState>
    </section>
  );
}
