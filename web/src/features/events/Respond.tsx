import { Button, Group, Text } from "@mantine/core";
import { IconCheck, IconQuestionMark, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { CalendarEvent, EventScope } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ProblemAlert } from "./ProblemAlert";
import { ScopeDialog } from "./ScopeDialog";
import { useProblems } from "./useProblems";

const ANSWERS = [
  ["accepted", IconCheck],
  ["tentative", IconQuestionMark],
  ["declined", IconX],
] as const;
type Answer = (typeof ANSWERS)[number][0];

/** Answers an invitation; the organizer is told, as the provider always does it. */
export function Respond({ event }: { event: CalendarEvent }) {
  const t = useTranslations("eventForm");
  const [asked, setAsked] = useState<Answer | null>(null);
  const { problem, show, clear } = useProblems();
  const answer = useAction(
    (input: { response: Answer; scope?: EventScope }) =>
      actions.respond(event.calendar_id, event.id, input.response, input.scope),
    {
      done: (_, { response }) => t(`answered.${response}`),
      invalidate: ["events", "availability"],
      onDone: () => setAsked(null),
      onFail: (error) => {
        setAsked(null);
        return show(error);
      },
    },
  );
  const choose = (response: Answer) => {
    clear();
    if (event.recurring) setAsked(response);
    else answer.mutate({ response });
  };
  const organizer = event.organizer?.name || event.organizer?.email;
  return (
    <div>
      <Text size="sm" fw={600} mb={4} id="rsvp">
        {organizer ? t("invitedBy", { name: organizer }) : t("invited")}
      </Text>
      <Group gap="xs" role="group" aria-labelledby="rsvp">
        {ANSWERS.map(([response, Icon]) => (
          <Button
            key={response}
            size="xs"
            variant={event.response_status === response ? "filled" : "default"}
            aria-pressed={event.response_status === response}
            leftSection={<Icon size={14} aria-hidden />}
            loading={answer.isPending && answer.variables.response === response}
            onClick={() => choose(response)}
          >
            {t(`answer.${response}`)}
          </Button>
        ))}
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        {t("answerHint")}
      </Text>
      <ProblemAlert problem={problem} />
      <ScopeDialog
        title={asked ? t("answerTitle", { title: event.title }) : null}
        text={t("answerScope")}
        scopes={["instance", "series"]}
        busy={answer.isPending ? answer.variables.scope : null}
        onChoose={(scope) => asked && answer.mutate({ response: asked, scope })}
        onClose={() => setAsked(null)}
      />
    </div>
  );
}
