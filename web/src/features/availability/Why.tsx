import { Drawer, Stack, Text, Title } from "@mantine/core";
import type { CSSProperties } from "react";
import { useTranslations } from "use-intl";
import type { Calendar } from "../../api/types";
import { Ago } from "../../components/Time";
import { formatDate } from "../../lib/time";
import { colorOfCalendar } from "../calendar/useColors";
import type { Slot } from "./slots";

interface Props {
  chosen: { slot: Slot; date: string } | null;
  byId: ReadonlyMap<string, Calendar>;
  onClose: () => void;
}

/** Why a slot is not offered: the rule, the calendar, and how fresh what we know of it is. */
export function Why({ chosen, byId, onClose }: Props) {
  const t = useTranslations("availability");
  return (
    <Drawer opened={!!chosen} onClose={onClose} position="right" title={t("whyTitle")} size={400}>
      {chosen && (
        <Stack gap="md">
          <Title order={3} size="h5" className="num">
            {formatDate(chosen.date)} · {chosen.slot.from}–{chosen.slot.to}
          </Title>
          <ul className="rows">
            {chosen.slot.reasons.map((r) => {
              const calendar = r.calendar_id ? byId.get(r.calendar_id) : undefined;
              return (
                <li key={`${r.rule}${r.calendar_id}${r.instance_id ?? r.event_id}${r.block_id}${r.detail}`}>
                  <div className="grow">
                    <Text size="sm" fw={600}>
                      {t(`why.${r.rule}`)}
                    </Text>
                    <Text size="sm" className="breakable">
                      {r.detail}
                    </Text>
                    {calendar && (
                      <Text size="xs" c="dimmed" component="div" className="titled">
                        <i
                          className="swatch"
                          style={{ "--c": colorOfCalendar(calendar) } as CSSProperties}
                          aria-hidden
                        />
                        <span>
                          {calendar.name}
                          {r.synced_at && (
                            <>
                              {" · "}
                              {t("asOf")} <Ago at={r.synced_at} />
                            </>
                          )}
                        </span>
                      </Text>
                    )}
                  </div>
                </li>
              );
            })}
          </ul>
        </Stack>
      )}
    </Drawer>
  );
}
