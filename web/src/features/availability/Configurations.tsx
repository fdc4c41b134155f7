import { Button, Drawer, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Calendar, Configuration } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { EmptyState, QueryState } from "../../components/States";
import { zoneLabel } from "../../lib/time";
import { ConfigurationForm } from "./ConfigurationForm";

interface Props {
  open: string | undefined;
  set: (configuration: string | undefined) => void;
  calendars: Calendar[];
}

function Row({ c, onOpen, onDelete }: { c: Configuration; onOpen: () => void; onDelete: () => void }) {
  const t = useTranslations("availability");
  const name = c.name || t("unnamed");
  return (
    <li>
      <div className="grow">
        <button type="button" className="rowlink" onClick={onOpen}>
          {name}
        </button>
        <Text size="xs" c="dimmed" className="num">
          {[
            t("minutes", { n: c.duration }),
            t("calendarsCount", { count: c.calendar_ids.length }),
            zoneLabel(c.time_zone),
          ].join(" · ")}
        </Text>
        {c.calendar_ids.length === 0 && (
          <Text size="xs" className="bad">
            {t("noCalendarsLeft")}
          </Text>
        )}
      </div>
      <Group gap="xs">
        <Button component={Link} to={`/settings/availability/${c.id}`} size="compact-xs" variant="default">
          {t("check")}
          <span className="sr"> {name}</span>
        </Button>
        <Button size="compact-xs" variant="outline" className="dangerbtn" onClick={onDelete}>
          {t("delete")}
          <span className="sr"> {name}</span>
        </Button>
      </Group>
    </li>
  );
}

/** When slots are offered: over which calendars, in which hours, with how much room around them. */
export function Configurations({ open, set, calendars }: Props) {
  const t = useTranslations("availability");
  const configurations = useQuery(queries.configurations());
  const [asking, setAsking] = useState<Configuration | null>(null);
  const remove = useAction((id: string) => actions.deleteConfiguration(id), {
    done: t("deleted"),
    invalidate: ["configurations"],
    onDone: () => setAsking(null),
  });
  const selected = configurations.data?.find((c) => c.id === open);
  const shown = open === "new" || !!selected;
  return (
    <section className="panel" aria-label={t("configurations")}>
      <QueryState
        query={configurations}
        isEmpty={(list) => list.length === 0}
        empty={
          <EmptyState title={t("emptyTitle")} text={t("emptyText")}>
            <Button variant="default" onClick={() => set("new")}>
              {t("new")}
            </Button>
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((c) => (
              <Row key={c.id} c={c} onOpen={() => set(c.id)} onDelete={() => setAsking(c)} />
            ))}
          </ul>
        )}
      </QueryState>
      <Drawer
        opened={shown}
        onClose={() => set(undefined)}
        position="right"
        title={open === "new" ? t("new") : t("edit")}
        size={520}
      >
        {shown && (
          <ConfigurationForm
            key={open}
            configuration={selected}
            calendars={calendars}
            onDone={() => set(undefined)}
          />
        )}
      </Drawer>
      <ConfirmDestructive
        what={
          asking && {
            title: t("deleteTitle", { name: asking.name || t("unnamed") }),
            action: t("delete"),
            goes: [t("goesConfiguration")],
            stays: [t("staysEvents")],
          }
        }
        busy={remove.isPending}
        onConfirm={() => asking && remove.mutate(asking.id)}
        onClose={() => setAsking(null)}
      />
    </section>
  );
}
