import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { CalendarEvent, EventScope } from "../../api/types";
import { useAction } from "../../app/useAction";
import { useOnce } from "../../app/useOnce";
import type { Moved } from "../../components/dragged";
import { ProblemAlert } from "./ProblemAlert";
import { ScopeDialog } from "./ScopeDialog";
import { useProblems } from "./useProblems";
import { patchOfMove } from "./values";

interface Props {
  moved: (Moved & { event: CalendarEvent }) | null;
  onClose: () => void;
}

/** A drag in the grid becomes a change at the provider; until that is agreed and done, the block can jump back. */
export function MoveEvent({ moved, onClose }: Props) {
  const t = useTranslations("eventForm");
  const c = useTranslations("common");
  const { problem, show, clear } = useProblems();
  const once = useOnce();
  const [scope, setScope] = useState<EventScope | undefined>();
  const started = useRef<Moved | null>(null);
  const title = moved?.event.title ?? "";
  const move = useAction(
    (input: { moved: NonNullable<Props["moved"]>; scope?: EventScope; tell: boolean }) => {
      const { start, end, event } = input.moved;
      const patch = { ...patchOfMove(start, end), ...(input.tell && { notify_attendees: true }) };
      const key = once.keyFor(event.id, patch, input.scope);
      return actions.updateEvent(event.calendar_id, event.id, patch, input.scope, key);
    },
    {
      done: t("moved", { title }),
      invalidate: ["events", "availability"],
      onDone: () => {
        once.done();
        onClose();
      },
      onFail: (error) => show(error),
    },
  );
  const run = (chosen?: EventScope, tell = false) => {
    if (!moved) return;
    clear();
    setScope(chosen);
    move.mutate({ moved, scope: chosen, tell });
  };
  const back = () => {
    moved?.revert();
    clear();
    onClose();
  };
  // A single event moves at once; a series asks first.
  useEffect(() => {
    if (!moved || started.current === moved) return;
    started.current = moved;
    once.done();
    clear();
    if (!moved.event.recurring) move.mutate({ moved, tell: false });
  });
  return (
    <>
      <ScopeDialog
        title={moved?.event.recurring && !problem ? t("moveTitle", { title }) : null}
        text={t("scopeText")}
        busy={move.isPending ? scope : null}
        onChoose={(chosen) => run(chosen)}
        onClose={back}
      />
      <Modal
        opened={!!moved && !!problem}
        onClose={back}
        title={<strong>{t(problem?.again ? "maybeMoved" : "notMoved", { title })}</strong>}
      >
        <Stack gap="sm">
          <ProblemAlert problem={problem} busy={move.isPending} onAgree={() => run(scope, true)} />
          {!problem?.again && <Text size="sm">{t("movedBack")}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={back} data-autofocus>
              {c("close")}
            </Button>
            {problem?.again && (
              <Button loading={move.isPending} onClick={() => move.variables && move.mutate(move.variables)}>
                {c("retry")}
              </Button>
            )}
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
